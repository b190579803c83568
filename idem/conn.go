package idem

import (
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
)

// errTooLate is what a write gets that would leave after the window, or after the
// lease: the machine slept between the check and the write (R8, J7).
var errTooLate = errors.New("idem: it is too late for the request to leave")

// conn is a connection of the SDK's own. It counts what is written, so that
// "not one byte" can be proven (R7), refuses late writes (R8), and follows whose
// response is read (R30).
type conn struct {
	net.Conn
	written  atomic.Int64
	guard    atomic.Pointer[call] // is asked before each write; nil lets all pass
	exchange exchange
	idle     func(error) // the exchange's release, made once
}

// newConn wraps a dialled connection. Linger 0 makes its Close drop what is
// not delivered: a request that was given up must not arrive minutes later
// (R25).
func newConn(c net.Conn, d *distrust) net.Conn {
	socket := lowest(c)
	if l, ok := socket.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0) // a connection already broken says so at the first write
	}
	own := &conn{Conn: c, exchange: exchange{queues: queuesOf(socket), distrust: d}}
	own.idle = own.exchange.release
	return own
}

// lowest is the connection under the layers of those that tell it, as TLS does.
func lowest(c net.Conn) net.Conn {
	for {
		layer, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return c
		}
		c = layer.NetConn()
	}
}

// Write counts before it hands over: bytes may leave while it blocks.
func (c *conn) Write(b []byte) (int, error) {
	if err := c.exchange.beginWrite(); err != nil {
		return 0, err
	}
	n, err := c.write(b)
	c.exchange.endWrite(err)
	return n, err
}

func (c *conn) write(b []byte) (int, error) {
	if g := c.guard.Load(); g != nil {
		if err := g.tooLate(); err != nil {
			return 0, err
		}
	}
	c.written.Add(int64(len(b)))
	n, err := c.Conn.Write(b)
	c.written.Add(int64(n - len(b)))
	return n, err
}

// Read notes when bytes come.
func (c *conn) Read(b []byte) (int, error) {
	c.exchange.beginRead()
	n, err := c.Conn.Read(b)
	c.exchange.endRead(b[:n])
	return n, err
}

// Close ends a write that waits for its turn.
func (c *conn) Close() error {
	c.exchange.refuse(net.ErrClosed)
	return c.Conn.Close()
}

// ownConn finds the SDK's own connection under the layers that TLS and proxies
// put on top; nil if it is somebody else's.
func ownConn(c net.Conn) *conn {
	for c != nil {
		switch t := c.(type) {
		case *conn:
			return t
		case *tls.Conn:
			c = t.NetConn()
		default:
			return nil
		}
	}
	return nil
}
