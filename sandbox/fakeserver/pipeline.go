package fakeserver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"runtime/debug"
)

const maxBody = 1 << 20 // bytes

// serve handles one request. A fault may make it close the connection or abort
// the stream.
func (s *Server[Op]) serve(w http.ResponseWriter, r *http.Request) {
	outages, ok := s.control.network.enter()
	if !ok {
		reset(w) // does not return
	}
	defer s.control.network.running.Done()
	c := &Call{outages: outages, path: r.URL.EscapedPath(), writer: w, result: ResultDropped}
	s.control.admit(c)
	if name := s.vendor.RequestID; name != "" {
		w.Header().Set(name, c.ID)
	}
	defer s.survive(c, r)
	// What no operation serves is answered by the routes themselves.
	a := NewResponse(http.StatusOK, "", nil)
	s.mux.ServeHTTP(a, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	if c.line == nil {
		account, _ := s.vendor.Account(c, r)
		s.control.unknown(c, account, r)
		c.Rejected()
		s.deliver(r, c, a)
	}
}

// survive turns a panic of the server's own into a response and a finished
// line.
func (s *Server[Op]) survive(c *Call, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint,err113 // the very value, as net/http compares it
		panic(cause)
	}
	report(cause)
	if c.ended {
		hangUp() // its response has begun
	}
	a := s.refuse(c, r, Refusal{Reason: ReasonServerError, Status: http.StatusInternalServerError})
	if c.line == nil {
		s.control.unknown(c, "", r)
	}
	s.control.finish(c, a)
	a.Send(c.writer)
}

// report writes a panic and its stack to the log, as net/http does.
func report(cause any) { log.Printf("sandbox: panic: %v\n%s", cause, debug.Stack()) }

// around wraps each operation: it receives the request, has it worked on, and
// sends the response.
func (s *Server[Op]) around(op Op, keyed bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c := CallOf(r)
		var account string
		account, c.refused = s.vendor.Account(c, r)
		s.control.arrive(c, string(op), keyed, account, r)
		if c.refused == nil {
			c.Account = account
		}
		a := s.work(c, keyed, r, next)
		s.control.missed(c)
		s.deliver(r, c, a)
	})
}

// work handles a request after its arrival. A nil response means that the
// connection is to be closed.
func (s *Server[Op]) work(c *Call, keyed bool, r *http.Request, next http.Handler) *Response {
	if c.fault.is(Refuse) {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.writer, r.Body, maxBody))
	s.control.read(c, len(body))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return s.refuse(c, r, Refusal{Reason: ReasonBodyTooLarge})
	case err != nil || c.fault.is(ResetBefore):
		return nil
	}
	if a := s.atGateway(c, r); a != nil {
		return a
	}
	if c.refused != nil {
		c.Rejected()
		return c.refused
	}
	return s.underKey(c, keyed, r, body, next)
}

func (s *Server[Op]) refuse(c *Call, r *http.Request, why Refusal) *Response {
	c.Rejected()
	return s.vendor.Refuse(c, r, why)
}

// underKey lets the idempotency layer decide whether the operation runs.
func (s *Server[Op]) underKey(c *Call, keyed bool, r *http.Request, body []byte, next http.Handler) *Response {
	key := c.rules.key(keyed, r)
	if key == "" {
		return s.execute(c, r, body, next)
	}
	if c.fault.is(KeyStoreFailure) {
		return s.refuse(c, r, Refusal{Reason: ReasonKeyStoreFailed})
	}
	if why := c.rules.objection(key); why != "" {
		return s.refuse(c, r, Refusal{Reason: why})
	}
	slot, verdict := s.control.takeUp(c, scopedKey{c.Account, key}, fingerprintOf(r, body))
	switch verdict {
	case verdictReused:
		return s.refuse(c, r, Refusal{Reason: ReasonKeyReused})
	case verdictInProgress:
		return s.refuse(c, r, Refusal{Reason: ReasonKeyInProgress})
	case verdictReplay:
		<-slot.done
	case verdictRun:
		s.executeUnder(slot, c, r, body, next)
	}
	if slot.answer == nil {
		return nil
	}
	if verdict == verdictReplay {
		s.control.replayed(c, slot.resource)
	}
	return c.rules.mark(slot.answer, key, verdict == verdictReplay)
}

// executeUnder runs the operation and keeps its response, if there is one.
func (s *Server[Op]) executeUnder(slot *keySlot, c *Call, r *http.Request, body []byte, next http.Handler) {
	var a *Response
	defer func() { s.control.settle(slot, a, c.resource) }() // after a panic, too
	a = s.execute(c, r, body, next)
}

// execute runs the operation. The idempotency layer stores its result.
func (s *Server[Op]) execute(c *Call, r *http.Request, body []byte, next http.Handler) *Response {
	// The client may have gone by now; a server does not notice.
	if c.fault.name == delayBefore && !s.control.wait(context.WithoutCancel(r.Context()), c.fault.time) {
		return nil
	}
	a := s.perform(c, r, body, next)
	s.control.executed(c)
	if c.fault.name == serverErrorAfter {
		return s.vendor.Refuse(c, r, Refusal{Reason: ReasonServerError, Status: c.fault.status})
	}
	return a
}

// perform runs the operation, alone, on the body.
func (s *Server[Op]) perform(c *Call, r *http.Request, body []byte, next http.Handler) (a *Response) {
	r = r.WithContext(r.Context()) // a copy
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.control.working.Lock()
	defer s.control.working.Unlock()
	defer func() {
		if cause := recover(); cause != nil {
			report(cause)
			a = s.failed(c, r)
		}
	}()
	a = NewResponse(http.StatusOK, "", nil)
	next.ServeHTTP(a, r)
	return a
}

// failed is the response after a panic of an operation, which counts as
// executed only if it reported so.
func (s *Server[Op]) failed(c *Call, r *http.Request) *Response {
	if c.result != ResultExecuted {
		c.Rejected()
	}
	return s.vendor.Refuse(c, r, Refusal{Reason: ReasonServerError, Status: http.StatusInternalServerError})
}

// deliver sends the response to the client, unless a fault prevents it.
func (s *Server[Op]) deliver(r *http.Request, c *Call, a *Response) {
	if a != nil {
		a = s.bent(r, c, a)
	}
	if a != nil {
		a = s.onTheWay(r, c, a)
	}
	if a == nil || s.control.network.cutOff(c) {
		s.control.finish(c, nil)
		if c.fault.is(Refuse) {
			hangUp()
		}
		reset(c.writer)
	}
	s.control.finish(c, a)
	if a.foreign && s.vendor.RequestID != "" {
		c.writer.Header().Del(s.vendor.RequestID)
	}
	if c.fault.is(CutResponse) {
		a.sendHalf(c.writer)
		hangUp()
	}
	a.Send(c.writer)
}
