package idem

import (
	"errors"
	"net/http"

	"github.com/google/uuid"
)

// record adds an attempt to the call's timeline.
func (c *call) record(f *attempt, j classification, k keySnapshot, d decision) {
	a := Attempt{
		Number:     len(c.attempts) + 1,
		Start:      f.start.WallTime(),
		Duration:   f.seen.End.Mono - f.start.Mono,
		Status:     f.seen.Status,
		Verdict:    j.verdict,
		Reason:     j.reason,
		Replayed:   j.replayed,
		ReusedConn: f.seen.Reused,
	}
	if c.windowed(k) {
		a.KeyAge = k.since.Age(f.seen.End)
	}
	if d.stop == stopNone {
		a.Wait = d.wait
	}
	c.attempts = append(c.attempts, a)
	c.noteRetry(f, a, d)
}

// tellAttemptStarted has a frame of its own: the caller's lasts as long as the attempt.
//
//go:noinline
func (c *call) emitAttemptStarted() {
	c.emitAttempt(EventAttemptStarted, Attempt{Number: len(c.attempts) + 1}, nil)
}

func (c *call) emitAttempt(kind EventKind, a Attempt, answer http.Header) {
	if c.engine.observe == nil {
		return
	}
	e := c.event(kind)
	e.Attempt = a
	e.Outcome = c.held.snapshot().effectiveOutcome()
	e.RequestID = c.requestID(answer)
	c.engine.emit(e)
}

func (c *call) emitEnd(r Result) {
	if c.engine.observe == nil {
		return
	}
	e := c.event(EventCallEnded)
	e.Attempts = r.Attempts
	e.Duration = c.engine.clock.Now().Mono - c.started.Mono
	e.Outcome = r.Outcome
	if r.Err != nil {
		e.Reason = r.Err.Error()
	}
	e.RecordErr = recordErr(r)
	e.Recovered, e.FromJournal, e.Reserved = r.Recovered, r.FromJournal, errors.Is(r.Err, ErrReserved)
	if r.Response != nil {
		e.RequestID = c.requestID(r.Response.Header)
	}
	c.engine.emit(e)
}

// emit hands an event to the observer, whose panic changes nothing (R39).
func (e *Engine) emit(ev Event) {
	defer e.panics.contain("observer or logger")
	e.observe(ev)
}

// recordErr is why the journal was of no use to a call, in fixed words.
func recordErr(r Result) error {
	switch {
	case r.RecordErr != nil:
		return journalFailure(r.RecordErr)
	case errors.Is(r.Err, ErrJournal):
		return r.Err
	default:
		return nil
	}
}

// event is what all events of a call have in common.
func (c *call) event(kind EventKind) Event {
	if c.id == "" {
		c.id = uuid.NewString() // only where there is an observer
	}
	return Event{
		Kind:      kind,
		CallID:    c.id,
		Ref:       c.ref,
		Key:       c.held.key(),
		Operation: c.request.Operation.Name,
		BaseURL:   c.engine.base,
		Started:   c.started.WallTime(),
		Budget:    budgetCapacity - int(c.engine.budget.spent.Load()),

		UnsolicitedResponse: c.engine.session.UnsolicitedResponse(),
		ctx:                 c.ctx,
	}
}

// requestID is the API's id of an answer, if it looks like one: a header may hold
// anything (R23).
func (c *call) requestID(h http.Header) string {
	return identifier(first(h, c.engine.profile.RequestIDHeader))
}
