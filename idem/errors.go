package idem

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

var (
	// ErrKeyExpired: the key may have been sent and its window is over, so the
	// server may have forgotten it. Nothing was sent by this call.
	ErrKeyExpired = errors.New("the idempotency key is past its window")
	// ErrKeyReused: the key belongs to another operation, URL or body. That
	// request may have been executed: look it up before a new key is used.
	ErrKeyReused = errors.New("the idempotency key belongs to another request")
	// ErrRefReused: the ref belongs to another operation or body, which is open
	// or done; see [RefReusedError].
	ErrRefReused = errors.New("the ref belongs to another request")
	// ErrResponseLost: the operation was executed and its response could not be
	// read.
	ErrResponseLost = errors.New("the operation was executed, but its response was lost")
	// ErrResponseIncomplete: the operation was executed, and its response lacks
	// a field that a caller cannot do without, or has it in a form that does
	// not fit. The response is there, its value is not: errors.Is finds
	// ErrResponseLost too.
	ErrResponseIncomplete = errors.New("the response lacks an essential field")
	// ErrJournal: the journal could not be read or written.
	ErrJournal = errors.New("the journal failed")
)

// InvalidError is a call or a setting that the SDK itself refuses. Nothing was
// sent. It never repeats a value.
type InvalidError struct {
	// Field is the name of what is wrong.
	Field string
	// Reason completes a sentence that begins with Field.
	Reason string
}

// Error returns field and reason.
func (e *InvalidError) Error() string { return e.Field + " " + e.Reason }

func invalidIf(wrong bool, field, reason string) error {
	if wrong {
		return &InvalidError{Field: field, Reason: reason}
	}
	return nil
}

// RefReusedError reports that the ref belongs to another operation or body, so
// that nothing was sent. It is [ErrRefReused], and the call's outcome is
// unknown: the other request may be the same purchase with a name put right.
type RefReusedError struct {
	// Recorded is the outcome of the ref's own request: [OutcomeDone], or
	// [OutcomeUnknown] while it is open.
	Recorded Outcome
}

// Error returns the outcome of the other request.
func (e *RefReusedError) Error() string {
	return ErrRefReused.Error() + ", whose outcome is: " + e.Recorded.String()
}

// Is reports whether target is ErrRefReused.
func (*RefReusedError) Is(target error) bool { return target == ErrRefReused }

// endError is why a call ended without a value: what was concluded last, why no
// further attempt was made, and the errors beneath. Its text is made of fixed
// words alone (R23).
type endError struct {
	reason string
	stop   stop
	causes []error
	asked  time.Duration // a wait that the server asked for, and that did not fit
	left   time.Duration // what the bound in stop leaves
}

func (f *endError) Error() string {
	why := f.stop.String()
	if bound := boundWords[f.stop]; f.asked != 0 && bound != "" {
		asked := int64(math.Ceil(f.asked.Seconds()))
		why = fmt.Sprintf("the server asked for %d s; %s leaves %d s", asked, bound, f.left/time.Second)
	}
	switch {
	case f.reason == "":
		return why
	case why == "":
		return f.reason
	default:
		return f.reason + "; " + why
	}
}

var boundWords = map[stop]string{
	stopDeadline: "the deadline",
	stopWindow:   "the key's window",
	stopElapsed:  "the call's time limit",
}

func (f *endError) Unwrap() []error { return f.causes }

func journalFailure(err error) *endError {
	return &endError{reason: journalReason(err), causes: []error{ErrJournal, err}}
}

func journalReason(err error) string {
	reason := ErrJournal.Error()
	if failed, ok := errors.AsType[*claim.JournalError](err); ok {
		reason = failed.Error()
	}
	for _, sound := range []error{ErrJournalSecret, ErrJournalVersion, journal.ErrResourceTaken} { // nothing is broken
		if errors.Is(err, sound) {
			reason = sound.Error()
		}
	}
	if other, ok := errors.AsType[*OtherAccountError](err); ok {
		reason = other.Error()
	}
	return reason
}
