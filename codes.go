package bardge

import (
	"errors"
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// codeError is the sentinel of one of the vendor's error codes.
type codeError string

// Error returns the code.
func (c codeError) Error() string { return "bardge: " + string(c) }

// is compares codes without regard to case.
func (c codeError) is(code string) bool { return strings.EqualFold(string(c), code) }

// The vendor's documented error codes, for errors.Is. The set is open: an error
// with another code has it in [Error].Code.
const (
	ErrValidation           = codeError(errorCodeValidationError)      // a bad field, or too few credits (400)
	ErrInvalidAPIKey        = codeError(errorCodeInvalidAPIKey)        // the API key is bad (401)
	ErrAccountDisabled      = codeError(errorCodeAccountDisabled)      // the reseller account is disabled (403)
	ErrPermissionDenied     = codeError(errorCodePermissionDenied)     // not permitted, without side effects (403)
	ErrNotFound             = codeError(errorCodeResourceNotFound)     // no such resource, pass or other (404)
	ErrPassNotFound         = codeError(errorCodePassNotFound)         // no such pass (404)
	ErrIdempotencyKeyReused = codeError(errorCodeIdempotencyKeyReused) // see [IdempotencyKeyReusedError] (409)
	ErrSlotUnavailable      = codeError(errorCodeSlotUnavailable)      // the spa slot is not free any more (409)
	ErrClassFull            = codeError(errorCodeClassFull)            // the class instance has no place left (409)
	ErrAlreadyCancelled     = codeError(errorCodeAlreadyCancelled)     // see [AlreadyCancelledError] (409)
)

// Errors of the SDK itself, for errors.Is.
var (
	// ErrResponseLost: the operation was executed ([OutcomeDone]), and its
	// response could not be read.
	ErrResponseLost = idem.ErrResponseLost
	// ErrRateLimited: the last response was a 429, whatever its code, so that
	// the call ended without a value. [Error].RetryAfter is how long the server
	// asked to wait.
	ErrRateLimited = errors.New("bardge: rate limited")
	// ErrKeyExpired: the key may have been sent and its window is over; nothing
	// was sent now. Check whether the operation was executed before using a new
	// key.
	ErrKeyExpired = idem.ErrKeyExpired
	// ErrRefReused: the ref belongs to another operation or body, which is open
	// or done; nothing was sent. See [RefReusedError].
	ErrRefReused = idem.ErrRefReused
	// ErrJournal: the journal could not be read or written, or another owner
	// has taken the operation over.
	ErrJournal = idem.ErrJournal
	// ErrJournalSecret: the journal's record was sealed with a secret that is
	// not among those given. Nothing was sent, and nothing is lost.
	ErrJournalSecret = idem.ErrJournalSecret
	// ErrJournalVersion: the journal's record was written by a later version of
	// this module. Nothing was sent, and nothing is lost.
	ErrJournalVersion = idem.ErrJournalVersion
	// ErrOtherAccount: the journal belongs to another account; see
	// [OtherAccountError] and [WithJournal]. Nothing was sent.
	ErrOtherAccount = idem.ErrOtherAccount
)

// RefReusedError reports that the ref belongs to another operation or body, and
// what is known of that one. Nothing was sent, and the outcome is unknown: the
// other request may be the same purchase with a name corrected, or another one.
// See [idem.RefReusedError] for its fields.
type RefReusedError = idem.RefReusedError

// IdempotencyKeyReusedError reports that the key belongs to another request,
// according to the server or to this client. This body was not executed under
// the key, but the other request may have been: look it up before using a new
// key.
type IdempotencyKeyReusedError struct {
	// Key is the key in question.
	Key Key
}

// Error describes the error.
func (*IdempotencyKeyReusedError) Error() string {
	return "bardge: the idempotency key belongs to another request, which may have been executed: " +
		"look it up before using a new key"
}

// AlreadyCancelledError says that the booking had been cancelled before this
// call. By whom is not known; the booking is cancelled all the same.
type AlreadyCancelledError struct {
	// BookingID is the booking's.
	BookingID string
}

// Error says so in words.
func (*AlreadyCancelledError) Error() string { return "bardge: the booking was already cancelled" }
