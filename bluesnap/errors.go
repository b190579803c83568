package bluesnap

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/facade"
)

// Outcome is what is known about an operation when its call ends. The zero value
// is [OutcomeUnknown].
type Outcome = idem.Outcome

// The outcomes.
const (
	// OutcomeUnknown: it may or may not have been executed. Repeat with the
	// error's Key until SafeUntil; after that look first.
	OutcomeUnknown = idem.OutcomeUnknown
	// OutcomeNotSent: no byte of it left the machine. Anything may follow.
	OutcomeNotSent = idem.OutcomeNotSent
	// OutcomeRejected: the server refused it, as it does with a declined card; it
	// was certainly not executed. Fix the request (or wait, on 425 and 429), then use
	// a new key.
	OutcomeRejected = idem.OutcomeRejected
	// OutcomeDone: it was executed. Nothing more is to be done.
	OutcomeDone = idem.OutcomeDone
)

// OutcomeOf returns the outcome that err carries: [OutcomeDone] for nil,
// [OutcomeNotSent] for an [InvalidError] that no call returned, such as a refused
// option's, and [OutcomeUnknown] for an error that is not of this SDK.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OutcomeDone
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Outcome
	}
	if errors.As(err, new(*InvalidError)) {
		return OutcomeNotSent
	}
	return OutcomeUnknown
}

// Error is a call that returned no value. Its text is made of fixed words, ids,
// codes and names: what the vendor says to people is in Messages, which may
// repeat what was sent and so is not part of the text.
type Error struct { //nolint:recvcheck // *Error alone is an error, and copies of it print as it does
	// Operation is the operation's name, such as "CreateCardTransaction".
	Operation string
	// Outcome is what is known about the operation.
	Outcome Outcome
	// Key is the operation's idempotency key with all that is known of it; give it
	// to [WithIdempotencyKey] to resume the operation. Zero where none is sent.
	Key Key
	// SafeUntil is the last moment, by the wall clock, at which the call may be
	// repeated under Key. Zero where no key protects it or nothing was sent.
	SafeUntil time.Time
	// Messages are the vendor's; empty if none were seen. Compare through errors.Is
	// and the sentinels.
	Messages []Message
	// Response is the call's; never nil.
	Response *Response
	// Err is why the call ended, in fixed words. What lies beneath is found by
	// errors.Is and errors.As through it: context errors, the network's, the
	// sentinels.
	Err error

	class idem.Class
}

// CanRepeat reports whether repeating this very call now is safe: with
// [WithIdempotencyKey] and the error's Key where there is one, otherwise as it
// was. It is false once SafeUntil is over, unless the operation was certainly
// not executed. It says nothing of whether repeating helps: it is true of a
// refusal as well. A call that was made with [WithRef] is repeated with its ref
// instead.
func (e *Error) CanRepeat() bool { return facade.CanRepeat(e.Outcome, e.class, e.SafeUntil) }

// Error tells operation, outcome, the vendor's codes, why no further attempt was
// made, and, where the outcome is unknown, the key and how long it is safe.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bluesnap: %s: %s", e.Operation, e.Outcome)
	answered := e.Response != nil && e.Response.StatusCode != 0
	if answered || len(e.Messages) > 0 {
		b.WriteString(":")
	}
	if answered {
		fmt.Fprintf(&b, " %d", e.Response.StatusCode)
	}
	if first := e.first().String(); first != "" {
		b.WriteString(" " + first)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Outcome == OutcomeUnknown && !e.SafeUntil.IsZero() {
		fmt.Fprintf(&b, " [key %s safe until %s]", e.Key, e.SafeUntil.UTC().Format(time.RFC3339))
	}
	return b.String()
}

// first is the vendor's first message; zero if there is none.
func (e *Error) first() Message {
	if len(e.Messages) == 0 {
		return Message{}
	}
	return e.Messages[0]
}

// Format prints Error under every verb.
func (e Error) Format(f fmt.State, _ rune) { facade.Print(f, e.Error()) }

// MarshalText writes Error, so that loggers which encode as JSON print by the
// same allow-list.
func (e Error) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// LogValue logs what Error tells, as a group.
func (e Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("operation", e.Operation),
		slog.String("outcome", e.Outcome.String()),
		slog.String("code", codeText(e.first().Code)),
		slog.String("name", nameText(e.first().Name)),
		slog.String("error", e.Error()),
	}
	if !e.SafeUntil.IsZero() {
		attrs = append(attrs, slog.Time("safe_until", e.SafeUntil))
	}
	return slog.GroupValue(attrs...)
}

// Unwrap gives errors.Is and errors.As the cause, and the typed error of a
// reused key.
func (e *Error) Unwrap() []error {
	causes := make([]error, 0, 2)
	if e.Err != nil {
		causes = append(causes, e.Err)
	}
	if has(e.Messages, ErrIdempotencyKeyReused) {
		causes = append(causes, &IdempotencyKeyReusedError{Key: e.Key})
	}
	return causes
}

// Is reports whether target is the sentinel of one of this error's messages.
func (e *Error) Is(target error) bool {
	kind, ok := target.(kindOfError)
	return ok && has(e.Messages, kind)
}

// InvalidError is a setting or an argument that the SDK refuses. Nothing was
// sent. It names the field and does not repeat the value.
type InvalidError = idem.InvalidError

// newError makes the error of a call, and the response that it holds.
func newError(op operation, r idem.Result) *Error {
	e := &Error{
		Operation: op.name,
		Outcome:   r.Outcome,
		Key:       r.Key,
		SafeUntil: r.SafeUntil,
		Response:  newResponse(op, r),
		Err:       r.Err,
		class:     op.class,
	}
	switch {
	case e.Response.StatusCode >= 300:
		e.Messages = parseMessages(e.Response.Raw)
	case errors.Is(r.Err, idem.ErrKeyReused): // refused before sending, as the server would
		e.Messages = []Message{{Code: string(ErrIdempotencyKeyReused), Name: nameKeyReused}}
	}
	return e
}

const nameKeyReused = "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST"

// notSent is the error of an operation that the SDK itself refuses.
func notSent(op operation, err error) *Error {
	return newError(op, idem.Result{Outcome: OutcomeNotSent, Err: err})
}
