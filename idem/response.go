package idem

import "net/http"

// distrusts reports whether an attempt that starts now needs a connection of its
// own: the host has sent a response that no request asked for, and a mutation must
// not take one for its own (R30).
func (c *call) distrusts(now stamp) bool {
	d := c.engine.transports.distrust
	return d != nil && c.request.Operation.Class != Read && d.holds(now)
}

// ours is the connection that the attempt has used, if it is one of the SDK's own.
func (f *flight) ours() (c *conn, use, base int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conn, f.use, f.base
}

// disown returns an error if a response is not known to be this attempt's: it came
// before the request's first byte, or it is a success that came before the last
// (R30). The connection is closed then.
func (f *flight) disown(resp *http.Response) error {
	c, use, base := f.ours()
	if c == nil {
		return nil
	}
	err := c.exchange.belongs(use)
	switch {
	case err != nil && resp.StatusCode != http.StatusRequestTimeout: // which an idle connection may get
		f.call.engine.transports.distrust.note()
	case err == nil && f.call.request.Operation.succeeds(resp.StatusCode):
		if !c.whollyWritten(use, base, len(f.call.request.Body)) {
			err = errEarlyResponse
		}
	}
	if err != nil {
		_ = resp.Body.Close()
		_ = c.Close()
	}
	return err
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
