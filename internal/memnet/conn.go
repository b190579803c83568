package memnet

import (
	"bytes"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Conn is one end of an in-memory connection. Like a [net.TCPConn] it may be
// used from several goroutines, has CloseWrite and SetLinger, and buffers: a
// Write returns at once until 256 KiB are unread.
type Conn struct {
	pair          *pair
	side          int
	local, remote net.Addr

	// Guarded by pair.mu.
	readBy, writeBy time.Time // deadlines; zero: none
	closed          bool
	abort           bool // Close resets
	resetReported   bool // the caller has seen ECONNRESET, which a socket reports once
}

// LocalAddr returns the address of this end.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the address of the other end.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// Peer returns the other end.
func (c *Conn) Peer() *Conn { return &c.pair.ends[1-c.side] }

func (c *Conn) in() *stream  { return &c.pair.from[1-c.side] }
func (c *Conn) out() *stream { return &c.pair.from[c.side] }

// Read reads what has arrived and waits for it if there is nothing. After the
// peer's last byte it returns [io.EOF] if the peer closed, ECONNRESET (once,
// then io.EOF) if the connection was aborted.
func (c *Conn) Read(p []byte) (int, error) {
	for {
		n, changed, next, err := c.tryRead(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		block(changed, next)
	}
}

func (c *Conn) tryRead(p []byte) (n int, changed <-chan struct{}, next time.Time, err error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	now := time.Now()
	switch {
	case c.closed:
		return 0, nil, next, c.opError("read", net.ErrClosed)
	case passed(c.readBy, now):
		return 0, nil, next, c.opError("read", os.ErrDeadlineExceeded)
	}
	n, end, next := c.in().take(p, now)
	switch {
	case n > 0:
		return n, nil, next, nil
	case end == aborted && !c.resetReported:
		c.resetReported = true
		return 0, nil, next, c.opError("read", os.NewSyscallError("read", syscall.ECONNRESET))
	case end != open:
		return 0, nil, next, io.EOF
	}
	return 0, c.in().wait(), earlier(next, c.readBy), nil
}

// Write hands p to the connection and waits while there is no room. An end that
// has gone is noticed as in TCP: the first Write after it may still succeed,
// later ones fail with ECONNRESET or EPIPE.
func (c *Conn) Write(p []byte) (int, error) {
	written := 0
	for {
		n, changed, next, err := c.tryWrite(p[written:])
		written += n
		if err != nil || written == len(p) {
			return written, err
		}
		block(changed, next)
	}
}

func (c *Conn) tryWrite(p []byte) (n int, changed <-chan struct{}, next time.Time, err error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	now := time.Now()
	if err := c.writeError(now); err != nil {
		return 0, nil, next, c.opError("write", err)
	}
	if n = min(len(p), window-c.out().size); n > 0 {
		c.pair.send(c.side, segment{data: bytes.Clone(p[:n])}, now)
	}
	if n == len(p) {
		return n, nil, next, nil
	}
	return n, c.out().wait(), earlier(c.in().abortedAt, c.writeBy), nil
}

// writeError returns why nothing can be written now.
func (c *Conn) writeError(now time.Time) error {
	switch {
	case c.closed:
		return net.ErrClosed
	case passed(c.writeBy, now):
		return os.ErrDeadlineExceeded
	case passed(c.in().abortedAt, now) && !passed(c.in().finishedAt, now) && !c.resetReported:
		c.resetReported = true
		return os.NewSyscallError("write", syscall.ECONNRESET)
	case passed(c.in().abortedAt, now) || c.out().shut:
		return os.NewSyscallError("write", syscall.EPIPE)
	}
	return nil
}

// Close closes this end. The peer reads what was sent before, then io.EOF. As
// in TCP the peer gets ECONNRESET instead after SetLinger(0), and when
// something that had arrived here was left unread.
func (c *Conn) Close() error {
	last, err := c.closeEnd()
	if last {
		c.pair.forget(c.pair)
	}
	return err
}

func (c *Conn) closeEnd() (last bool, err error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return false, c.opError("close", net.ErrClosed)
	}
	c.closed = true
	c.pair.closeEnd(c.side, c.abort, time.Now())
	return c.Peer().closed, nil
}

// CloseWrite ends what this end sends; reading goes on.
func (c *Conn) CloseWrite() error {
	return c.whileOpen("close", func() { c.pair.finish(c.side, time.Now()) })
}

// SetLinger decides what Close does: with 0 it aborts, with any other value it
// finishes in the background, which is also the default. An aborting Close
// drops what [Conn.Hold] keeps in this host; bytes that have left it, which are
// all others, still arrive, and the abort behind them.
func (c *Conn) SetLinger(sec int) error {
	return c.whileOpen("set", func() { c.abort = sec == 0 })
}

// SetDeadline sets both deadlines; zero means none.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.whileOpen("set", func() { c.readBy, c.writeBy = t, t })
}

// SetReadDeadline ends a Read that waits at t with [os.ErrDeadlineExceeded];
// zero means never.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.whileOpen("set", func() { c.readBy = t })
}

// SetWriteDeadline ends a Write that waits at t with [os.ErrDeadlineExceeded];
// zero means never.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.whileOpen("set", func() { c.writeBy = t })
}

// whileOpen changes this end and wakes what waits on it.
func (c *Conn) whileOpen(op string, change func()) error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return c.opError(op, net.ErrClosed)
	}
	change()
	c.in().notify()
	c.out().notify()
	return nil
}

func (c *Conn) opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

func block(changed <-chan struct{}, until time.Time) {
	if until.IsZero() {
		<-changed
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	}
}
