package bardge

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Outcome is what is known about an operation when its call ends. The zero
// value is [OutcomeUnknown].
type Outcome = idem.Outcome

// The outcomes.
const (
	// OutcomeUnknown: it may or may not have been executed. Repeat with the
	// call's ref or, without one, with the error's Key until SafeUntil; after
	// that check first.
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
// [InvalidError] that no call returned, such as a refused option's, and
// [OutcomeUnknown] for any other error. For joined errors of several calls it
// is the outcome that they share, else [OutcomeUnknown]; errors of other
// packages do not count.
func OutcomeOf(err error) Outcome { return idem.OutcomeOf(err) }

// KeyOf returns the idempotency key in err, for [WithIdempotencyKey] to resume
// the operation. It is zero for nil, for an error that is not a call's, for an
// operation that takes no key, and for joined errors with different keys.
func KeyOf(err error) Key { return idem.KeyOf(err) }

// CanRepeat reports whether repeating the call that returned err is safe now:
// with its ref if it had one, else with [WithIdempotencyKey] and [KeyOf] if the
// operation takes a key, else as it was. Whether that succeeds, it does not
// predict; see [RetryHelps]. With a ref it is true at any time; without one it
// becomes false at SafeUntil, unless the operation was certainly not executed.
// It is false if the ref or key belongs to another request, for nil, and for an
// error of another package. Of joined errors it must be true for each.
func CanRepeat(err error) bool { return idem.CanRepeat(err) }

// RetryHelps reports whether repeating the call that returned err can lead to
// another result; whether it is safe, [CanRepeat] reports. It is false where
// the server has stored a failure under the key, the response is incomplete,
// the key has expired, or the request itself is wrong, as with an
// [InvalidError]; and for nil and errors of other packages. Of joined errors it
// must be true for each.
func RetryHelps(err error) bool { return idem.RetryHelps(err) }

// Error reports a call that returned no value. Its text has fixed words, ids,
// codes and the ref; the vendor's message, which may repeat what was sent, only
// with [WithVerboseErrors]. Where the server repeats the API key, all but
// Response.Raw and Response.Header show "[redacted]".
type Error struct { //nolint:recvcheck // a copy prints by the same allow-list
	// Operation is the operation's name, such as "IssuePass".
	Operation string
	// Outcome is what is known about the operation.
	Outcome Outcome
	// Ref is the call's ref, of [WithRef]; empty where it had none.
	Ref string
	// Key is the operation's key with all that is known of it, to resume a call
	// without a ref by [WithIdempotencyKey]. Zero where none is sent.
	Key Key
	// SafeUntil is the last moment, by the wall clock, at which the call may be
	// repeated under Key. Zero where no key protects it or nothing was sent.
	SafeUntil time.Time
	// RetryAfter is how long the server asked to wait in its last response,
	// from the end of the last attempt. Zero where it did not ask.
	RetryAfter time.Duration
	// RetryHelps is what the function [RetryHelps] reports.
	RetryHelps bool
	// Type, Code and Message are the vendor's, empty if its error object was
	// not seen. Compare codes by errors.Is and the sentinels.
	Type, Code, Message string
	// Response is the call's; never nil.
	Response *Response
	// Err is why the call ended, in fixed words. errors.Is and errors.As find
	// what lies beneath: context errors, the network's, the sentinels.
	Err error

	verbose   bool
	bookingID string // of a cancellation
}

// Error returns operation, outcome, the vendor's codes, why no further attempt
// was made, the ref, and for an unknown outcome the key and how long it is
// safe.
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

// failure is the error as the engine's, which is the same for each vendor.
func (e *Error) failure() *idem.Failure {
	return &idem.Failure{
		Operation: e.Operation, Class: classOf(e.Operation), Outcome: e.Outcome, Ref: e.Ref, Key: e.Key,
		SafeUntil: e.SafeUntil, RetryAfter: e.RetryAfter, RetryHelps: e.RetryHelps, Err: e.Err,
	}
}

// Unwrap gives errors.Is and errors.As an *[idem.Failure], the cause, and the
// typed errors of the codes that have one.
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

// Is reports whether target is the sentinel of this error's code. A pass that
// is not found is a resource that is not found, too. [ErrRateLimited] goes by
// the status.
func (e *Error) Is(target error) bool {
	if target == ErrRateLimited {
		return e.Response != nil && e.Response.StatusCode == http.StatusTooManyRequests
	}
	c, ok := target.(codeError)
	return ok && (c.is(e.Code) || c == ErrNotFound && ErrPassNotFound.is(e.Code))
}

// InvalidError is a setting or an argument that the SDK refuses. Nothing was
// sent. It names the field and does not repeat the value. See
// [idem.InvalidError] for its fields.
type InvalidError = idem.InvalidError
