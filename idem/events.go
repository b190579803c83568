package idem

import (
	"errors"
	"net/http"
)

func (o *operation) timelineEntry(a *attempt, k keySnapshot, p *progress) Attempt {
	entry := Attempt{
		Number:     len(p.attempts) + 1,
		Start:      a.start.WallTime(),
		Duration:   a.seen.End.Mono - a.start.Mono,
		Status:     a.seen.Status,
		Verdict:    a.class.verdict,
		Reason:     a.class.reason,
		Replayed:   a.class.replayed,
		ReusedConn: a.seen.Reused,
		PaceWait:   a.paceWait,
	}
	if o.hasWindow(k) {
		entry.KeyAge = k.since.Age(a.seen.End)
	}
	if p.decision.stop == stopNone {
		entry.Wait = p.decision.wait
	}
	return entry
}

// emitAttemptStarted has a frame of its own: the caller's lasts as long as the
// attempt.
//
//go:noinline
func (s *attempts) emitAttemptStarted() {
	s.emitAttempt(EventAttemptStarted, Attempt{
		Number: len(s.progress.attempts) + 1, PaceWait: s.current.paceWait,
	}, nil)
}

func (o *operation) emitAttempt(kind EventKind, a Attempt, answer http.Header) {
	e := o.event(kind)
	e.Attempt = a
	e.Outcome = o.key.snapshot().effectiveOutcome()
	e.RequestID = o.requestID(answer)
	e.KeyEchoed = o.keyEchoed(answer)
	o.engine.emit(e)
}

func (o *operation) keyEchoed(answer http.Header) bool {
	p := &o.engine.profile
	return o.call.Request.Operation.Class.sendsKey() && p.KeyHeader != "" &&
		answer.Get(p.KeyHeader) == headerValue(p, o.key.value)
}

func (o *operation) emitEnd(r *Result) {
	e := o.event(EventCallEnded)
	e.Attempts = r.Attempts
	e.Duration = o.started.Elapsed(o.engine.clock.Now())
	e.Outcome = r.Outcome
	if r.Err != nil {
		e.Reason = r.Err.Error()
	}
	e.RecordErr = recordErr(r)
	e.Drift = r.Drift
	e.Recovered, e.FromJournal, e.Reserved = r.Recovered, r.FromJournal, errors.Is(r.Err, ErrReserved)
	if r.Response != nil {
		e.RequestID = o.requestID(r.Response.Header)
	}
	o.engine.emit(e)
}

func (e *Engine) emit(ev Event) {
	defer e.panics.contain("observer or logger")
	e.observe(ev)
}

func recordErr(r *Result) error {
	switch {
	case r.RecordErr != nil:
		return journalFailure(r.RecordErr)
	case errors.Is(r.Err, ErrJournal):
		return r.Err
	default:
		return nil
	}
}

func (o *operation) event(kind EventKind) Event {
	return Event{
		Kind:      kind,
		CallID:    o.callID,
		Ref:       o.call.Ref,
		Key:       o.key.key(),
		Operation: o.call.Request.Operation.Name,
		BaseURL:   o.engine.base,
		Started:   o.started.WallTime(),
		Budget:    budgetCapacity - int(o.engine.budget.spent.Load()),

		UnsolicitedResponse: o.engine.session.UnsolicitedResponse(),
		ctx:                 o.ctx,
	}
}

// requestID is the API's id of a response, if it looks like one: a header may
// hold anything (R23).
func (o *operation) requestID(h http.Header) string {
	return identifier(h.Get(o.engine.profile.RequestIDHeader))
}
