package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/bardge/bardge-go/gen"
)

const maxBody = 1 << 20 // bytes

// serve answers one request. Where a fault asks for it, it closes the request's connection or aborts its stream.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request) {
	outages, ok := s.enter()
	if !ok {
		reset(w) // does not return
	}
	defer s.running.Done()
	c := &call{
		id: s.book.requestID(), token: r.Header.Get(lookupTokenHeader), outages: outages, result: ResultDropped,
	}
	w.Header().Set(requestIDHeader, c.id)
	s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
}

// wrap goes around each operation: a request comes in, is worked on, and its answer goes out.
func (s *Sandbox) wrap(op gen.Operation, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		s.arrive(c, op, r)
		s.deliver(w, r, c, s.work(c, op, w, r, next))
	})
}

// arrive opens the request's entry in the ledger and finds its fault.
func (s *Sandbox) arrive(c *call, op gen.Operation, r *http.Request) {
	key := r.Header.Get(s.keys.rules.header)
	entry := Entry{Time: s.state.now(), RequestID: c.id, Operation: op.ID, Result: ResultPending}
	asked := Fault(r.Header.Get(FaultHeader))
	if known := s.book.open(c, entry, key); known {
		asked = ""
	}
	c.fault = effectOf(s.plan.take(op.ID, asked))
	s.book.note(c, func(e *Entry) { e.Fault = c.fault.text })
}

// work takes a request from the network inwards. Without an answer the connection is to be closed.
func (s *Sandbox) work(c *call, op gen.Operation, w http.ResponseWriter, r *http.Request, next http.Handler) *answer {
	if c.fault.is(Refuse) {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return c.refuse(invalid("body", "is too large"))
	case err != nil || c.fault.is(ResetBefore):
		return nil
	}
	if a := c.atGateway(); a != nil {
		return a
	}
	var bad *apiError
	if c.reseller, bad = s.accounts.reseller(r); bad != nil {
		return c.refuse(bad)
	}
	return s.underKey(c, op, r, body, next)
}

// underKey lets the idempotency layer decide whether the operation runs.
func (s *Sandbox) underKey(c *call, op gen.Operation, r *http.Request, body []byte, next http.Handler) *answer {
	key := scopedKey{c.reseller, s.keys.key(op, r)}
	a, verdict := s.keys.answer(key, fingerprintOf(r, body), func() *answer {
		return s.execute(c, r, body, next)
	})
	switch {
	case verdict == verdictReused:
		return c.refuse(s.keys.rules.reused)
	case verdict == verdictReplay && a != nil:
		c.result = ResultReplayed
		return a.marked(s.keys.rules.mark, "true")
	default:
		return a
	}
}

// execute runs the operation. What it returns is what the idempotency layer keeps.
func (s *Sandbox) execute(c *call, r *http.Request, body []byte, next http.Handler) *answer {
	// Whoever sent the request may have gone by now; a server does not notice.
	if c.fault.name == delayBefore && !s.wait(context.WithoutCancel(r.Context()), c.fault.time) {
		return nil
	}
	r = r.WithContext(r.Context()) // a copy
	r.Body = io.NopCloser(bytes.NewReader(body))
	a := &answer{header: http.Header{}}
	s.state.exclusively(func() { next.ServeHTTP(a, r) })
	s.book.note(c, func(e *Entry) { e.Result, e.Resource = c.result, c.resource })
	if c.fault.name == serverErrorAfter {
		return errorAnswer(serverError(c.fault.status), c.id)
	}
	return a
}

// deliver brings the answer back to the client, or does not.
func (s *Sandbox) deliver(w http.ResponseWriter, r *http.Request, c *call, a *answer) {
	if a != nil {
		a = s.onTheWay(r, c, a)
	}
	if a == nil || s.cutOff(c) {
		s.book.note(c, func(e *Entry) { e.Result = c.result })
		if c.fault.is(Refuse) {
			hangUp()
		}
		reset(w)
	}
	s.book.note(c, func(e *Entry) { e.Result, e.Status = c.result, a.status })
	if a.foreign {
		w.Header().Del(requestIDHeader)
	}
	if c.fault.is(CutAnswer) {
		a.sendHalf(w)
		hangUp()
	}
	a.send(w)
}

// respond writes what an operation returned; it is called by the generated handler.
func respond(w http.ResponseWriter, r *http.Request, op gen.Operation, value any, err error) {
	c := callOf(r)
	if err != nil {
		c.refuse(toldAs(err, r)).send(w)
		return
	}
	c.result = ResultExecuted
	status := http.StatusOK
	if creates(op.ID) {
		status = http.StatusCreated
	}
	jsonAnswer(status, value).send(w)
}
