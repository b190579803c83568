package idem

import (
	"context"

	"github.com/bardge/bardge-go/journal"
)

// boundWithin is a journal whose binding is read and written inside the caller's
// transaction.
type boundWithin struct {
	journal.Journal
	transaction journal.Binder
	wrote       bool
}

func (j *boundWithin) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	j.wrote = j.wrote || to != nil
	return j.transaction.BindWithin(ctx, from, to)
}

// admitWithin is admit inside the transaction, if it can be. What was written
// there may be rolled back, so the next operation reads it again.
func (l sealedJournal) admitWithin(ctx context.Context, in journal.Reserver) error {
	transaction, ok := in.(journal.Binder)
	if !ok {
		return l.admit(ctx)
	}
	within := &boundWithin{Journal: l.journal, transaction: transaction}
	l.journal = within
	err := l.admit(ctx)
	if within.wrote {
		l.binder.expire(l.clock.Now())
	}
	return err
}
