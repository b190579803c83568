package idem

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/journal"
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
	words := "the journal could not be written: it is in doubt whether the record was committed"
	switch {
	case !e.write:
		words = "the journal could not be read"
	case errors.Is(e.err, journal.ErrNotCommitted):
		words = "the journal could not be written: nothing was committed"
	}
	if cause := causeWords(e.err); cause != "" {
		words += ": " + cause
	}
	return words
}

// ask makes one call of the journal within its time limit. A failure of it is a
// journalError: of a write, if it writes.
func ask[T any](ctx context.Context, l ledger, writes bool, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	got, err := bounded(ctx, journalGrace, func() (T, error) { return call(ctx) })
	if err != nil {
		var none T
		return none, &journalError{write: writes, err: err}
	}
	return got, nil
}

// notCommitted is an error of what comes before a write.
func notCommitted(err error) *journalError {
	return &journalError{write: true, err: fmt.Errorf("%w: %w", journal.ErrNotCommitted, err)}
}

func isPrompt(j journal.Journal) bool {
	p, ok := j.(journal.Prompt)
	return ok && p.IsPrompt()
}

type loaded struct {
	rec journal.Record
	ok  bool
}

func (l ledger) load(ctx context.Context, id string) (entry, bool, error) {
	if err := l.bind(ctx); err != nil {
		return entry{}, false, err
	}
	asked := l.clock.Now()
	found, err := ask(ctx, l, false, func(ctx context.Context) (loaded, error) {
		rec, ok, err := l.journal.Load(ctx, id)
		return loaded{rec, ok}, err
	})
	if err != nil || !found.ok {
		return entry{}, false, err
	}
	e, err := l.unseal(found.rec, asked)
	return e, true, err
}

func (l ledger) save(ctx context.Context, e entry) (bool, error) {
	if err := l.bind(ctx); err != nil {
		return false, notCommitted(err)
	}
	if err := l.close(&e); err != nil {
		return false, notCommitted(err)
	}
	return l.saveSealed(ctx, e.Record)
}

// saveSealed writes a record as it is.
func (l ledger) saveSealed(ctx context.Context, rec journal.Record) (bool, error) {
	if l.prompt {
		return l.savePrompt(ctx, rec)
	}
	return ask(ctx, l, true, func(ctx context.Context) (bool, error) { return l.journal.Save(ctx, rec) })
}

// savePrompt is saveSealed where Save returns when its context ends.
func (l ledger) savePrompt(ctx context.Context, rec journal.Record) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	saved, err := l.journal.Save(ctx, rec)
	if err != nil {
		return false, &journalError{write: true, err: err}
	}
	return saved, nil
}

func (l ledger) adopt(ctx context.Context, owner string, f journal.Filter) ([]journal.Record, error) {
	if err := l.admit(ctx); err != nil {
		return nil, err
	}
	return ask(ctx, l, false, func(ctx context.Context) ([]journal.Record, error) {
		return l.journal.Adopt(ctx, owner, lease, f)
	})
}

func (l ledger) inScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	if err := l.bind(ctx); err != nil {
		return nil, err
	}
	return ask(ctx, l, false, func(ctx context.Context) ([]journal.Record, error) {
		return l.journal.InScope(ctx, scope, from, to)
	})
}

func (l ledger) bindStored(ctx context.Context, from, to []byte) ([]byte, error) {
	return ask(ctx, l, to != nil, func(ctx context.Context) ([]byte, error) {
		return l.journal.Bind(ctx, from, to)
	})
}
