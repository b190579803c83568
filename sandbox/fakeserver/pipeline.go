package fakeserver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
)

const maxBody = 1 << 20 // bytes

// serve handles one request. A fault may make it close the connection or abort
// the stream.
func (s *Server[Op]) serve(w http.ResponseWriter, r *http.Request) {
	outages, ok := s.enter()
	if !ok {
		reset(w) // does not return
	}
	defer s.running.Done()
	c := &Call{ID: s.book.requestID(), outages: outages, result: ResultDropped}
	if name := s.vendor.RequestID; name != "" {
		w.Header().Set(name, c.ID)
	}
	s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
}

// around wraps each operation: it receives the request, has it worked on, and
// sends the response.
func (s *Server[Op]) around(op Op, keyed bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := CallOf(r)
		s.arrive(c, op, r)
		s.deliver(w, r, c, s.work(c, keyed, w, r, next))
	})
}

// arrive opens the request's entry in the ledger and finds its fault.
func (s *Server[Op]) arrive(c *Call, op Op, r *http.Request) {
	entry := Entry[Op]{Time: s.now(), RequestID: c.ID, Operation: op, Result: ResultPending}
	asked := Fault(r.Header.Get(FaultHeader))
	line, known := s.book.open(entry, r.Header.Get(s.keys.rules.Header))
	if known {
		asked = ""
	}
	c.line, c.fault = line, effectOf(s.plan.take(op, asked))
	s.book.note(c.line, func(e *Entry[Op]) { e.Fault = c.fault.text })
}

// work handles a request after its arrival. A nil response means that the
// connection is to be closed.
func (s *Server[Op]) work(c *Call, keyed bool, w http.ResponseWriter, r *http.Request, next http.Handler) *Response {
	if c.fault.is(Refuse) {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
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
	var refused *Response
	if c.Account, refused = s.vendor.Account(c, r); refused != nil {
		c.Rejected()
		return refused
	}
	return s.underKey(c, keyed, r, body, next)
}

func (s *Server[Op]) refuse(c *Call, r *http.Request, why Refusal) *Response {
	c.Rejected()
	return s.vendor.Refuse(c, r, why)
}

// underKey lets the idempotency layer decide whether the operation runs.
func (s *Server[Op]) underKey(c *Call, keyed bool, r *http.Request, body []byte, next http.Handler) *Response {
	run := func() *Response { return s.execute(c, r, body, next) }
	key := s.keys.key(keyed, r)
	if key == "" {
		return run()
	}
	if c.fault.is(KeyStoreFailure) {
		return s.refuse(c, r, Refusal{Reason: ReasonKeyStoreFailed})
	}
	if why := s.keys.objection(key); why != "" {
		return s.refuse(c, r, Refusal{Reason: why})
	}
	a, verdict := s.keys.answer(scopedKey{c.Account, key}, fingerprintOf(r, body), run)
	switch {
	case verdict == verdictReused:
		return s.refuse(c, r, Refusal{Reason: ReasonKeyReused})
	case verdict == verdictInProgress:
		return s.refuse(c, r, Refusal{Reason: ReasonKeyInProgress})
	case a == nil:
		return nil
	case verdict == verdictReplay:
		c.result = ResultReplayed
	}
	return s.keys.mark(a, key, verdict == verdictReplay)
}

// execute runs the operation. The idempotency layer stores its result.
func (s *Server[Op]) execute(c *Call, r *http.Request, body []byte, next http.Handler) *Response {
	// The client may have gone by now; a server does not notice.
	if c.fault.name == delayBefore && !s.wait(context.WithoutCancel(r.Context()), c.fault.time) {
		return nil
	}
	a := s.perform(r, body, next)
	s.book.note(c.line, func(e *Entry[Op]) { e.Result, e.Resource = c.result, c.resource })
	if c.fault.name == serverErrorAfter {
		return s.vendor.Refuse(c, r, Refusal{Reason: ReasonServerError, Status: c.fault.status})
	}
	return a
}

// perform runs the operation, alone, on the body.
func (s *Server[Op]) perform(r *http.Request, body []byte, next http.Handler) *Response {
	r = r.WithContext(r.Context()) // a copy
	r.Body = io.NopCloser(bytes.NewReader(body))
	a := NewResponse(http.StatusOK, "", nil)
	s.working.Lock()
	defer s.working.Unlock()
	next.ServeHTTP(a, r)
	return a
}

// deliver sends the response to the client, unless a fault prevents it.
func (s *Server[Op]) deliver(w http.ResponseWriter, r *http.Request, c *Call, a *Response) {
	if a != nil {
		a = s.onTheWay(r, c, a)
	}
	if a == nil || s.cutOff(c) {
		s.book.note(c.line, func(e *Entry[Op]) { e.Result = c.result })
		if c.fault.is(Refuse) {
			hangUp()
		}
		reset(w)
	}
	s.book.note(c.line, func(e *Entry[Op]) { e.Result, e.Status = c.result, a.status })
	if a.foreign && s.vendor.RequestID != "" {
		w.Header().Del(s.vendor.RequestID)
	}
	if c.fault.is(CutResponse) {
		a.sendHalf(w)
		hangUp()
	}
	a.Send(w)
}
