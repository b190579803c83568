package idem

import (
	"cmp"
	"context"
	"errors"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

// ResealOptions are how [Engine.Reseal] goes about it. The zero value reseals
// what one of the secrets has sealed.
type ResealOptions struct {
	// InTheClear reseals also what lies in the clear.
	//
	// Warning: anyone who can write the journal may have made such records. Set
	// it once, after the journal was used without a secret.
	InTheClear bool
	// DryRun counts, and changes nothing.
	DryRun bool
}

// ResealResult counts the records of a journal by how they were sealed.
type ResealResult struct {
	// Current are sealed under the first secret, for the engine's account.
	Current int
	// Previous are sealed under another of the secrets, or for an account that
	// the journal belonged to before.
	Previous int
	// InTheClear are not sealed.
	InTheClear int
	// Unopened are sealed under none of the secrets, or were changed.
	Unopened int
	// Resealed are those that were sealed anew: all Previous ones, and those
	// InTheClear if that was requested. None in a dry run.
	Resealed int
}

// Reseal seals anew, under the first of the journal's secrets, what the others
// have sealed, so that these can be dropped (J18). It changes nothing else in a
// record, and calls under way keep theirs: engines may go on, if the new secret
// is the first of theirs, too. It is complete if a dry run after it counts only
// Current records. An error ends it; repeating it goes on. A journal must be a
// [journal.Reader] and, but for a dry run, a [journal.Resealer]; without a
// secret the error is an *InvalidError.
func (e *Engine) Reseal(ctx context.Context, o ResealOptions) (ResealResult, error) {
	leave, err := e.enterJournal(ctx, "reseal")
	if err != nil {
		return ResealResult{}, err
	}
	defer leave()
	r := &resealing{sealedJournal: e.sealed, options: o}
	var can bool
	r.resealer, can = r.journal.(journal.Resealer)
	err = cmp.Or(
		invalidIf(r.seal == nil, "journal secret", "is needed to reseal"),
		invalidIf(!can && !o.DryRun, "journal", "is no journal.Resealer"),
	)
	if err == nil {
		err = r.run(ctx)
	}
	if err != nil && !invalid(err) {
		err = journalFailure(err)
	}
	return r.result, err
}

type resealing struct {
	sealedJournal

	resealer journal.Resealer
	options  ResealOptions
	accounts []claim.Account
	result   ResealResult
}

func (r *resealing) run(ctx context.Context) error {
	if err := r.resealBinding(ctx); err != nil {
		return err
	}
	for page, err := range r.pages(ctx, journal.Filter{}) {
		if err != nil {
			return err
		}
		for _, rec := range page {
			if err := r.record(ctx, rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// resealBinding makes sure that the journal belongs to the engine's account,
// and learns which accounts it belonged to before.
func (r *resealing) resealBinding(ctx context.Context) error {
	b, err := r.exchangeBinding(ctx, nil, nil)
	if err != nil && r.options.InTheClear {
		unsealed := r.sealedJournal
		unsealed.seal = nil
		b, err = unsealed.exchangeBinding(ctx, nil, nil)
	}
	switch {
	case err != nil:
		return err
	case b.stored == nil:
		b.Account = r.binder.account
	case b.Account == r.binder.account && !r.options.DryRun && !r.seal.IsCurrent(b.stored):
		b, err = r.exchangeBinding(ctx, b.stored, &b)
	}
	r.binder = &binder{account: r.binder.account}
	err = r.accept(b, err)
	r.accounts = r.binder.accounts()
	return err
}

// record reseals one record. One that was written meanwhile is read again.
func (r *resealing) record(ctx context.Context, rec journal.Record) error {
	for {
		how, err := r.seal.Reseal(r.accounts, &rec)
		switch {
		case errors.Is(err, ErrJournalSecret):
			r.result.Unopened++
			return nil
		case err != nil:
			return err
		case how == claim.SealedCurrent:
			r.result.Current++
			return nil
		case r.options.DryRun, how == claim.SealedClear && !r.options.InTheClear:
			r.count(how)
			return nil
		}
		saved, err := ask(ctx, r.sealedJournal, true, func(ctx context.Context) (bool, error) {
			return r.resealer.Reseal(ctx, rec.ID, rec.Version, rec.Sealed)
		})
		if err != nil {
			return err
		}
		if saved {
			r.count(how)
			r.result.Resealed++
			return nil
		}
		now, ok, err := r.loadSealed(ctx, rec.ID)
		if err != nil || !ok {
			return err
		}
		rec = now
	}
}

func (r *resealing) count(how claim.Sealing) {
	if how == claim.SealedClear {
		r.result.InTheClear++
	} else {
		r.result.Previous++
	}
}
