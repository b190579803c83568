package idem

import (
	"context"
	"errors"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// recoveryTask is what recovery adds to the call that works on one record.
type recoveryTask struct {
	found    entry         // as it was adopted
	requeued bool          // it is put back, to be sent again in this pass
	cut      bool          // the caller's context ended it
	after    time.Duration // until it may be adopted again, if it is put back
	left     entry         // as it was put back; version 0: it was not
}

var (
	// errReported is the reason for an operation that Recover must not take up.
	errReported = &endError{reason: "found in the journal, and left as it is"}
	// errMismatch is the same for a record that another program may have made (J14).
	errMismatch = &endError{reason: "the record's method and path are not its operation's; it is never sent"}
	// errDryRun is the reason for an operation that a dry run lists.
	errDryRun = &endError{reason: "dry run: nothing was done"}
)

// task is what recovery adds to the call; nil if recovery did not take it up.
func (c *call) task() *recoveryTask {
	if c.claim == nil {
		return nil
	}
	return c.claim.task
}

// planRecovery makes the call for a record, which was adopted or listed not before at, and
// says what is to be done with it.
func (e *Engine) planRecovery(
	ctx context.Context, found entry, at clock.Timestamp, with Recovery,
) (*call, RecoveryResult, error) {
	c := e.newCall(ctx)
	c.claim = newClaim(e.ledger, found, at)
	c.claim.task = &recoveryTask{found: found}
	c.ref, c.made = found.Ref(), int32(found.Resends)
	c.maxElapsed = e.defaultElapsed()
	op, known := with.Operation(found.Operation)
	op.Name = found.Operation
	c.request.Operation = op
	c.resumeFrom(found)
	one := RecoveryResult{Pending: found.pending()}
	one.Pending.Request, one.Pending.Key = c.request, c.held.key()
	c.bindHooks(with, one.Pending)
	switch {
	case !known:
		return c, one, errReported
	case with.Matches != nil && !with.Matches(one.Pending):
		return c, one, errMismatch
	}
	one.Action = c.action(found)
	if one.Action == ActionReport {
		return c, one, errReported
	}
	return c, one, nil
}

func (c *call) bindHooks(with Recovery, o PendingOperation) {
	if with.Refetch != nil {
		c.refetch = func(ctx context.Context) (*Response, State) { return with.Refetch(ctx, o) }
	}
	if with.Confirms != nil {
		c.confirms = func(a *Response) bool { return with.Confirms(o, a) }
	}
}

// recoverFound works on one adopted record. It reports false if another owner has taken
// the record over meanwhile, or if it is put back without a result.
func (e *Engine) recoverFound(
	ctx context.Context, found entry, at clock.Timestamp, with Recovery,
) (*call, RecoveryResult, bool) {
	found.inherit(found.Version-1, at, e.policy.KeyTTL) // the version before it was adopted
	c, one, report := e.planRecovery(ctx, found, at, with)
	defer c.settleUnreturned()
	if err := c.claim.refresh(ctx); err != nil {
		one.Result = Result{Outcome: OutcomeUnknown, Err: err, Key: one.Pending.Key, RecordErr: err}
	} else {
		one = c.recoverOne(ctx, one, report, with)
	}
	one.Result.Ref = one.Pending.Ref
	if one.Action == ActionSend || one.Action == ActionResend {
		c.emitEnd(one.Result)
	}
	c.forget()
	c.returned = true
	taken := one.Result.Outcome == OutcomeUnknown && errors.Is(one.Result.RecordErr, errTaken)
	t := c.task()
	return c, one, !taken && (t.left.Version == 0 || !t.requeued && !t.cut)
}

func (c *call) recoverOne(ctx context.Context, one RecoveryResult, report error, with Recovery) RecoveryResult {
	t := c.task()
	switch {
	case report != nil && t.found.Reserved:
		one.Result = c.recordResult(c.refused(OutcomeNotSent, report))
	case report != nil:
		one.Result = c.recordResult(c.refused(OutcomeUnknown, report))
	case one.Action == ActionSend:
		one.Result = c.sendReserved(t.found)
	case one.Action == ActionResend:
		one.Result = c.runClaimed(t.found)
	default:
		one = c.reconcile(ctx, one, with)
	}
	return one
}

// requeue puts an operation back whose next attempt has to wait, so that it holds up no
// other one. Where too little of a window is left for that, the call waits itself.
func (c *call) requeue(j classification, k keySnapshot, d decision, now clock.Timestamp) decision {
	windowed := c.windowed(k)
	switch {
	case j.retry == retryNow, j.retry == retryOnce:
		return d
	case !windowed && int(c.made) >= c.policy.attempts(), !windowed && d.extra && c.task().found.Resends > 0:
		return decision{stop: stopAttempts}
	}
	wait := d.wait
	if windowed {
		wait = min(wait, c.engine.window().left(k, now)-minAttempt-requeueTime)
	}
	if wait <= 0 {
		return d
	}
	c.task().requeued, c.task().after = true, wait
	return decision{wait: wait, stop: stopRequeued, asked: d.asked, left: d.left}
}

// requeueTime is what putting a record back and adopting it again may take.
const requeueTime = time.Second

// putsBack reports whether recovery puts the operation back with this outcome: one that
// is unknown, or a reserved one that was not sent.
func (c *call) putsBack(o Outcome) bool {
	t := c.task()
	switch {
	case t == nil:
		return false
	case o == OutcomeUnknown:
		return true
	case o == OutcomeRejected:
		return t.found.Reserved && t.requeued
	default:
		return t.found.Reserved && o == OutcomeNotSent
	}
}

// putBack leaves the operation to whoever adopts it next, not before its time.
func (c *call) putBack(o Outcome) error {
	t, now := c.task(), c.engine.clock.Now()
	resends, recoveries, at := 0, t.found.Recoveries, t.found.RecoveredAt
	hold := t.after
	switch {
	case t.requeued:
		resends = t.found.Resends + 1
	case c.ctx.Err() != nil:
		t.cut, hold = true, 0
	default:
		recoveries, at = recoveries+1, now.WallTime()
		t.after = max(c.nextPause(o, recoveries, now), t.after)
		hold = min(t.after, firstPause)
	}
	err := c.claim.leaveOpen(c.ctx, now, func(r *entry) {
		r.Resends, r.Recoveries, r.RecoveredAt, r.Lease = resends, recoveries, at, hold
		if o != OutcomeUnknown && !r.Reserved { // else it was not begun
			c.nextReservation(r, now)
		}
	})
	if err == nil {
		t.left = c.claim.record()
	}
	return err
}
