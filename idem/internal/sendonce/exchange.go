package sendonce

import (
	"bytes"
	"errors"
	"net"
	"runtime"
	"sync"
	"time"
)

var (
	// errUnsolicited ends an attempt whose response, or connection, had bytes
	// that no request caused (R30).
	errUnsolicited = errors.New("idem: a response that no request asked for")
	// errEarlyResponse ends an attempt that got a success before its request
	// was written to its end (R30).
	errEarlyResponse = errors.New("idem: a success before the request was written")
)

// exchange follows the requests and responses on one connection: a response
// belongs to the request that was written for it (R30). net/http takes a
// response that arrives between two requests for the response to the second one
// if it reads it a moment too late.
//
// The uses of a connection are counted. A use begins with its first byte, and
// ends when its response was read to the end. A use may begin only while
// net/http waits in a read and the socket is empty: then nothing that could
// pass for its response has arrived.
type exchange struct {
	queues   queues
	distrust *distrust // notes what was not asked for

	mu      sync.Mutex
	uses    int64 // attempts that got the connection
	begun   int64 // the last use that has written a byte
	ended   int64 // the last use whose response was read
	heard   int64 // the use that had begun when bytes last came
	reused  bool  // the present use: the connection waited in the pool before
	secure  bool  // the bytes are TLS records
	reading bool
	writing bool
	broken  bool          // a write failed
	refusal error         // what writes get from now on; or nil
	stray   int           // bytes that came between two uses
	changed chan struct{} // wakes the goroutine in await; nil: none was there yet
	limit   *time.Timer   // of that goroutine
}

// A write that is too early for net/http, which has not come to its next read,
// lets other goroutines run, and then sleeps until the read begins. Spinning
// for longer would keep the reader's thread from its processor.
const (
	maxTurns = 4
	maxNap   = 5 * time.Millisecond
)

// acquire begins a use, which has not written yet. What came before the first
// one was caused by a proxy's or TLS's handshake; without one it was not.
func (x *exchange) acquire(reused, secure, handshake bool) int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.uses == 0 && handshake {
		x.stray = 0
	}
	x.uses++
	x.reused, x.secure = reused, secure
	return x.uses
}

// release ends the use that has begun: net/http has read its response, and
// nothing after it yet. No other use begins before.
func (x *exchange) release(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err == nil {
		x.ended = x.begun
	}
	x.notify()
}

// refuse lets nothing more leave.
func (x *exchange) refuse(why error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refusal == nil {
		x.refusal = why
	}
	x.notify()
}

// refused returns why this package lets nothing more leave; nil if it does, or
// if the connection is merely closed.
func (x *exchange) refused() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refusal == net.ErrClosed { //nolint:errorlint // the very value
		return nil
	}
	return x.refusal
}

// beginWrite holds a use's first write back until its turn has come. It returns
// an error if that is in doubt: the byte is then not written.
func (x *exchange) beginWrite() (err error) {
	for range maxTurns {
		if decided, err := x.tryWrite(false); decided {
			return err
		}
		runtime.Gosched()
	}
	if !x.await(maxNap, func() (decided bool) {
		decided, err = x.tryWrite(false)
		return decided
	}) {
		_, err = x.tryWrite(true)
	}
	return err
}

// await checks whether something is so after each change, until it is or the
// limit is over. One goroutine at a time awaits anything: either the one that
// writes is held back, or a success came while its request is being written.
func (x *exchange) await(limit time.Duration, isSo func() bool) bool {
	x.mu.Lock()
	if x.changed == nil {
		x.changed = make(chan struct{}, 1)
		x.limit = time.NewTimer(limit)
	} else {
		x.limit.Reset(limit)
	}
	x.mu.Unlock()
	defer x.limit.Stop()
	for !isSo() {
		select {
		case <-x.changed:
		case <-x.limit.C:
			return false
		}
	}
	return true
}

// notify wakes the goroutine in await. x is locked.
func (x *exchange) notify() {
	select {
	case x.changed <- struct{}{}:
	default: // none waits, or is woken already
	}
}

// tryWrite reports whether it is decided that the write may go on, or why not.
func (x *exchange) tryWrite(last bool) (decided bool, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refusal == nil && x.begun < x.uses {
		switch ready := !x.reused || x.ended >= x.begun && x.reading; {
		case !x.reused && x.secure: // a new connection has no reader yet, and TLS tickets may be in it
		case ready && x.stray == 0 && x.queues.Unread() <= 0:
		case !last:
			return false, nil
		case x.stray > 0 || x.queues.Unread() > 0:
			x.refusal = errUnsolicited
		default:
			x.refusal = net.ErrClosed // net/http is not done with the last response
		}
	}
	if x.refusal != nil {
		return true, x.refusal
	}
	x.begun, x.stray = x.uses, 0
	x.writing = true
	return true, nil
}

func (x *exchange) endWrite(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.writing = false
	x.broken = x.broken || err != nil
	x.notify()
}

func (x *exchange) beginRead() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.reading = true
	x.notify()
}

func (x *exchange) endRead(b []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.reading = false
	if len(b) == 0 {
		return
	}
	x.heard = x.begun
	if x.begun > x.ended {
		return
	}
	x.stray += len(b)
	if x.uses > 0 && x.isResponse(b) {
		x.distrust.note()
	}
}

// alertMax is the length of a TLS alert, such as the one that closes an idle
// connection, with room to spare. No HTTP response with a header is shorter.
const alertMax = 100

// isResponse reports whether bytes that came between two uses are a response,
// other than one to a connection that was idle for too long.
func (x *exchange) isResponse(b []byte) bool {
	if x.secure {
		return x.ended > 0 && x.stray > alertMax
	}
	return !bytes.HasPrefix(b, []byte("HTTP/1.1 408")) && !bytes.HasPrefix(b, []byte("HTTP/1.0 408"))
}

// belongs reports whether the response that a use got was sent for it. If not,
// no more bytes leave.
func (x *exchange) belongs(use int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.begun > use || x.begun == use && x.heard == use {
		return true // another use follows already, or bytes came after its own
	}
	x.refusal = errUnsolicited
	x.notify()
	return false
}

// lastWrite is how long a success waits for its request's last write, as
// net/http does too.
const lastWrite = 50 * time.Millisecond

// whollyWritten reports whether a use's request was written to its end: size
// bytes at least, and no write is under way. It waits for one that may just
// return.
func (c *trackedConn) whollyWritten(use, base int64, size int) bool {
	whole, busy := c.writtenSoFar(use, base, size)
	if !busy {
		return whole
	}
	return c.exchange.await(lastWrite, func() bool {
		whole, busy = c.writtenSoFar(use, base, size)
		return !busy
	}) && whole
}

func (c *trackedConn) writtenSoFar(use, base int64, size int) (whole, busy bool) {
	c.exchange.mu.Lock()
	defer c.exchange.mu.Unlock()
	switch x := &c.exchange; {
	case x.begun > use:
		return true, false // only a request that was written lets another follow
	case x.begun < use, x.broken:
		return false, false
	default:
		return c.written.Load()-base >= int64(size) && !x.writing, x.writing
	}
}
