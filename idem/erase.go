package idem

import (
	"context"
	"slices"
)

// Erase drops what is personal of a settled operation with this name in the
// journal: request, response, and the notes of its resolutions. Its outcome,
// its digest and what it made stay, so that a ref that is done stays done
// (J14); a later call with it fails with ErrResponseLost and OutcomeDone.
// Erasing again does nothing. A record that is not there is a RecordError of
// ErrOperationNotFound, one that is reserved or open of ErrOperationOpen.
func (e *Engine) Erase(ctx context.Context, id string) error {
	return e.changeJournal(ctx, "erase from", func() (bool, error) {
		found, err := e.sealed.find(ctx, id)
		switch {
		case err != nil:
			return false, err
		case found.open():
			return false, recordError(found, ErrOperationOpen)
		case found.Erased:
			return true, nil
		}
		found.erase()
		return e.saveFound(ctx, found, found)
	})
}

func (e *entry) erase() {
	awaited := e.Awaited
	e.forget()
	e.Response, e.Erased, e.Awaited = nil, true, awaited
	e.History = slices.Clone(e.History)
	for i := range e.History {
		e.History[i].Note = ""
	}
}
