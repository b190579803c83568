package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/memnet"
)

// spoilers are the faults that show in the answer. Each is handed what the server said, or would have said.
var spoilers = map[Kind]func(v *visit, a answer){
	ServerError:    (*visit).spoilServerError,
	ResetConn:      (*visit).spoilByReset,
	CloseConn:      (*visit).spoilByClosing,
	LateAndLost:    (*visit).spoilByClosing,
	CutResponse:    (*visit).spoilByCutting,
	SlowAnswer:     (*visit).spoilBySlowness,
	ProxyError:     (*visit).spoilByProxy,
	Portal:         (*visit).spoilByPortal,
	ProxyTimeout:   (*visit).spoilByProxyTimeout,
	Redirect:       (*visit).spoilByRedirect,
	Middlebox:      (*visit).spoilByMiddlebox,
	GatewayRefusal: (*visit).spoilByGateway,
	Garbage:        (*visit).spoilByGarbage,
	Throttle:       (*visit).spoilByThrottle,
	EarlyRefusal:   (*visit).spoilByRefusal,
	OddBody:        (*visit).spoilBody,
	NoType:         (*visit).spoilType,
	Oversized:      (*visit).spoilSize,
	Asleep:         (*visit).spoilBySleep,

	GatewaySuccess: (*visit).injectGatewaySuccess,
	ExtraResponse:  (*visit).injectExtra,
	OddEncoding:    (*visit).injectOddEncoding,
	LongWait:       (*visit).injectLongWait,
	NotImplemented: (*visit).injectNotImplemented,
	Ingress:        (*visit).injectIngress,
	RotatedKey:     (*visit).injectRotatedKey,
	ClockForward:   (*visit).injectClockStep,
	ClockBack:      (*visit).injectClockStep,
}

// spoil answers, the way the request's fault wants it.
func (v *visit) spoil(a answer) {
	f := v.from.fault
	spoiler, ok := spoilers[f.Kind]
	if !ok || f.Kind == ServerError && f.After { // that one is in the answer already
		v.write(a)
		return
	}
	if f.After {
		v.note("answer struck: " + f.String())
	}
	spoiler(v, a)
}

// write answers undisturbed.
func (v *visit) write(a answer) {
	maps.Copy(v.w.Header(), a.header)
	v.w.WriteHeader(a.status)
	_, _ = v.w.Write(a.body) // whether the client is still there is its own affair
}

// raw takes the connection from net/http and writes bytes to it as they are.
func (v *visit) raw(text string) *memnet.Conn {
	conn, _, err := http.NewResponseController(v.w).Hijack()
	if err != nil {
		panic(err) // HTTP/1 connections can be taken, once
	}
	_, _ = conn.Write([]byte(text))
	return conn.(*memnet.Conn)
}

// head writes the start of an answer, up to the body.
func (a answer) head(extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	_ = a.header.Write(&b)
	b.WriteString(extra + "\r\n\r\n")
	return b.String()
}

// halves splits the body.
func (a answer) halves() (string, string) {
	return string(a.body[:len(a.body)/2]), string(a.body[len(a.body)/2:])
}

func (v *visit) spoilByReset(answer) {
	conn := v.raw("")
	conn.Reset()
	_ = conn.Close()
}

func (v *visit) spoilByClosing(answer) { _ = v.raw("").Close() }

func (v *visit) spoilByCutting(a answer) {
	half, _ := a.halves()
	_ = v.raw(pick([]string{
		a.head(fmt.Sprintf("Content-Length: %d", len(a.body))) + half,
		a.head("Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n", len(half), half),
		a.head("Connection: close") + half,
		a.head(fmt.Sprintf("Content-Length: %d", len(a.body))),
		a.head("Connection: close"),
	}, v.from.fault.Variant)).Close()
}

func (v *visit) spoilBySlowness(a answer) {
	first, second := a.halves()
	conn := v.raw(a.head(fmt.Sprintf("Connection: close\r\nContent-Length: %d", len(a.body))) + first)
	time.Sleep(v.from.fault.Wait)
	_, _ = conn.Write([]byte(second))
	_ = conn.Close()
}

func (v *visit) spoilByGarbage(answer) {
	_ = v.raw(pick([]string{
		"HTTP/1.1 999 Strange\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 600 Stranger\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: gopher\r\n\r\n",
		"220 mail.example.com ready\r\n",
		"\x15\x03\x01\x00\x02\x02\x28",
	}, v.from.fault.Variant)).Close()
}

func (v *visit) spoilType(a answer) {
	a.header = a.header.Clone()
	a.header["Content-Type"] = nil // which also keeps net/http from guessing one
	v.write(a)
}

// padding makes an answer larger than 10 MiB.
var padding = strings.Repeat("x", 10<<20)

func (v *visit) spoilSize(a answer) {
	if len(a.body) > 0 && a.body[0] == '{' {
		a.body = []byte(`{"padding":"` + padding + `",` + string(a.body[1:]))
	}
	v.write(a)
}

// spoilBySleep suspends the client's machine while the answer is due; its connection does not survive that. In a world
// whose monotonic clock never stops nobody can be held still while time passes: the answer is just as late there, and
// the client may ask again meanwhile.
func (v *visit) spoilBySleep(answer) {
	conn := v.raw("")
	p := pause{length: v.from.fault.Wait, monoStops: v.world.plan.monoMayStop()}
	p.wallStops = !p.monoStops
	v.world.Ledger.note(everybody, sideClient, fmt.Sprintf("suspended while the answer to %s is due, %s", v.op, p))
	v.world.Clock.Suspend(p.length, p.monoStops, p.wallStops)
	conn.Reset()
	_ = conn.Close()
}
