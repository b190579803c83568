package chaos

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http/httptrace"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bardge/bardge-go/internal/memnet"
)

// latency is how long everything takes in each direction. It also keeps cause
// and effect apart in time.
const latency = 10 * time.Millisecond

type departure struct {
	op    string
	n     int // counts the requests of the operation, from 1
	at    time.Time
	ahead time.Duration // of the server's clock, when it left
	fault Fault
}

// serverTime is when the request, if it arrives now, arrives by the server's
// clock.
func (d *departure) serverTime() time.Time { return time.Now().Round(0).Add(d.ahead) }

// DialContext connects to the server through the bad network. It is made for
// [net/http.Transport].
func (s *Simulation) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	op, _ := ctx.Value(opKey{}).(string)
	n := s.Ledger.dialing(op)
	s.Ledger.note(op, sideClient, fmt.Sprintf("dial %d", n))
	s.pauseAt("dial", op, n)
	if err := s.strikeDial(ctx, op, n); err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	conn, err := s.listener.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &clientConn{Conn: conn.(*memnet.Conn), sim: s}, nil
}

func (s *Simulation) strikeDial(ctx context.Context, op string, n int) error {
	kind := s.plan.dialing(op, n)
	if kind != "" {
		s.Ledger.note(op, sideNetwork, string(kind))
	}
	switch kind {
	case DialRefused:
		return os.NewSyscallError("connect", syscall.ECONNREFUSED)
	case DialHangs:
		return sleep(ctx, 20*time.Second)
	case UnknownHost:
		return &net.DNSError{Err: "no such host", Name: "api.example.com", IsNotFound: true}
	case BadCertificate:
		return &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	}
	return nil
}

type opKey struct{}

// withHooks returns the context of a call for an operation. The places at which
// the client's machine may be suspended take the operation from it.
func (s *Simulation) withHooks(ctx context.Context, op string) context.Context {
	ctx = context.WithValue(ctx, opKey{}, op)
	var conn atomic.Value // the client's address of the one in use
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			conn.Store(info.Conn.LocalAddr().String())
			s.assignConn(info.Conn.LocalAddr(), op)
			s.pauseAt("connection", op, s.Ledger.connected(op))
		},
		WroteHeaders: func() { // into a buffer: not a byte has been written to the connection
			if addr, ok := conn.Load().(string); ok {
				s.deliverExtra(addr)
			}
		},
	})
}

func (s *Simulation) pauseAt(place, op string, n int) {
	p, planned := s.plan.pausing(place, op, n)
	if !planned {
		return
	}
	s.Ledger.note(machines, sideClient, fmt.Sprintf("suspended at a %s of %s, %s", place, op, p))
	s.Clock.Suspend(p.length, p.monoStops, p.wallStops)
}

// clientConn is the client's end of a connection, where faults strike what
// leaves.
type clientConn struct {
	*memnet.Conn
	sim *Simulation
}

// Write sends p. If a request begins with it, the fault of that request
// strikes.
func (c *clientConn) Write(p []byte) (int, error) {
	path, begins := requestBegins(p)
	if !begins {
		return c.Conn.Write(p)
	}
	d := c.sim.depart(c.Conn, c.sim.operationOf(path, c.LocalAddr()))
	n, err := c.strike(d.fault, p)
	c.sim.Ledger.left(d, n)
	return n, err
}

func (c *clientConn) strike(f Fault, p []byte) (int, error) {
	c.SetDelay(latency)
	switch f.Kind {
	case StaleConn:
		c.Reset()
	case CutRequest:
		c.SetDelay(0) // a reset loses what is on its way
		part, _ := c.Conn.Write(p[:pick([]int{len(p) / 2, len(p) - 1}, f.Variant)])
		c.Reset()
		_, err := c.Conn.Write(p[part:])
		return part, err
	case DeadConn:
		c.Silence()
	case LateRequest, LateAndLost:
		c.SetDelay(max(f.Wait, latency))
	case HeldRequest:
		c.Hold()
		time.AfterFunc(f.Wait, c.Release)
	}
	return c.Conn.Write(p)
}

// depart records that a request is about to leave on a connection.
func (s *Simulation) depart(on *memnet.Conn, op string) *departure {
	d := s.Ledger.depart(op, s.Clock.serverAhead())
	d.fault = s.fault(op, d.n)
	s.Ledger.note(op, sideClient, fmt.Sprintf("request %d leaves (%s)", d.n, d.fault))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underway[on] = append(s.underway[on], d)
	return d
}

// requestBegins recognises the first bytes of a request by their request line,
// and returns its path.
func requestBegins(p []byte) (path string, ok bool) {
	line, _, _ := bytes.Cut(p, []byte("\r\n"))
	fields := strings.Fields(string(line))
	if len(fields) != 3 || !strings.HasPrefix(fields[2], "HTTP/") {
		return "", false
	}
	path, _, _ = strings.Cut(fields[1], "?")
	return path, true
}

func sleep(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
