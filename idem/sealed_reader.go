package idem

import (
	"context"

	"github.com/bardge/bardge-go/journal"
)

// forReading is the journal for those who only read: it makes sure that the
// journal belongs to the engine's account, and binds nothing (J12, J17).
func (l sealedJournal) forReading(ctx context.Context) (sealedJournal, error) {
	if l.binder.bound.Load() != nil {
		return l, l.admit(ctx)
	}
	stored, b, err := l.binding(ctx)
	if err == nil && stored == nil {
		b = binding{Account: l.binder.account}
	}
	if err == nil {
		err = l.checkOwner(b)
	}
	if err != nil {
		return l, err
	}
	l.binder = &binder{account: l.binder.account}
	l.know(b)
	return l, nil
}

func (l sealedJournal) list(ctx context.Context, f journal.Filter) ([]journal.Record, error) {
	return readWith(ctx, l, func(ctx context.Context, r journal.Reader) ([]journal.Record, error) {
		return r.List(ctx, f)
	})
}

func (l sealedJournal) loadMany(ctx context.Context, ids []string) ([]journal.Record, error) {
	return readWith(ctx, l, func(ctx context.Context, r journal.Reader) ([]journal.Record, error) {
		return r.LoadMany(ctx, ids)
	})
}

func (l sealedJournal) stats(ctx context.Context) (journal.Stats, error) {
	return readWith(ctx, l, func(ctx context.Context, r journal.Reader) (journal.Stats, error) { return r.Stats(ctx) })
}

// readWith asks the journal's reader within the time limit.
func readWith[T any](
	ctx context.Context, l sealedJournal, read func(context.Context, journal.Reader) (T, error),
) (T, error) {
	reader, ok := l.journal.(journal.Reader)
	if !ok {
		var none T
		return none, &InvalidError{Field: "journal", Reason: "cannot list its records: it is no journal.Reader"}
	}
	return ask(ctx, l, false, func(ctx context.Context) (T, error) { return read(ctx, reader) })
}
