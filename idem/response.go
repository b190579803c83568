package idem

import (
	"net/http"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// distrusts reports whether an attempt that starts now needs a connection of its
// own: the host has sent a response that no request asked for, and a mutation must
// not take one for its own (R30).
func (c *call) distrusts(now clock.Timestamp) bool {
	d := c.engine.transports.distrust
	return d != nil && c.request.Operation.Class != Safe && d.holds(now)
}

// ours is the connection that the attempt has used, if it is one of the SDK's own.
func (f *flight) ours() (c *conn, use, base int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conn, f.use, f.base
}

// disown returns an error if a response came before its request's first byte, and so
// is not this attempt's (R30). The connection is closed then.
func (f *flight) disown(resp *http.Response) error {
	c, use, _ := f.ours()
	if c == nil {
		return nil
	}
	err := c.exchange.belongs(use)
	if err == nil {
		return nil
	}
	if resp.StatusCode != http.StatusRequestTimeout { // which an idle connection may get
		f.call.engine.transports.distrust.note()
	}
	_ = resp.Body.Close()
	_ = c.Close()
	return err
}

// tooEarly returns an error if a response is a success that came before its request's
// last byte (R30). It is asked once the body is read: net/http itself waits there for
// the write to return, so that usually nothing is left to wait for.
func (f *flight) tooEarly(resp *http.Response) error {
	c, use, base := f.ours()
	if c == nil || !f.call.request.Operation.succeeds(resp.StatusCode) {
		return nil
	}
	if c.whollyWritten(use, base, len(f.call.request.Body)) {
		return nil
	}
	_ = c.Close()
	return errEarlyResponse
}

// onIdle has the connection learn when net/http is done with the response. The trace
// is the attempt's own, and net/http asks it for this hook only then.
func (f *flight) onIdle() {
	theirs := f.idle
	if theirs == nil {
		f.trace.PutIdleConn = f.conn.idle
		return
	}
	ours := f.conn.idle
	f.trace.PutIdleConn = func(err error) {
		ours(err)
		theirs(err)
	}
}
