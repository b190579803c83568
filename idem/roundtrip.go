package idem

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// attempt is one attempt of a call, and what it brought.
type attempt struct {
	wire    sendonce.Attempt
	start   clock.Timestamp
	timeout time.Duration // from its start
	sent    bool          // it was given to the transport
	seen    evidence
}

// begin begins an attempt. The first has its place in the call.
func (c *call) begin() *attempt {
	if c.first.start.IsZero() {
		c.first.start = c.started
		if c.claim != nil { // time has passed since
			c.first.start = c.engine.clock.Now()
		}
		return &c.first
	}
	return &attempt{start: c.engine.clock.Now()}
}

// roundTrip sends an attempt once, if it may still be sent, and decodes its response.
// It returns why it may not; stopNone: it may, or there were no credentials.
func (c *call) roundTrip(ctx context.Context, to *url.URL, a *attempt) stop {
	abort, err := c.admit(ctx, a)
	if err != nil {
		c.refuse(a, err, admissionCause(err))
		return abort
	}
	var req sendonce.Request
	err = c.newAttemptRequest(a.wire.Begin(ctx, &c.sender, a.start, a.timeout, c.needsSendCheck()), to, &req)
	if err != nil {
		a.wire.Abandon()
		c.refuse(a, err, unauthorized(err))
		return stopNone
	}
	a.sent = true
	c.emitAttemptStarted()
	a.wire.Send(&req, &a.seen.Evidence)
	if a.seen.Err == nil {
		c.understand(&a.seen)
	}
	return stopNone
}

// refuse ends an attempt that the SDK itself does not send.
func (c *call) refuse(a *attempt, err error, why sendonce.Cause) {
	s := &a.seen.Evidence
	s.Err, s.Cause, s.Proof, s.End = err, why, sendonce.ProofNotTried, c.engine.clock.Now()
}

// admissionCause is the cause of an attempt that was not admitted.
func admissionCause(err error) sendonce.Cause {
	if errors.Is(err, ErrJournal) {
		return sendonce.Cause{Reason: "the claim could not be renewed", TimedOut: true}
	}
	return sendonce.CauseOf(err)
}

// admit checks once more before an attempt, and sets its timeout: a wait may have lasted
// longer than it was meant to, and another call may have used the key. The lease is
// renewed before a later attempt, which may take its time.
func (c *call) admit(ctx context.Context, a *attempt) (stop, error) {
	abort, err := c.admitNow(ctx, a)
	if err != nil || c.claim == nil || len(c.attempts) == 0 && !c.claim.lapsed() {
		return abort, err
	}
	err = c.claim.assure(ctx)
	a.start = c.engine.clock.Now()
	switch {
	case err == nil:
		return c.admitNow(ctx, a)
	case ctx.Err() != nil:
		return stopNone, ctx.Err()
	default:
		return stopLease, err
	}
}

func (c *call) admitNow(ctx context.Context, a *attempt) (stop, error) {
	k := c.held.snapshot()
	switch {
	case ctx.Err() != nil:
		return stopNone, ctx.Err()
	case c.request.Operation.Class.once() && k.maybeExecuted():
		return stopClass, sendonce.ErrTooLate
	case c.windowed(k) && !c.engine.window().open(k, a.start):
		return stopWindow, sendonce.ErrTooLate
	default:
		a.timeout = c.deadline(k, a.start)
		return stopNone, nil
	}
}

// recordVerdict folds the verdict into the key's state, and looks.
func (c *call) recordVerdict(a *attempt, v Verdict) keySnapshot {
	if a.wire.Counted() {
		return c.held.end(v)
	}
	return c.held.snapshot()
}

// recordUnjudged records an attempt that a panic has ended (R39).
func (c *call) recordUnjudged(a *attempt) {
	proof := a.wire.Proof()
	v := VerdictAmbiguous
	if a.seen.Status == 0 && proof != sendonce.ProofNone {
		v = VerdictNothingSent
	}
	c.recordVerdict(a, v)
}
