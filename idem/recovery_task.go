package idem

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/idem/internal/clock"
)

type recoveryTask struct {
	found    entry         // as it was adopted
	requeued bool          // it is put back, to be sent again in this pass
	cut      bool          // the caller's context ended it
	after    time.Duration // until it may be adopted again, if it is put back
	left     entry         // as it was put back; version 0: it was not
}

var (
	// errReported: Recover must not take the operation up.
	errReported = &endError{reason: "found in the journal, and left as it is"}
	// errMismatch: another program may have made the record (J14).
	errMismatch = &endError{reason: "the record's method and path are not its operation's; it is never sent"}
	errDryRun   = &endError{reason: "dry run: nothing was done"}
)

// task is nil if recovery did not take the operation up.
func (o *operation) task() *recoveryTask {
	if o.claim == nil {
		return nil
	}
	return o.claim.task
}

// planRecovery makes the call for a record, which was adopted or listed not
// before at, and returns what is to be done with it.
func (e *Engine) planRecovery(
	ctx context.Context, found entry, at clock.Timestamp, with Recovery,
) (*operation, RecoveryResult, error) {
	op, known := with.row(found.Operation)
	op.Name = found.Operation
	o := e.newOperation(ctx, &Call{Request: Request{Operation: op}, Ref: found.Ref()})
	o.claim = newOwnedRecord(&e.sealed, found, at)
	o.claim.task = &recoveryTask{found: found}
	o.limits.maxElapsed = e.defaultElapsed()
	o.resumeFrom(found)
	one := RecoveryResult{Pending: found.pending()}
	one.Pending.Request, one.Pending.Key = o.call.Request, o.key.key()
	if with.Refetch != nil {
		o.call.Refetch = func(ctx context.Context) (*Response, State) { return with.Refetch(ctx, one.Pending) }
	}
	if with.Confirms != nil {
		o.call.Confirms = func(a *Response) bool { return with.Confirms(one.Pending, a) }
	}
	switch {
	case !known:
		return o, one, errReported
	case with.Matches != nil && !with.Matches(one.Pending):
		return o, one, errMismatch
	case !found.keyFits(op.Class):
		return o, one, errKeyMismatch
	}
	one.Action = o.action(found)
	switch one.Action {
	case ActionReport:
		return o, one, errReported
	case ActionResend:
		o.limits.maxElapsed = min(o.limits.maxElapsed, o.resendLeft(&found, o.started))
	}
	return o, one, nil
}

// recoverFound works on one adopted record. It reports false if another owner
// has taken the record over meanwhile, or if it is put back without a result.
func (e *Engine) recoverFound(
	ctx context.Context, found entry, at clock.Timestamp, with Recovery,
) (*operation, RecoveryResult, bool) {
	found.inherit(found.Version-1, at, e.policy.KeyTTL) // the version before it was adopted
	o, one, report := e.planRecovery(ctx, found, at, with)
	returned := false
	defer o.endUnreturned(&returned)
	if err := o.claim.Refresh(ctx); err != nil {
		one.Result = Result{Outcome: OutcomeUnknown, Err: err, Key: one.Pending.Key, RecordErr: err}
	} else {
		one = o.recoverOne(ctx, one, report, with)
	}
	one.Result.Ref = one.Pending.Ref
	if e.observe != nil && (one.Action == ActionSend || one.Action == ActionResend) {
		o.emitEnd(&one.Result)
		o.checkOutlived(&one.Result)
	}
	o.forget()
	returned = true
	taken := one.Result.Outcome == OutcomeUnknown && errors.Is(one.Result.RecordErr, claim.ErrTaken)
	t := o.task()
	return o, one, !taken && (t.left.Version == 0 || !t.requeued && !t.cut)
}

func (o *operation) recoverOne(ctx context.Context, one RecoveryResult, report error, with Recovery) RecoveryResult {
	t := o.task()
	switch {
	case report != nil && t.found.Reserved:
		one.Result = o.report(OutcomeNotSent, report)
	case report != nil:
		one.Result = o.report(OutcomeUnknown, report)
	case one.Action == ActionSend:
		one.Result = o.sendReserved(t.found)
	case one.Action == ActionResend:
		(&attempts{operation: o, progress: o.resumeFrom(t.found)}).execute(&one.Result)
	default:
		one = o.reconcile(ctx, one, with)
	}
	return one
}

// report records a result of nothing that was sent.
func (o *operation) report(outcome Outcome, err error) Result {
	r := o.notSent(outcome, err)
	o.recordResult(&progress{}, r)
	return *r
}

// requeue puts an operation back whose next attempt has to wait, so that it
// holds up no other one. Where too little of a window is left for that, the
// call waits itself.
func (o *operation) requeue(c classification, s retryState, d decision) decision {
	t := o.task()
	switch {
	case c.retry == retryNow, c.retry == retryOnce:
		return d
	case s.windowed:
	case s.countedAttempts >= cmp.Or(s.policy.MaxAttempts, defaultMaxAttempts), d.extra && t.found.Resends > 0:
		return decision{stop: stopAttempts}
	}
	wait := d.wait
	if s.windowed {
		wait = min(wait, s.windowLeft-minAttempt-requeueTime)
	}
	if wait <= 0 {
		return d
	}
	t.requeued, t.after = true, wait
	return decision{wait: wait, stop: stopRequeued, asked: d.asked, left: d.left}
}

// requeueTime is what putting a record back and adopting it again may take.
const requeueTime = time.Second

// putsBack reports whether recovery puts the operation back with this outcome:
// one that is unknown, or a reserved one that was not sent.
func (o *operation) putsBack(outcome Outcome) bool {
	t := o.task()
	switch {
	case t == nil:
		return false
	case outcome == OutcomeUnknown:
		return true
	case outcome == OutcomeRejected:
		return t.found.Reserved && t.requeued
	default:
		return t.found.Reserved && outcome == OutcomeNotSent
	}
}

func (o *operation) putBack(outcome Outcome) error {
	t, now := o.task(), o.engine.clock.Now()
	resends, recoveries, at := 0, t.found.Recoveries, t.found.RecoveredAt
	hold := t.after
	switch {
	case t.requeued:
		resends = t.found.Resends + 1
	case o.ctx.Err() != nil:
		t.cut, hold = true, 0
	default:
		recoveries, at = recoveries+1, now.WallTime()
		t.after = max(o.nextPause(outcome, recoveries, now), t.after)
		hold = min(t.after, firstPause)
	}
	err := o.claim.leaveOpen(o.ctx, now, func(r *entry) {
		r.Resends, r.Recoveries, r.RecoveredAt, r.Lease = resends, recoveries, at, hold
		if outcome != OutcomeUnknown && !r.Reserved { // else it was not begun
			o.nextReservation(r, now)
		}
	})
	if err == nil {
		t.left = o.claim.Record()
	}
	return err
}
