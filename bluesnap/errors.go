package bluesnap

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

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
	// OutcomeRejected: refused, such as a declined card, certainly not
	// executed. Fix the request (or wait, on 425 and 429), then use a new key.
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
// codes, names and the ref; the vendor's descriptions, which may repeat what
// was sent, only with [WithVerboseErrors]. Credentials that the server repeats
// are "[redacted]", except in Response.Raw and Header.
type Error struct { //nolint:recvcheck // *Error alone is an error, and copies of it print as it does
	Operation string  // the operation's name, such as "CreateCardTransaction"
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
	RetryHelps bool      // what the function [RetryHelps] reports
	Messages   []Message // the vendor's, empty if none were seen; compare by errors.Is and the sentinels
	Response   *Response // the call's; never nil
	// Err is why the call ended, in fixed words. errors.Is and errors.As find
	// what lies beneath: context errors, the network's, the sentinels.
	Err error

	verbose bool
}

// Error returns operation, outcome, the vendor's codes, why no further attempt
// was made, the ref, and for an unknown outcome the key and its deadline.
func (e *Error) Error() string {
	r := sdk.Reply{Code: e.first().String()}
	if e.Response != nil {
		r.Status = e.Response.StatusCode
	}
	if e.verbose {
		r.Message = withoutCards(e.first().Description)
	}
	return sdk.ErrorText("bluesnap", e.failure(), r)
}

func (e *Error) first() Message {
	if len(e.Messages) == 0 {
		return Message{}
	}
	return e.Messages[0]
}

// LogValue logs what Error returns, as a group.
func (e Error) LogValue() slog.Value {
	return sdk.ErrorValue(e.failure(), e.Error(),
		slog.String("code", codeText(e.first().Code)), slog.String("name", nameText(e.first().Name)))
}

// failure is the error as the engine's, the same for each vendor.
func (e *Error) failure() *idem.Failure {
	return &idem.Failure{
		Operation: e.Operation, Class: classOf(e.Operation), Outcome: e.Outcome, Ref: e.Ref, Key: e.Key,
		SafeUntil: e.SafeUntil, RetryAfter: e.RetryAfter, RetryHelps: e.RetryHelps, Err: e.Err,
	}
}

// Unwrap returns an *[idem.Failure], which unwraps to Err, and a key's type.
func (e *Error) Unwrap() []error {
	if e == nil {
		return nil
	}
	causes := append(make([]error, 0, 2), e.failure()) // which unwraps to Err
	if has(e.Messages, ErrIdempotencyKeyReused) {
		causes = append(causes, &IdempotencyKeyReusedError{Key: e.Key})
	}
	return causes
}

// Is reports whether target is the sentinel of one of the error's messages or,
// for [ErrRateLimited], of its status.
func (e *Error) Is(target error) bool {
	if target == ErrRateLimited && e.Response != nil && e.Response.StatusCode == http.StatusTooManyRequests {
		return true // others have it among their causes
	}
	kind, ok := target.(kindOfError)
	return ok && has(e.Messages, kind)
}

// InvalidError is a setting or argument that the SDK refuses. Nothing was sent.
// It does not repeat the value. See [idem.InvalidError] for its fields.
type InvalidError = idem.InvalidError

func newError(op operation, r idem.Result) *Error {
	e := &Error{
		Operation: op.name, Outcome: r.Outcome, Ref: r.Ref, Key: r.Key, SafeUntil: r.SafeUntil,
		RetryAfter: r.RetryAfter, RetryHelps: r.RetryHelps, Response: newResponse(op, r), Err: r.Err,
	}
	switch {
	case e.Response.StatusCode >= 300:
		e.Messages = parseMessages(e.Response.Raw)
		if e.Outcome != OutcomeDone && has(e.Messages, op.already...) {
			e.Messages = nil // reading has shown that it is not so (R14)
		}
	case errors.Is(r.Err, idem.ErrKeyReused): // refused before sending, as the server would
		e.Messages = []Message{{Code: string(ErrIdempotencyKeyReused), Name: nameKeyReused}}
	}
	return e
}

// newError makes the error of a client's call.
func (c *Client) newError(op operation, r idem.Result) *Error {
	e := newError(op, r).redacted(c.core.Credentials.Redact)
	e.verbose = c.core.Verbose
	return e
}

// redacted hides credentials that the server, or a transport, has repeated.
func (e *Error) redacted(redact func(string) string) *Error {
	e.Err = sdk.RedactError(e.Err, redact)
	for i := range e.Messages {
		m := &e.Messages[i]
		for _, text := range []*string{&m.Code, &m.Name, &m.Description, &m.InvalidProperty} {
			*text = redact(*text)
		}
	}
	return e
}

const nameKeyReused = "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST"
