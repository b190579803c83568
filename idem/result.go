package idem

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// refused ends a call before anything was sent by it.
func (c *call) refused(o Outcome, err error) Result {
	r := Result{Outcome: o, Verdict: VerdictNothingSent, Err: err, Key: c.held.key()}
	r.RetryHelps = retryHelpsUnsent(o, err)
	if c.request.Operation.Class == Keyed && !errors.Is(err, ErrKeyReused) && c.ownsKey() {
		r.SafeUntil = c.engine.window().safeUntil(c.held.snapshot(), c.engine.clock.Now())
	}
	return r
}

// barred is refused, out of the way of the calls that are sent.
//
//go:noinline
func (c *call) barred(o Outcome, err error) *Result {
	return new(c.refused(o, err))
}

// finish says what is known when the loop has ended.
func (c *call) finish(r *Result) {
	k := c.held.snapshot()
	*r = Result{
		Outcome:  k.effectiveOutcome(),
		Verdict:  c.judged.verdict,
		Response: c.answered.answer(),
		Drift:    c.answered.drift(),
		Key:      c.held.key(),
		Replayed: c.judged.replayed,
		Attempts: c.attempts,
	}
	if c.windowed(k) && r.Verdict != VerdictKeyReused {
		r.SafeUntil = c.engine.window().safeUntil(k, c.ended())
	}
	if r.Verdict != VerdictDone {
		c.explain(r)
	}
}

// explain says why there is no value, unless reading the state of an idempotent
// operation brings it.
func (c *call) explain(r *Result) {
	convergent := c.request.Operation.Class == Idempotent
	requeued := c.decision.stop == stopRequeued // it is sent again before its state is read
	switch {
	case r.Verdict == VerdictAlreadyApplied && c.inDoubt, r.Verdict == VerdictResponseLost && convergent:
		c.recoverAnswer(r)
	case r.Outcome == OutcomeUnknown && convergent && !requeued && c.refetch != nil && c.ctx.Err() == nil:
		c.settleByReading(r)
	default:
		r.Err = c.failure(*r)
	}
	if r.Err != nil {
		r.RetryHelps = c.retryHelps(*r)
		r.RetryAfter = c.retryAfter()
	}
}

// ended is when the loop ended: with its last attempt, or in a wait after it.
func (c *call) ended() clock.Timestamp {
	if c.decision.stop == stopSettled && c.last != nil {
		return c.last.seen.End
	}
	return c.engine.clock.Now()
}

// answer is what the attempt brought; nil if there was none.
func (f *attempt) answer() *Response {
	if f == nil {
		return nil
	}
	s := &f.seen
	return &Response{Status: s.Status, Header: s.Header, Body: s.Body, Value: s.value}
}

// drift is what did not fit its field in the value of the answer.
func (f *attempt) drift() []string {
	if f == nil || f.seen.odd == nil {
		return nil
	}
	return f.seen.odd.drift
}

// failure says why there is no value.
func (c *call) failure(r Result) error {
	f := &endError{reason: c.judged.reason, stop: c.decision.stop, asked: c.decision.asked, left: c.decision.left}
	if r.Outcome == OutcomeDone && (r.Verdict != VerdictAlreadyApplied || c.inDoubt) {
		f.causes = append(f.causes, ErrResponseLost)
	}
	if c.judged.incomplete {
		f.causes = append(f.causes, ErrResponseIncomplete)
	}
	if r.Verdict == VerdictKeyReused {
		f.causes = append(f.causes, ErrKeyReused)
	}
	switch c.decision.stop {
	case stopCaller:
		f.causes = append(f.causes, c.ctx.Err())
		if cause := context.Cause(c.ctx); cause != nil && !errors.Is(c.ctx.Err(), cause) {
			f.causes = append(f.causes, cause)
		}
	case stopDeadline:
		f.causes = append(f.causes, context.DeadlineExceeded)
	case stopLease:
		f.causes = append(f.causes, ErrJournal)
	}
	if c.lastErr != nil {
		f.causes = append(f.causes, c.lastErr)
	}
	return f
}
