package idem

import (
	"context"
	"errors"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// Result is how a call ended.
type Result struct {
	Outcome Outcome // what is known about the operation
	Verdict Verdict // what the last attempt showed
	// Err is nil if the operation was executed and its response is here. Its
	// text is made of fixed words; errors.Is and errors.As find its causes.
	Err      error
	Response *Response // the last one that was read; nil if none came
	Drift    []Drift   // how the responses differ from the API's description; nil: not at all
	Key      Key       // the operation's, with what is known of it; zero if the class sends none
	// SafeUntil is the last moment, by the wall clock, at which the same call
	// may be begun again under the same key. Zero where a key does not protect
	// it, as one that belongs to another request, or where nothing was sent.
	SafeUntil   time.Time
	Replayed    bool // the server had stored the response
	Recovered   bool // the response was read from the state that the operation left
	FromJournal bool // the response was recorded by an earlier call; nothing was sent
	// RecordErr is why the journal could not be read or written, in fixed
	// words: the operation was not claimed, or its result not recorded.
	RecordErr error
	Attempts  []Attempt // in order
	Ref       string    // the call's; empty where it had none
	// RetryHelps reports whether making the same call again can lead to another
	// result: not where its fate is stored under the key, its response is
	// incomplete, its key expired, or the request itself is what is wrong.
	RetryHelps bool
	// RetryAfter is the last response's Retry-After, or how long the client's
	// pace lets no request pass; zero: neither.
	RetryAfter time.Duration
}

// notSent ends a call before it has sent anything.
//
//go:noinline
func (o *operation) notSent(outcome Outcome, err error) *Result {
	r := &Result{Outcome: outcome, Verdict: VerdictNothingSent, Err: err, Key: o.key.key()}
	r.RetryHelps = retryHelpsUnsent(outcome, err)
	if o.call.Request.Operation.Class == Keyed && !errors.Is(err, ErrKeyReused) && o.ownsKey() {
		r.SafeUntil = o.engine.window.safeUntil(o.key.snapshot(), o.engine.clock.Now())
	}
	return r
}

// conclude fills in what is known when the attempts have ended.
func (o *operation) conclude(p *progress, r *Result) {
	k, last := o.key.snapshot(), p.last.class
	*r = Result{
		Outcome:  k.effectiveOutcome(),
		Verdict:  last.verdict,
		Key:      o.key.key(),
		Replayed: last.replayed,
		Attempts: p.attempts,
	}
	if a := p.answered; a != nil {
		s := &a.seen
		r.Response = &Response{Status: s.Status, Header: s.Header, Body: s.Body, Value: s.value}
		r.Response.cut = s.TooLarge || s.BodyErr != nil
		if s.odd != nil {
			r.Drift = s.odd.drift
		}
	}
	if o.hasWindow(k) && r.Verdict != VerdictKeyReused {
		now := p.last.seen.End
		if p.decision.stop != stopSettled || now == (clock.Timestamp{}) { // or it ended in a wait
			now = o.engine.clock.Now()
		}
		r.SafeUntil = o.engine.window.safeUntil(k, now)
	}
	if r.Verdict != VerdictDone {
		o.explain(p, r)
	}
}

// explain fills in why there is no value, unless reading the state of an
// idempotent operation returns one.
func (o *operation) explain(p *progress, r *Result) {
	idempotent := o.call.Request.Operation.Class == Idempotent
	requeued := p.decision.stop == stopRequeued               // it is sent again before its state is read
	othersKey := !idempotent && r.Verdict == VerdictKeyReused // a look-up by the key would find the other request's
	switch {
	case r.Verdict == VerdictAlreadyApplied && p.madeHere(), r.Verdict == VerdictResponseLost && idempotent:
		o.recoverResponse(p, r)
	case r.Outcome == OutcomeUnknown && !requeued && !othersKey && o.canRead() && o.ctx.Err() == nil:
		o.settleByReading(p, r)
	default:
		r.Err = o.failure(p, r)
	}
	if r.Err != nil {
		r.RetryHelps = o.retryHelps(p, r)
		r.RetryAfter = max(p.last.pauseLeft, p.last.retryAfter)
	}
}

// madeHere reports whether what is already applied was made by this operation, so
// that its response is lost.
func (p progress) madeHere() bool { return p.facts.inDoubt || p.last.class.exists }

func (o *operation) failure(p *progress, r *Result) error {
	f := &endError{reason: p.last.class.reason, stop: p.decision.stop, asked: p.decision.asked, left: p.decision.left}
	if r.Outcome == OutcomeDone && (r.Verdict != VerdictAlreadyApplied || p.madeHere()) {
		f.causes = append(f.causes, ErrResponseLost)
	}
	if p.last.class.incomplete {
		f.causes = append(f.causes, ErrResponseIncomplete)
	}
	if r.Verdict == VerdictKeyReused {
		f.causes = append(f.causes, ErrKeyReused)
	}
	switch p.decision.stop {
	case stopCaller:
		f.causes = append(f.causes, o.ctx.Err())
		if cause := context.Cause(o.ctx); cause != nil && !errors.Is(o.ctx.Err(), cause) {
			f.causes = append(f.causes, cause)
		}
	case stopDeadline:
		f.causes = append(f.causes, context.DeadlineExceeded)
	case stopLease:
		f.causes = append(f.causes, ErrJournal)
	}
	if p.last.isLimited() {
		f.causes = append(f.causes, ErrRateLimited)
	}
	if err := p.last.cause(); err != nil {
		f.causes = append(f.causes, err)
	}
	return f
}
