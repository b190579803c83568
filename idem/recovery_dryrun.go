package idem

import (
	"cmp"
	"context"
	"iter"

	"github.com/bardge/bardge-go/journal"
)

// dryRun lists what a pass would take up, and what it would do (J17).
func (e *Engine) dryRun(
	ctx context.Context, with Recovery, o RecoveryOptions, yield func(RecoveryResult, error) bool,
) {
	if _, ok := e.sealed.journal.(journal.Reader); !ok {
		yield(RecoveryResult{}, &InvalidError{Field: "journal", Reason: "has no List, which a dry run needs"})
		return
	}
	looking, err := e.sealed.forReading(ctx)
	if err != nil {
		yield(RecoveryResult{}, journalFailure(err))
		return
	}
	f, yielded := o.filter(0), 0
	for _, f.State = range []journal.State{journal.StateOpen, journal.StateReserved} {
		for job, err := range e.listDue(ctx, looking, f) {
			if err != nil {
				yield(RecoveryResult{}, err)
				return
			}
			yielded++
			if !yield(e.foresee(ctx, job, with)) || yielded == o.Limit {
				return
			}
		}
	}
}

// listDue lists the records that Adopt would return. An error is the last.
func (e *Engine) listDue(ctx context.Context, l sealedJournal, f journal.Filter) iter.Seq2[recoveryJob, error] {
	return func(yield func(recoveryJob, error) bool) {
		at := e.clock.Now()
		for page, err := range l.pages(ctx, f) {
			if err = cmp.Or(ctx.Err(), err); err != nil {
				yield(recoveryJob{}, err)
				return
			}
			for _, rec := range page {
				if rec.Lease > 0 { // of an owner, or until its next recovery
					continue
				}
				found, err := l.unseal(rec, at)
				if !yield(recoveryJob{found, at, err}, nil) {
					return
				}
			}
			at = e.clock.Now()
		}
	}
}

// foresee is what Recover would do with a record now.
func (e *Engine) foresee(ctx context.Context, job recoveryJob, with Recovery) (RecoveryResult, error) {
	if job.err != nil {
		return unopened(job.found), journalFailure(job.err)
	}
	o, one, report := e.planRecovery(ctx, job.found, job.at, with)
	outcome := OutcomeUnknown
	if job.found.Reserved {
		outcome = OutcomeNotSent
	}
	one.Result = *o.notSent(outcome, cmp.Or(report, error(errDryRun)))
	one.Result.Ref = one.Pending.Ref
	return one, nil
}
