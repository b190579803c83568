package sendonce

import (
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// ErrTooLate is the error of a write that would leave although the gate is
// closed: the machine slept between the check and the write (R8, J7).
var ErrTooLate = errors.New("idem: it is too late for the request to leave")

// trackedConn is a connection that this package has dialled. It counts the
// bytes written, so that "not one byte" can be proven (R7), refuses late writes
// (R8), and tracks which request a response belongs to (R30).
type trackedConn struct {
	net.Conn
	written   atomic.Int64
	sendCheck atomic.Pointer[Sender] // its gate is checked before each write; nil: none
	exchange  exchange
	idle      func(error) // the exchange's release, made once
}

// layered is a connection over another one, as TLS's is.
type layered interface{ NetConn() net.Conn }

// trackConn wraps a dialled connection. Linger 0 makes its Close drop what is
// not delivered: a request that was given up must not arrive minutes later
// (R25).
func trackConn(c net.Conn, d *distrust) *trackedConn {
	socket := c
	for l, ok := socket.(layered); ok; l, ok = socket.(layered) {
		socket = l.NetConn()
	}
	if l, ok := socket.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0) // a connection already broken shows at the first write
	}
	own := &trackedConn{Conn: c, exchange: exchange{queues: queuesOf(socket), distrust: d}}
	own.idle = own.exchange.release
	return own
}

// Write counts before it hands over: bytes may leave while it blocks.
func (c *trackedConn) Write(b []byte) (n int, err error) {
	if err := c.exchange.beginWrite(); err != nil {
		return 0, err
	}
	if s := c.sendCheck.Load(); s != nil {
		if err = s.Gate.Check(clock.Clock.Sure); err != nil {
			c.exchange.refuse(err)
		}
	}
	if err == nil {
		c.written.Add(int64(len(b)))
		n, err = c.Conn.Write(b)
		c.written.Add(int64(n - len(b)))
	}
	c.exchange.endWrite(err)
	return n, err
}

// Read notes when bytes come.
func (c *trackedConn) Read(b []byte) (int, error) {
	c.exchange.beginRead()
	n, err := c.Conn.Read(b)
	c.exchange.endRead(b[:n])
	return n, err
}

// Close ends a write that waits for its turn.
func (c *trackedConn) Close() error {
	c.exchange.refuse(net.ErrClosed)
	return c.Conn.Close()
}

// findTrackedConn returns the tracked connection under the layers of TLS and of
// proxies; nil if there is none.
func findTrackedConn(c net.Conn) *trackedConn {
	for c != nil {
		switch t := c.(type) {
		case *trackedConn:
			return t
		case *tls.Conn:
			c = t.NetConn()
		default:
			return nil
		}
	}
	return nil
}
