package idem

import "context"

// Erase drops what is personal of a settled operation with this name in the
// journal: request, response, and the notes of its resolutions. Its outcome,
// its digest and what it made stay, so that a ref that is done stays done
// (J14); a later call with it fails with ErrResponseLost and OutcomeDone.
// Erasing again does nothing. A record that is not there is a RecordError of
// ErrOperationNotFound, one that is reserved or open of ErrOperationOpen.
func (e *Engine) Erase(ctx context.Context, id string) error {
	if err := e.checkJournal(ctx, "erase from"); err != nil {
		return err
	}
	if !e.drain.enter(ctx) {
		return ErrClosed
	}
	defer e.drain.leave()
	for {
		saved, err := e.eraseOnce(ctx, id)
		if err != nil || saved {
			return err
		}
	}
}

// eraseOnce reports false if another process wrote at the same time.
func (e *Engine) eraseOnce(ctx context.Context, id string) (bool, error) {
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
	saved, err := e.sealed.Save(ctx, found)
	if err != nil {
		return false, recordError(found, journalFailure(err))
	}
	return saved, nil
}

// erase keeps the digest of the request, and what became of it.
func (e *entry) erase() {
	awaited := e.Awaited
	e.forget()
	e.Response, e.Erased, e.Awaited = nil, true, awaited
	history := make([]ResolutionEntry, len(e.History))
	for i, r := range e.History {
		r.Note = ""
		history[i] = r
	}
	e.History = history
}
