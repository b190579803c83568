package idem

import (
	"context"

	"github.com/bardge/bardge-go/idem/internal/clock"
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
	left := o.Limit
	emit := func(one RecoveryResult, err error) bool {
		left--
		return yield(one, err) && (o.Limit == 0 || left > 0)
	}
	for _, state := range []journal.State{journal.StateOpen, journal.StateReserved} {
		f := o.filter(0)
		f.State = state
		if err := e.listDue(ctx, looking, f, with, emit); err != nil {
			if err != errLoopLeft { //nolint:errorlint // never wrapped
				yield(RecoveryResult{}, err)
			}
			return
		}
	}
}

// errLoopLeft ends a listing that the caller has left.
var errLoopLeft = &endError{reason: "the caller has left"}

// listDue goes through the pages of one state.
func (e *Engine) listDue(
	ctx context.Context, l sealedJournal, f journal.Filter, with Recovery, emit func(RecoveryResult, error) bool,
) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := e.clock.Now()
		page, err := l.list(ctx, f)
		if err != nil {
			return err
		}
		for _, rec := range page {
			if rec.Lease > 0 { // of an owner, or until its next recovery
				continue
			}
			if one, err := e.foresee(ctx, l, rec, at, with); !emit(one, err) {
				return errLoopLeft
			}
		}
		if len(page) < f.Page() {
			return nil
		}
		f.After = page[len(page)-1].ID
	}
}

// foresee is what Recover would do with a record now.
func (e *Engine) foresee(
	ctx context.Context, l sealedJournal, rec journal.Record, at clock.Timestamp, with Recovery,
) (RecoveryResult, error) {
	found, err := l.unseal(rec, at)
	if err != nil {
		return unopened(found), journalFailure(err)
	}
	o, one, report := e.planRecovery(ctx, found, at, with)
	outcome := OutcomeUnknown
	if found.Reserved {
		outcome = OutcomeNotSent
	}
	if report == nil {
		report = errDryRun
	}
	one.Result = *o.notSent(outcome, report)
	one.Result.Ref = one.Pending.Ref
	return one, nil
}
