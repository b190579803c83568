package idem

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// attempt is one attempt of a call, and what it has shown.
type attempt struct {
	wire       sendonce.Attempt
	start      clock.Timestamp
	timeout    time.Duration // from its start
	sent       bool          // it was given to the transport
	inFlight   bool          // it counts as one of the client's requests under way
	missedTurn bool          // its turn at the client's pace did not come
	seen       evidence
	class      classification

	credentials string        // what it was authorized with
	paceWait    time.Duration // before its start, for its turn at the client's pace
	pauseLeft   time.Duration // where its turn did not come: how long to wait
	retryAfter  time.Duration // that the server requests; zero: it does not
}

// roundTrip sends an attempt once and decodes its response. It returns why the
// operation may not be sent; stopNone: the attempt's verdict decides.
func (s *attempts) roundTrip(ctx context.Context, a *attempt) stop {
	if abort, err := s.takeTurn(ctx, a); err != nil {
		s.refuse(a, err, paceCause(err))
		return abort
	}
	abort, err := s.admit(ctx, a)
	if err != nil {
		s.refuse(a, err, admissionCause(err))
		return abort
	}
	var req sendonce.Request
	err = s.newAttemptRequest(a.wire.Begin(ctx, &s.sender, a.start, a.timeout, s.needsSendCheck()), a, &req)
	if err != nil {
		a.wire.Abandon()
		s.refuse(a, err, unauthorized(err))
		return stopNone
	}
	a.sent = true
	if s.engine.observe != nil {
		s.emitAttemptStarted()
	}
	a.wire.Send(&req, &a.seen.Evidence)
	if a.seen.Err == nil {
		s.understand(&a.seen)
	}
	return stopNone
}

// refuse ends an attempt that is not sent.
func (s *attempts) refuse(a *attempt, err error, why sendonce.Cause) {
	e := &a.seen.Evidence
	e.Err, e.Cause, e.Proof, e.End = err, why, sendonce.ProofNotTried, s.engine.clock.Now()
}

func admissionCause(err error) sendonce.Cause {
	if errors.Is(err, ErrJournal) {
		return sendonce.Cause{Reason: "the claim could not be renewed", TimedOut: true}
	}
	return sendonce.CauseOf(err)
}

// admit checks before an attempt whether it may be sent, and sets its timeout: a
// wait may have lasted longer than intended, and another call may have used the
// key. Before a later attempt the lease is renewed, which may take its time.
func (s *attempts) admit(ctx context.Context, a *attempt) (stop, error) {
	var lost error
	if s.claim != nil && (len(s.progress.attempts) > 0 || s.claim.HasLapsed()) && ctx.Err() == nil {
		lost = s.claim.Assure(ctx)
		a.start = s.engine.clock.Now()
	}
	k := s.key.snapshot()
	left, why := time.Duration(math.MaxInt64), stopWindow
	switch {
	case s.hasWindow(k):
		left = s.engine.window.left(k, a.start)
	case s.claim != nil && s.claim.task != nil:
		left, why = s.resendLeft(&s.claim.task.found, a.start), stopElapsed
	}
	switch {
	case ctx.Err() != nil:
		return stopNone, ctx.Err()
	case lost != nil:
		return stopLease, lost
	case s.call.Request.Operation.Class.once() && k.maybeExecuted():
		return stopClass, sendonce.ErrTooLate
	case left < minAttempt:
		return why, sendonce.ErrTooLate
	default:
		a.timeout = min(left, s.attemptTimeout(a.start))
		return stopNone, nil
	}
}

// recordUnfinished records an attempt that a panic has ended (R39).
func (s *attempts) recordUnfinished(a *attempt) {
	v := VerdictAmbiguous
	if a.wire.Proof() != sendonce.ProofNone && a.seen.Status == 0 {
		v = VerdictNothingSent
	}
	if a.wire.Counted() {
		s.key.end(v)
	}
}
