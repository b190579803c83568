package bardge

import (
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// codeError is the sentinel of one of the vendor's error codes.
type codeError string

// Error returns the code.
func (c codeError) Error() string { return "bardge: " + string(c) }

func (c codeError) is(code string) bool { return strings.EqualFold(string(c), code) }

// The vendor's documented error codes, for errors.Is. The set is open: see
// [Error].Code.
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
	// ErrResponseLost: executed ([OutcomeDone]); the response was not readable.
	ErrResponseLost = idem.ErrResponseLost
	// ErrRateLimited: the last response was a 429, with any code, or the call's
	// turn at the client's pace would have come too late; see [WithRateLimit].
	// Nothing is to be put right: repeat the call after [Error].RetryAfter,
	// which is zero if the server named no time.
	ErrRateLimited = idem.ErrRateLimited
	// ErrKeyExpired: the key may have been sent and its window is over; nothing
	// was sent now. Find out what happened before using a new key.
	ErrKeyExpired = idem.ErrKeyExpired
	// ErrRefReused: the ref belongs to another operation or body; nothing was
	// sent.
	ErrRefReused = idem.ErrRefReused
	// ErrJournal: the journal failed, or another owner has the operation.
	ErrJournal = idem.ErrJournal
	// ErrJournalSecret: no given secret opens the record. Nothing was sent or
	// lost.
	ErrJournalSecret = idem.ErrJournalSecret
	// ErrJournalVersion: a later version wrote the record. Nothing was sent or
	// lost.
	ErrJournalVersion = idem.ErrJournalVersion
	// ErrOtherAccount: see [OtherAccountError] and [WithJournal]. Nothing was
	// sent.
	ErrOtherAccount = idem.ErrOtherAccount
)

// RefReusedError reports that the ref belongs to another operation or body, and
// what is known of that one. Nothing was sent, and the outcome is unknown: the
// other request may be the same purchase. See [idem.RefReusedError] for its
// fields.
type RefReusedError = idem.RefReusedError

// IdempotencyKeyReusedError reports that the key belongs to another request,
// according to the server or this client. This body was not executed under the
// key, but the other may have been: look it up before using a new key.
type IdempotencyKeyReusedError struct {
	Key Key // the key in question
}

// Error returns fixed words.
func (*IdempotencyKeyReusedError) Error() string {
	return "bardge: the idempotency key belongs to another request, which may have been executed: " +
		"look it up before using a new key"
}

// AlreadyCancelledError reports that the booking was cancelled before the call.
type AlreadyCancelledError struct {
	BookingID string // the booking's
}

// Error returns fixed words.
func (*AlreadyCancelledError) Error() string { return "bardge: the booking was already cancelled" }
