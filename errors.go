package bardge

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Outcome is what is known about an operation when its call ends.
type Outcome = idem.Outcome

// The outcomes.
const (
	// OutcomeUnknown: it may or may not have been executed. Repeat with the
	// call's ref, or with the error's Key until SafeUntil; then check first.
	OutcomeUnknown Outcome = idem.OutcomeUnknown
	// OutcomeNotSent: no byte of it left the machine. Anything may follow.
	OutcomeNotSent Outcome = idem.OutcomeNotSent
	// OutcomeRejected: the server refused it; it was certainly not executed.
	// Fix the request (or wait, on 408, 425 and 429), then use a new key.
	OutcomeRejected Outcome = idem.OutcomeRejected
	// OutcomeDone: it was executed. Nothing more is to be done.
	OutcomeDone Outcome = idem.OutcomeDone
)

// OutcomeOf returns the outcome that err carries: [OutcomeDone] for nil, the
// call's for an [Error] through any wrapping, [OutcomeNotSent] for an
// [InvalidError] that no call returned, and [OutcomeUnknown] for any other. Of
// joined errors it is the one that all calls share, else [OutcomeUnknown];
// errors of other packages do not count.
func OutcomeOf(err error) Outcome { return idem.OutcomeOf(err) }

// KeyOf returns the key in err, for [WithIdempotencyKey] to resume the
// operation. It is zero for nil, errors of other packages, operations without a
// key, and joined errors with different keys.
func KeyOf(err error) Key { return idem.KeyOf(err) }

// CanRepeat reports whether repeating the call that returned err is safe now:
// with its ref if it had one, else with [WithIdempotencyKey] and [KeyOf] if the
// operation takes a key. It does not predict success; see [RetryHelps]. With a
// ref it is true at any time; without, it becomes false at SafeUntil, unless
// the operation was certainly not executed. It is false if the ref or key
// belongs to another request, for nil, and for other packages' errors. Of
// joined errors it must be true for each.
func CanRepeat(err error) bool { return idem.CanRepeat(err) }

// RetryHelps reports whether repeating the call that returned err can lead to
// another result; [CanRepeat] reports whether it is safe. It is false if the
// server has stored a failure under the key, the response is incomplete, the
// key has expired, or the request itself is wrong; and for nil and other
// packages' errors. Of joined errors it must be true for each.
func RetryHelps(err error) bool { return idem.RetryHelps(err) }

// Error reports a call that returned no value. Its text has fixed words, ids,
// codes and the ref; the vendor's message, which may repeat what was sent, only
// with [WithVerboseErrors]. Where the server repeats the API key, all but
// Response.Raw and Response.Header show "[redacted]".
type Error struct { //nolint:recvcheck // a copy prints by the same allow-list
	Operation string  // the operation's name, such as "IssuePass"
	Outcome   Outcome // what is known about the operation
	Ref       string  // the call's, of [WithRef]; empty if it had none
	Key       Key     // to resume a call without a ref by [WithIdempotencyKey]; zero if none is sent
	// SafeUntil is the last moment, by the wall clock, to repeat the call under
	// Key. Zero if no key protects it or nothing was sent.
	SafeUntil time.Time
	// RetryAfter is the wait that the last response requested, from the end of
	// the last attempt, or how long the client's pace lets no request pass. Zero
	// if neither does.
	RetryAfter time.Duration
	RetryHelps bool // what the function [RetryHelps] reports
	// Type, Code and Message are the vendor's, empty if its error object was
	// not seen. Compare codes by errors.Is and the sentinels.
	Type, Code, Message string
	Response            *Response // the call's; never nil
	// Err is why the call ended, in fixed words. errors.Is and errors.As find
	// what lies beneath: context errors, the network's, the sentinels.
	Err error

	verbose   bool
	rawClass  idem.Class // of an operation that is not the contract's
	bookingID string     // of a cancellation
}

// Error returns operation, outcome, the vendor's codes, why no further attempt
// was made, the ref, and for an unknown outcome the key and its deadline.
func (e *Error) Error() string {
	var r sdk.Reply
	if e.Response != nil {
		r.Status, r.RequestID = e.Response.StatusCode, e.Response.RequestID
	}
	if e.Code != "" {
		r.Code = sdk.Printable(e.Code) + " (" + sdk.Printable(e.Type) + ")"
	}
	if e.verbose {
		r.Message = e.Message
	}
	return sdk.ErrorText("bardge", e.failure(), r)
}

// LogValue logs what Error returns, as a group.
func (e Error) LogValue() slog.Value {
	return sdk.ErrorValue(e.failure(), e.Error(), slog.String("code", sdk.Printable(e.Code)))
}

// failure is the error as the engine's, the same for each vendor.
func (e *Error) failure() *idem.Failure {
	return &idem.Failure{
		Operation: e.Operation, Class: e.class(), Outcome: e.Outcome, Ref: e.Ref, Key: e.Key,
		SafeUntil: e.SafeUntil, RetryAfter: e.RetryAfter, RetryHelps: e.RetryHelps, Err: e.Err,
	}
}

func (e *Error) class() idem.Class {
	if op, ok := rows[gen.OperationID(e.Operation)]; ok {
		return op.Class
	}
	return e.rawClass
}

// Unwrap returns an *[idem.Failure], which unwraps to Err, and a code's type.
func (e *Error) Unwrap() []error {
	if e == nil {
		return nil
	}
	causes := append(make([]error, 0, 2), e.failure()) // which unwraps to Err
	switch {
	case ErrIdempotencyKeyReused.is(e.Code):
		causes = append(causes, &IdempotencyKeyReusedError{Key: e.Key})
	case ErrAlreadyCancelled.is(e.Code):
		causes = append(causes, &AlreadyCancelledError{BookingID: e.bookingID})
	}
	return causes
}

// Is reports whether target is the sentinel of the error's code or, for
// [ErrRateLimited], status. [ErrPassNotFound] is an [ErrNotFound] too.
func (e *Error) Is(target error) bool {
	if target == ErrRateLimited && e.Response != nil && e.Response.StatusCode == http.StatusTooManyRequests {
		return true // others have it among their causes
	}
	c, ok := target.(codeError)
	return ok && (c.is(e.Code) || c == ErrNotFound && ErrPassNotFound.is(e.Code))
}

// InvalidError is a setting or argument that the SDK refuses. Nothing was sent.
// It does not repeat the value. See [idem.InvalidError] for its fields.
type InvalidError = idem.InvalidError

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
	// ErrResponseIncomplete: executed ([OutcomeDone]), but the response lacks a
	// field that a caller cannot do without (an id, an access code, a lookup
	// token), or has it in a wrong form. There is no value, so that no empty id
	// is ever taken for one; Response.Raw has what came. errors.Is finds
	// [ErrResponseLost] too. A list lacks its items, or does not show whether it
	// goes on; an All iterator ends with it if it left out items without an id.
	ErrResponseIncomplete = idem.ErrResponseIncomplete
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
