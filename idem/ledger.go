package idem

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// defaultJournalTimeout is Config.JournalTimeout's default.
	defaultJournalTimeout = 10 * time.Second
	// journalGrace is how long a journal has to return after its context has ended.
	// Then it is abandoned: a write may still be made, at any time (R39).
	journalGrace = time.Second
)

// journalError is an error of the journal, and what it did not do. The words are
// fixed, since the error's own may hold anything.
type journalError struct {
	write bool
	err   error
}

func (e *journalError) Error() string { return e.words() }
func (e *journalError) Unwrap() error { return e.err }

func (e *journalError) words() string {
	switch {
	case !e.write:
		return "the journal could not be read"
	case errors.Is(e.err, ErrNotCommitted):
		return "the journal could not be written: nothing was committed"
	default:
		return "the journal could not be written: it is in doubt whether the record was committed"
	}
}

type loaded struct {
	rec Record
	ok  bool
}

func (l ledger) load(ctx context.Context, id string) (entry, bool, error) {
	if err := l.bind(ctx); err != nil {
		return entry{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	asked := l.clock.now()
	found, err := bounded(ctx, journalGrace, func() (loaded, error) {
		rec, ok, err := l.journal.Load(ctx, id)
		return loaded{rec, ok}, err
	})
	switch {
	case err != nil:
		return entry{}, false, &journalError{err: err}
	case !found.ok:
		return entry{}, false, nil
	}
	e, err := l.unseal(found.rec, asked)
	return e, true, err
}

func (l ledger) save(ctx context.Context, e entry) (bool, error) {
	if err := l.bind(ctx); err != nil {
		return false, &journalError{write: true, err: fmt.Errorf("%w: %w", ErrNotCommitted, err)}
	}
	if err := l.close(&e); err != nil {
		return false, &journalError{write: true, err: fmt.Errorf("%w: %w", ErrNotCommitted, err)}
	}
	return l.saveSealed(ctx, e.Record)
}

// saveSealed writes a record as it is.
func (l ledger) saveSealed(ctx context.Context, rec Record) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	ok, err := bounded(ctx, journalGrace, func() (bool, error) { return l.journal.Save(ctx, rec) })
	if err != nil {
		return false, &journalError{write: true, err: err}
	}
	return ok, nil
}

func (l ledger) adopt(ctx context.Context, owner string, f Filter) ([]Record, error) {
	if err := l.bind(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	found, err := bounded(ctx, journalGrace, func() ([]Record, error) {
		return l.journal.Adopt(ctx, owner, lease, f)
	})
	if err != nil {
		return nil, &journalError{err: err}
	}
	return found, nil
}

func (l ledger) inScope(ctx context.Context, scope string, from, to time.Time) ([]Record, error) {
	if err := l.bind(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	found, err := bounded(ctx, journalGrace, func() ([]Record, error) {
		return l.journal.InScope(ctx, scope, from, to)
	})
	if err != nil {
		return nil, &journalError{err: err}
	}
	return found, nil
}

func (l ledger) bindStored(ctx context.Context, from, to []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	stored, err := bounded(ctx, journalGrace, func() ([]byte, error) { return l.journal.Bind(ctx, from, to) })
	if err != nil {
		return nil, &journalError{write: to != nil, err: err}
	}
	return stored, nil
}
