package idem

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Failure is what is known of a call that returned no value. The error of each
// client on this engine unwraps to one, so that errors.As finds it through any
// wrapping. [Result] has the same in its fields.
type Failure struct { //nolint:recvcheck,errname // a copy prints by the same allow-list; not only an error
	Operation string  // its name, such as "IssuePass"
	Class     Class   // how it may be repeated; zero is [KeyUnverified]
	Outcome   Outcome // what is known about it; zero is [OutcomeUnknown]
	Ref       string  // the call's; empty where it had none
	Key       Key     // the operation's, with what is known of it; zero where none is sent
	// SafeUntil is the last moment, by the wall clock, at which the call may be
	// repeated under Key. Zero where no key protects it or nothing was sent.
	SafeUntil time.Time
	// RetryAfter is the wait that the server requested in its last response,
	// from the end of the call's last attempt, or how long the client's pace
	// lets no request pass. Zero: none.
	RetryAfter time.Duration
	RetryHelps bool  // repeating the call can lead to another result
	Err        error // why the call ended, in fixed words
}

// Error returns operation, outcome and why the call ended.
func (f *Failure) Error() string {
	text := f.Operation + ": " + f.Outcome.String()
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// Unwrap returns why the call ended.
func (f *Failure) Unwrap() error {
	if f == nil {
		return nil
	}
	return f.Err
}

// Format prints Error under every verb.
func (f Failure) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, f.Error()) // fmt.State has nowhere to report to
}

// MarshalText writes Error, for loggers that encode as JSON.
func (f Failure) MarshalText() ([]byte, error) { return []byte(f.Error()), nil }

// canRepeat reports whether repeating the call at this time is safe. With its
// ref it always is: the journal sends nothing a second time that may not be
// (J16). That is not so of a call that the SDK refuses, and of a ref or key of
// another request.
func (f *Failure) canRepeat(now time.Time) bool {
	switch {
	case errors.Is(f.Err, ErrKeyReused): // its window protects the other request
		return false
	case f.Ref != "" && !errors.Is(f.Err, ErrRefReused) && !invalid(f.Err):
		return true
	case f.Outcome == OutcomeNotSent, f.Outcome == OutcomeRejected, f.Class == Safe, f.Class == Idempotent:
		return true
	case f.Class == Keyed:
		return now.Before(f.SafeUntil)
	default:
		return false
	}
}
