package idem

import (
	"context"
	"errors"
	"time"

	"github.com/bardge/bardge-go/journal"
)

func (o *operation) reconcile(ctx context.Context, one RecoveryResult, with Recovery) RecoveryResult {
	unsent := o.unsent(o.task().found)
	if with.Reconcile == nil {
		return o.unproven(one, unsent)
	}
	leased, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o.claim.Keep(cancel, nil, 0)
	defer o.claim.End()
	f, err := with.Reconcile(o.engine.drain.within(leased), one.Pending)
	one.Evidence = f.Evidence
	switch {
	case err != nil:
		one.Evidence = ""
		return o.unproven(one, &endError{reason: "reading did not show the outcome", causes: []error{unsent, err}})
	case !f.Done:
		return o.unproven(one, unsent)
	}
	return o.settleMatch(ctx, one, f, unsent)
}

func (o *operation) unproven(one RecoveryResult, err error) RecoveryResult {
	one.Result = o.report(OutcomeUnknown, err)
	return one
}

// settleMatch records what reading has proven, unless another operation of the
// journal may have made it.
func (o *operation) settleMatch(
	ctx context.Context, one RecoveryResult, f ReconcileResult, unsent error,
) RecoveryResult {
	rival, err := o.engine.hasCompetitor(ctx, o.engine.sealed, o.claim.Record(), f)
	if err == nil && !rival {
		err = o.claim.settle(ctx, OutcomeDone, f.Response, f.Resource)
	}
	causes := []error{unsent}
	switch {
	case rival:
		return o.unproven(one, &endError{reason: "another operation may have made what was found", causes: causes})
	case errors.Is(err, journal.ErrResourceTaken):
		return o.unproven(one, &endError{reason: "what was found belongs to another operation", causes: causes})
	case err != nil:
		one.Result = Result{Outcome: OutcomeUnknown, Err: err, Key: one.Pending.Key, RecordErr: err}
		return one
	}
	o.key.fold(VerdictDone)
	one.Result = Result{
		Outcome: OutcomeDone, Verdict: VerdictDone, Response: f.Response, Key: one.Pending.Key, Recovered: true,
	}
	if f.Response == nil {
		one.Result.Verdict, one.Result.Err, one.Result.Recovered = VerdictResponseLost, ErrResponseLost, false
	}
	return one
}

// hasCompetitor reports whether another operation of the journal may have made
// what was found. Each intent is recorded before it is sent, so that the
// operation that made it is in the journal.
func (e *Engine) hasCompetitor(ctx context.Context, l sealedJournal, this entry, f ReconcileResult) (bool, error) {
	from, to := e.executable(this)
	earliest := from.Add(-longestElapsed - e.policy.KeyTTL - 2*skewAllowance)
	if len(f.Scopes) > 0 && e.maybeForgotten(l, this.Since, earliest, to) {
		return true, nil
	}
	for _, scope := range f.Scopes {
		found, err := l.inScope(ctx, scopeDigest(scope), earliest, to.Add(2*skewAllowance))
		if err != nil {
			return false, journalFailure(err)
		}
		for _, other := range found {
			named := f.Resource != "" && other.Resource != ""
			if other.ID != this.ID && !named && e.executableWithin(l, other, from, to) {
				return true, nil
			}
		}
	}
	return false, nil
}

// scopesKept is how far from an open operation the journal keeps settled ones
// that show which made what (J10).
const scopesKept = time.Hour

// maybeForgotten reports whether the journal may have forgotten an operation that
// began between these times, around an open one that began at since.
func (e *Engine) maybeForgotten(l sealedJournal, since, earliest, latest time.Time) bool {
	if since.Sub(earliest) <= scopesKept && latest.Sub(since) <= scopesKept {
		return false
	}
	keeper, ok := l.journal.(journal.Keeper)
	if !ok {
		return true
	}
	return e.clock.Now().WallTime().Sub(earliest) > keeper.Keeps()-2*skewAllowance
}

// executableWithin reports whether another operation may have been executed in
// this time. One that this engine cannot open may have been.
func (e *Engine) executableWithin(l sealedJournal, other journal.Record, from, to time.Time) bool {
	rival, err := l.unseal(other, e.clock.Now())
	if err != nil {
		return true
	}
	first, last := e.executable(rival)
	return !first.After(to) && !last.Before(from)
}
