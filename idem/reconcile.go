package idem

import (
	"context"
	"errors"
	"time"
)

// reconcile finds out by reading, and settles what that proves.
func (c *call) reconcile(ctx context.Context, one RecoveryResult, with Recovery) RecoveryResult {
	unsent := c.unsent()
	if with.Reconcile == nil {
		return c.unproven(one, unsent)
	}
	leased, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.claim.cancel = cancel
	c.claim.keep()
	defer c.claim.end()
	f, err := with.Reconcile(c.engine.drain.within(leased), one.Pending)
	one.Evidence = f.Evidence
	switch {
	case err != nil:
		one.Evidence = ""
		return c.unproven(one, &endError{reason: "reading did not show the outcome", causes: []error{unsent, err}})
	case !f.Done:
		return c.unproven(one, unsent)
	}
	return c.settleMatch(ctx, one, f, unsent)
}

// unproven leaves an operation unknown.
func (c *call) unproven(one RecoveryResult, err error) RecoveryResult {
	one.Result = c.recordResult(c.refused(OutcomeUnknown, err))
	return one
}

// settleMatch records what reading has proven, unless another operation of the journal
// may have made it.
func (c *call) settleMatch(ctx context.Context, one RecoveryResult, f ReconcileResult, unsent error) RecoveryResult {
	rival, err := c.rivalled(ctx, one.Pending, f)
	if err == nil && !rival {
		err = c.claim.settle(ctx, OutcomeDone, f.Response, f.Resource)
	}
	switch {
	case rival:
		reason := "another operation may have made what was found"
		return c.unproven(one, &endError{reason: reason, causes: []error{unsent}})
	case errors.Is(err, ErrResourceTaken):
		reason := "what was found belongs to another operation"
		return c.unproven(one, &endError{reason: reason, causes: []error{unsent}})
	case err != nil:
		one.Result = Result{Outcome: OutcomeUnknown, Err: err, Key: one.Pending.Key, RecordErr: err}
		return one
	}
	c.held.fold(VerdictDone)
	one.Result = Result{
		Outcome: OutcomeDone, Verdict: VerdictDone, Response: f.Response, Key: one.Pending.Key, Recovered: true,
	}
	if f.Response == nil {
		one.Result.Verdict, one.Result.Err, one.Result.Recovered = VerdictResponseLost, ErrResponseLost, false
	}
	return one
}

// rivalled reports whether another operation of the journal may have made what was
// found for this one. Each operation's intent is recorded before it is sent, so that
// the operation that made something which reading has shown is in the journal.
func (c *call) rivalled(ctx context.Context, o PendingOperation, f ReconcileResult) (bool, error) {
	from, to := c.engine.executable(c.claim.record())
	earliest := from.Add(-longestElapsed - c.engine.policy.KeyTTL - 2*skewAllowance)
	for _, scope := range f.Scopes {
		found, err := c.engine.ledger.inScope(ctx, scopeDigest(scope), earliest, to.Add(2*skewAllowance))
		if err != nil {
			return false, journalFailure(err)
		}
		for _, other := range found {
			named := f.Resource != "" && other.Resource != ""
			if other.ID != o.ID && !named && c.executableWithin(other, from, to) {
				return true, nil
			}
		}
	}
	return false, nil
}

// executableWithin reports whether another operation may have been executed in this
// time. One that this engine cannot open may have been.
func (c *call) executableWithin(other Record, from, to time.Time) bool {
	e, err := c.engine.ledger.unseal(other, c.engine.clock.Now())
	if err != nil {
		return true
	}
	first, last := c.engine.executable(e)
	return !first.After(to) && !last.Before(from)
}
