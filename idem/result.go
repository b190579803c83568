package idem

import (
	"context"
	"errors"
)

// refused ends a call before anything was sent by it.
func (c *call) refused(o Outcome, err error) Result {
	r := Result{Outcome: o, Verdict: VerdictNothingSent, Err: err, Key: c.held.key()}
	if c.request.Operation.Class == Keyed && !errors.Is(err, ErrKeyReused) && c.ownsKey() {
		r.SafeUntil = c.engine.window().safeUntil(c.held.look(), c.engine.clock.now())
	}
	return r
}

// finish says what is known when the loop has ended.
func (c *call) finish() Result {
	k := c.held.look()
	r := Result{
		Outcome:  k.settled(),
		Verdict:  c.judged.verdict,
		Answer:   c.answered.answer(),
		Key:      c.held.key(),
		Replayed: c.judged.replayed,
		Attempts: c.attempts,
	}
	if c.windowed(k) && r.Verdict != VerdictKeyReused {
		r.SafeUntil = c.engine.window().safeUntil(k, c.ended())
	}
	switch {
	case r.Verdict == VerdictDone:
	case r.Verdict == VerdictAlready && c.inDoubt,
		r.Verdict == VerdictAnswerLost && c.request.Operation.Class == Convergent:
		c.recover(&r)
	default:
		r.Err = c.failure(r)
	}
	return r
}

// ended is when the loop ended: with its last attempt, or in a wait after it.
func (c *call) ended() stamp {
	if c.stop == stopJudged && c.last != nil {
		return c.last.end
	}
	return c.engine.clock.now()
}

// answer is what the attempt brought; nil if there was none.
func (f *flight) answer() *Answer {
	if f == nil {
		return nil
	}
	s := &f.seen
	return &Answer{Status: s.status, Header: s.header, Body: s.body, Value: s.value}
}

// recover fetches the lost answer of a convergent operation by reading (R14).
func (c *call) recover(r *Result) {
	if c.reread == nil {
		r.Err = c.failure(*r)
		return
	}
	answer, holds := c.reread(c.ctx)
	if !holds {
		r.Outcome = OutcomeUnknown
		r.Err = &failure{reason: "the server said that it was done, and reading shows that it is not"}
		return
	}
	r.Recovered = true
	r.Answer = answer
}

// failure says why there is no value.
func (c *call) failure(r Result) error {
	f := &failure{reason: c.judged.reason, stop: c.stop}
	if r.Outcome == OutcomeDone && (r.Verdict != VerdictAlready || c.inDoubt) {
		f.causes = append(f.causes, ErrAnswerLost)
	}
	if r.Verdict == VerdictKeyReused {
		f.causes = append(f.causes, ErrKeyReused)
	}
	switch c.stop {
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
