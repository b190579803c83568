package idem

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/journal"
)

const wordsLocked = "an open transaction may hold it, such as one with a reservation of this ref that is not committed"

const wordsNothingSent = "this call sent nothing"

// claimError ends a call that could not claim its record. It has sent nothing,
// and it has the outcome of its key or ref (J16).
func (o *operation) claimError(want, found entry, err error) *Result {
	outcome := o.knewBefore(want, found, err)
	failed := journalFailure(err)
	f := failed
	if o.ctx.Err() != nil {
		f = &endError{stop: stopCaller, causes: []error{o.ctx.Err(), err}}
	}
	if want.Ref() != "" && errors.Is(err, journal.CauseLocked) {
		f.reason = withReason(f.reason, wordsLocked)
	}
	if outcome == OutcomeUnknown {
		f.reason = withReason(f.reason, wordsNothingSent)
	}
	r := o.notSent(outcome, f)
	if !errors.Is(err, errWaitEnded) {
		r.RecordErr = failed
	}
	return r
}

// errWaitEnded is a caller's context that ended while another owner had the
// operation: no failure of the journal.
var errWaitEnded = errors.New("the wait for another owner ended")

func withReason(reason, more string) string {
	if reason == "" {
		return more
	}
	return reason + "; " + more
}

// knewBefore is what was known before this call. An intent that may have been
// committed may be found, and sent, by another owner.
func (o *operation) knewBefore(want, found entry, err error) Outcome {
	switch {
	case want.Ref() != "":
		return o.refKnew(want.ID, found, err)
	case errors.As(err, &intentError{}) && o.call.Request.Operation.Class == Idempotent:
		return OutcomeUnknown
	case o.key.isPrivate || !o.call.Request.Operation.Class.sendsKey():
		return OutcomeNotSent // under a name of its own
	default:
		return o.keyKnew(want, found, err)
	}
}

// intentError is why an intent may have been recorded, or may be yet.
type intentError struct{ error }

func (e intentError) Unwrap() error { return e.error }

// refKnew is unknown unless this call has certainly written nothing, and no
// other has meanwhile. A lock may hide a record that is about to be committed.
func (o *operation) refKnew(id string, found entry, err error) Outcome {
	if !errors.Is(err, journal.ErrNotCommitted) || errors.Is(err, journal.CauseLocked) {
		return OutcomeUnknown
	}
	now, err := o.readAgain(id)
	switch {
	case err != nil, now.Version != found.Version:
		return OutcomeUnknown
	case found.Version == 0:
		return OutcomeNotSent
	default:
		return found.known()
	}
}

// keyKnew is what is known of a given key, by its tracker and by its record as
// far as it was read. Recovery never sends such a record again. If the record
// has changed, another process may have used the key. A record that cannot be
// opened proves nothing.
func (o *operation) keyKnew(want, found entry, err error) Outcome {
	if errors.Is(err, journal.ErrNotCommitted) {
		now, err := o.readAgain(want.ID)
		if now.Version != found.Version && (err != nil || !now.free()) {
			return OutcomeUnknown
		}
	}
	switch {
	case found.Version > 0 && (found.Digest == nil || !found.same(want) && !found.free()):
		return OutcomeUnknown
	case found.Version > 0 && found.same(want):
		o.key.merge(found.state().snapshot())
	}
	return o.keyKnows()
}

// readAgain reads the record once more; shortly for a caller who has left.
func (o *operation) readAgain(id string) (entry, error) {
	ctx := o.ctx
	if ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalGrace)
		defer cancel()
		ctx = late
	}
	e, _, err := o.engine.sealed.Load(ctx, id)
	return e, err
}

// sentByOthers reports whether an operation whose record is open may be sent by
// the next call with its ref or by recovery.
func (o *operation) sentByOthers() bool {
	return o.claim.Record().Ref() != "" || o.call.Request.Operation.Class == Idempotent
}

func unrecorded(r *Result, err error) string {
	reason := journalReason(err)
	if len(r.Attempts) == 0 {
		return withReason(reason, wordsNothingSent)
	}
	return reason
}
