package idem

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/journal"
)

// errNotOpen refuses to look for an operation that is settled.
var errNotOpen = errors.New("the operation is not open: its request is not kept")

// Reconcile reads what the API shows of the open operation with this name in
// the journal, as Recover would after its window, and records nothing (J17). It
// is for people who are about to resolve it. With Done the match is one that
// Recover would accept, if it were made after everything that was sent has
// ended; Evidence describes in words what was found, also without Done.
//
// The error is a *[RecordError], of [ErrOperationNotFound] or of what made
// reading fail, or an *[InvalidError] if with has no Reconcile.
func (e *Engine) Reconcile(ctx context.Context, id string, with Recovery) (ReconcileResult, error) {
	if with.Reconcile == nil {
		return ReconcileResult{}, &InvalidError{Field: "Reconcile", Reason: "is nil"}
	}
	return look(ctx, e, func(l sealedJournal) (ReconcileResult, error) {
		found, err := l.find(ctx, id)
		switch {
		case err != nil:
			return ReconcileResult{}, err
		case found.State() != journal.StateOpen:
			return ReconcileResult{}, recordError(found, errNotOpen)
		case with.Matches != nil && !with.Matches(found.pending()):
			return ReconcileResult{}, recordError(found, errMismatch)
		}
		f, err := with.Reconcile(e.drain.within(ctx), found.pending())
		if err != nil {
			return ReconcileResult{}, recordError(found, &endError{
				reason: "reading did not show the outcome", causes: []error{err},
			})
		}
		return e.withoutCompetitor(ctx, l, found, f)
	})
}

// withoutCompetitor takes back Done where another operation of the journal may
// have made what was found.
func (e *Engine) withoutCompetitor(
	ctx context.Context, l sealedJournal, found entry, f ReconcileResult,
) (ReconcileResult, error) {
	if !f.Done {
		return f, nil
	}
	rival, err := e.hasCompetitor(ctx, l, found, f)
	if err != nil {
		return ReconcileResult{}, recordError(found, err)
	}
	if rival {
		f.Done = false
		f.Evidence += "; another operation may have made it"
	}
	return f, nil
}
