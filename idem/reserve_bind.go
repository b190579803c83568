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
}

func (j *boundWithin) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	return j.transaction.BindWithin(ctx, from, to)
}

// admitWithin is admit inside the transaction, if it can be. What is read there
// may be what the transaction itself has written, and may be rolled back: the
// next operation reads it again.
func (l sealedJournal) admitWithin(ctx context.Context, in journal.Reserver) error {
	transaction, ok := in.(journal.Binder)
	if !ok {
		return l.admit(ctx)
	}
	l.journal = &boundWithin{Journal: l.journal, transaction: transaction}
	defer func() { l.binder.expire(l.clock.Now()) }()
	return l.admit(ctx)
}
