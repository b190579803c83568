package idem

import (
	"context"
	"time"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

const (
	defaultJournalTimeout = 10 * time.Second
	// journalGrace is how long a journal has to return after its context has
	// ended. Then it is abandoned: it may still write, at any time (R39).
	journalGrace = time.Second
)

type sealedJournal struct {
	journal journal.Journal
	seal    *claim.Seal
	clock   clock.Clock
	panics  *panics
	binder  *binder
	timeout time.Duration // of each call
	watches *watches
	prompt  bool // see journal.Prompt
}

// ask calls the journal within its time limit. It fails with a
// claim.JournalError: of a write, if it writes.
func ask[T any](ctx context.Context, l sealedJournal, writes bool, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	got, err := bounded(ctx, journalGrace, func() (T, error) { return call(ctx) })
	if err != nil {
		var none T
		return none, &claim.JournalError{Write: writes, Err: err}
	}
	return got, nil
}

type maybe[T any] struct {
	value T
	ok    bool
}

func maybeOf[T any](value T, ok bool, err error) (maybe[T], error) { return maybe[T]{value, ok}, err }

func (l sealedJournal) Load(ctx context.Context, id string) (entry, bool, error) {
	if err := l.bind(ctx); err != nil {
		return entry{}, false, err
	}
	asked := l.clock.Now()
	found, ok, err := l.loadSealed(ctx, id)
	if err != nil || !ok {
		return entry{}, false, err
	}
	e, err := l.unseal(found, asked)
	return e, true, err
}

func (l sealedJournal) loadSealed(ctx context.Context, id string) (journal.Record, bool, error) {
	found, err := ask(ctx, l, false, func(ctx context.Context) (maybe[journal.Record], error) {
		return maybeOf(l.journal.Load(ctx, id))
	})
	return found.value, found.ok, err
}

func (l sealedJournal) Save(ctx context.Context, e entry) (bool, error) {
	if err := l.bind(ctx); err != nil {
		return false, claim.NotCommitted(err)
	}
	if err := l.close(&e); err != nil {
		return false, claim.NotCommitted(err)
	}
	return l.saveSealed(ctx, e.Record)
}

func (l sealedJournal) saveSealed(ctx context.Context, rec journal.Record) (bool, error) {
	if !l.prompt {
		return ask(ctx, l, true, func(ctx context.Context) (bool, error) { return l.journal.Save(ctx, rec) })
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	saved, err := l.journal.Save(ctx, rec)
	if err != nil {
		return false, &claim.JournalError{Write: true, Err: err}
	}
	return saved, nil
}

func (l sealedJournal) adopt(ctx context.Context, owner string, f journal.Filter) ([]journal.Record, error) {
	if err := l.admit(ctx); err != nil {
		return nil, err
	}
	return ask(ctx, l, false, func(ctx context.Context) ([]journal.Record, error) {
		return l.journal.Adopt(ctx, owner, lease, f)
	})
}

func (l sealedJournal) inScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	if err := l.bind(ctx); err != nil {
		return nil, err
	}
	return ask(ctx, l, false, func(ctx context.Context) ([]journal.Record, error) {
		return l.journal.InScope(ctx, scope, from, to)
	})
}

// unseal opens a record that was sealed for the engine's account, or for an
// earlier one of the journal.
func (l sealedJournal) unseal(rec journal.Record, asked clock.Timestamp) (entry, error) {
	e := entry{Record: rec, asked: asked}
	err := l.seal.OpenRecord(l.binder.accounts(), &rec, &e.payload)
	return e, err
}

func (l sealedJournal) close(e *entry) error {
	return l.seal.CloseRecord(claim.Account(l.binder.account), &e.Record, &e.payload)
}

func newSeal(secrets [][]byte) (*claim.Seal, error) {
	for _, secret := range secrets {
		if len(secret) < claim.MinSecret {
			return nil, &InvalidError{Field: "journal secret", Reason: "has fewer than 16 bytes"}
		}
	}
	return claim.NewSeal(secrets)
}
