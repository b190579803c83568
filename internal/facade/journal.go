package facade

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

// operationOf looks up which operation a journal has under a ref or, where that
// is empty, under a key.
func operationOf(ctx context.Context, j idem.Journal, ref, key string) (string, error) {
	id := "ref:" + ref // as the engine names records
	if ref == "" {
		id = "key:" + key
	}
	rec, ok, err := j.Load(ctx, id)
	switch {
	case err != nil:
		return "", unreadable{err}
	case !ok:
		return "", idem.ErrNoOperation
	}
	return rec.Operation, nil
}

// unreadable is a journal that failed. What it said is found by errors.Is and
// errors.As, and not shown: it may hold anything.
type unreadable struct{ cause error }

// Error says so in fixed words.
func (unreadable) Error() string { return idem.ErrJournal.Error() }

// Unwrap gives what lies beneath.
func (u unreadable) Unwrap() []error { return []error{idem.ErrJournal, u.cause} }
