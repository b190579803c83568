package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/memnet"
)

// injections are the faults that show in the response. Each is given the
// response of the server, or the one that it would have sent.
var injections = map[Kind]func(x *exchange, r response){
	ServerError:    (*exchange).injectServerError,
	ResetConn:      (*exchange).injectReset,
	CloseConn:      (*exchange).injectClose,
	LateAndLost:    (*exchange).injectClose,
	CutResponse:    (*exchange).injectCut,
	SlowResponse:   (*exchange).injectSlowness,
	ProxyError:     (*exchange).injectProxyError,
	Portal:         (*exchange).injectPortal,
	ProxyTimeout:   (*exchange).injectProxyTimeout,
	Redirect:       (*exchange).injectRedirect,
	Middlebox:      (*exchange).injectMiddlebox,
	GatewayRefusal: (*exchange).injectGatewayRefusal,
	Garbage:        (*exchange).injectGarbage,
	Throttle:       (*exchange).injectThrottle,
	EarlyRefusal:   (*exchange).injectEarlyRefusal,
	OddBody:        (*exchange).injectOddBody,
	NoType:         (*exchange).injectNoType,
	Oversized:      (*exchange).injectOversized,
	Asleep:         (*exchange).injectSleep,

	GatewaySuccess: (*exchange).injectGatewaySuccess,
	ExtraResponse:  (*exchange).injectExtra,
	OddEncoding:    (*exchange).injectOddEncoding,
	LongWait:       (*exchange).injectLongWait,
	NotImplemented: (*exchange).injectNotImplemented,
	Ingress:        (*exchange).injectIngress,
	RotatedKey:     (*exchange).injectRotatedKey,
	ClockForward:   (*exchange).injectClockStep,
	ClockBack:      (*exchange).injectClockStep,
}

// inject responds as the request's fault wants it.
func (x *exchange) inject(r response) {
	f := x.from.fault
	injection, ok := injections[f.Kind]
	if !ok || f.Kind == ServerError && f.After { // that one is in the response already
		x.write(r)
		return
	}
	if f.After {
		x.note("response: " + f.String())
	}
	injection(x, r)
}

func (x *exchange) write(r response) {
	maps.Copy(x.w.Header(), r.header)
	x.w.WriteHeader(r.status)
	_, _ = x.w.Write(r.body) // the client may have gone
}

// raw takes the connection from net/http and writes bytes to it as they are.
func (x *exchange) raw(text string) *memnet.Conn {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(err) // HTTP/1 connections can be taken, once
	}
	_, _ = conn.Write([]byte(text))
	return conn.(*memnet.Conn)
}

// head writes the start of a response, up to the body.
func (r response) head(extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	_ = r.header.Write(&b)
	b.WriteString(extra + "\r\n\r\n")
	return b.String()
}

func (r response) halves() (string, string) {
	return string(r.body[:len(r.body)/2]), string(r.body[len(r.body)/2:])
}

func (x *exchange) injectReset(response) {
	conn := x.raw("")
	conn.Reset()
	_ = conn.Close()
}

func (x *exchange) injectClose(response) { _ = x.raw("").Close() }

func (x *exchange) injectCut(r response) {
	half, _ := r.halves()
	_ = x.raw(pick([]string{
		r.head(fmt.Sprintf("Content-Length: %d", len(r.body))) + half,
		r.head("Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n", len(half), half),
		r.head("Connection: close") + half,
		r.head(fmt.Sprintf("Content-Length: %d", len(r.body))),
		r.head("Connection: close"),
	}, x.from.fault.Variant)).Close()
}

func (x *exchange) injectSlowness(r response) {
	first, second := r.halves()
	conn := x.raw(r.head(fmt.Sprintf("Connection: close\r\nContent-Length: %d", len(r.body))) + first)
	time.Sleep(x.from.fault.Wait)
	_, _ = conn.Write([]byte(second))
	_ = conn.Close()
}

func (x *exchange) injectGarbage(response) {
	_ = x.raw(pick([]string{
		"HTTP/1.1 999 Strange\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 600 Stranger\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: gopher\r\n\r\n",
		"220 mail.example.com ready\r\n",
		"\x15\x03\x01\x00\x02\x02\x28",
	}, x.from.fault.Variant)).Close()
}

func (x *exchange) injectNoType(r response) {
	r.header = r.header.Clone()
	r.header["Content-Type"] = nil // which also keeps net/http from guessing one
	x.write(r)
}

// padding makes a response larger than 10 MiB.
var padding = strings.Repeat("x", 10<<20)

func (x *exchange) injectOversized(r response) {
	if len(r.body) > 0 && r.body[0] == '{' {
		r.body = []byte(`{"padding":"` + padding + `",` + string(r.body[1:]))
	}
	x.write(r)
}

// injectSleep suspends the client's machine while the response is due; its
// connection does not survive that. In a simulation whose monotonic clock never
// stops no goroutine can be suspended while time passes: the response is just
// as late there, and the client may retry meanwhile.
func (x *exchange) injectSleep(response) {
	conn := x.raw("")
	p := pause{length: x.from.fault.Wait, monoStops: x.sim.plan.monoMayStop()}
	p.wallStops = !p.monoStops
	x.sim.Ledger.note(machines, sideClient, fmt.Sprintf("suspended while the response to %s is due, %s", x.op, p))
	x.sim.Clock.Suspend(p.length, p.monoStops, p.wallStops)
	conn.Reset()
	_ = conn.Close()
}
