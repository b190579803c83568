package idem

import (
	"context"
	"fmt"
	"time"
)

// Attempt is one request that was handed to the HTTP transport, and what was
// concluded from it. It holds nothing of the request or the response.
type Attempt struct {
	Number     int           // from 1
	Start      time.Time     // when it was handed to the transport, by the wall clock
	Duration   time.Duration // to the last byte of the response
	Status     int           // of HTTP; 0 if none came
	Reason     string        // of the verdict, in fixed words
	Verdict    Verdict       // what it shows about the operation
	Replayed   bool          // the response carried the server's replay mark
	ReusedConn bool          // its connection had served others
	// KeyAge is the time, at the attempt's end, since the first byte of the
	// operation may have been sent; 0 if none was or no key protects it.
	KeyAge time.Duration
	Wait   time.Duration // that followed; 0 if none did
	// PaceWait went before it, after any Wait: for its turn at the client's
	// pace. 0 if there was none.
	PaceWait time.Duration
}

// String returns the attempt as one line of a timeline.
func (a Attempt) String() string {
	status := "no answer"
	if a.Status != 0 {
		status = fmt.Sprint(a.Status)
	}
	replayed := ""
	if a.Replayed {
		replayed = ", replayed"
	}
	return fmt.Sprintf("attempt %d: %s (%s%s) -> %s", a.Number, status, a.Reason, replayed, a.Verdict)
}

// EventKind is the kind of an [Event].
type EventKind uint8

const (
	// EventAttemptStarted: an attempt is handed to the transport.
	EventAttemptStarted EventKind = iota
	// EventAttemptEnded: an attempt was classified. Attempt is set, with its
	// Wait if another one follows.
	EventAttemptEnded
	// EventCallEnded: the call returns. Outcome and Attempts are set.
	EventCallEnded
	// EventRecoveryFailed: a pass of RunRecovery ended early. Started, Duration
	// and Reason are set and, where the journal has failed, RecordErr. CallID
	// and Operation are empty.
	EventRecoveryFailed
)

// String returns the kind's name.
func (k EventKind) String() string {
	switch k {
	case EventAttemptStarted:
		return "attempt started"
	case EventAttemptEnded:
		return "attempt ended"
	case EventRecoveryFailed:
		return "recovery failed"
	default:
		return "call ended"
	}
}

// Event is one step of a call, reported while it happens. It holds no
// credentials, body or header, and of the URL only what all calls have in
// common.
type Event struct {
	Kind      EventKind // which step
	CallID    string    // a random UUID, the same in all events of one call; not sent
	Ref       string    // the call's, any text; empty where it has none
	Key       Key       // the operation's, an identifier; zero where none is sent
	Operation string    // its name
	BaseURL   string    // the configured one, without a slash at its end
	Started   time.Time // when the call began, by the wall clock
	Outcome   Outcome   // what is known so far
	// Attempt is the attempt that starts (Number and PaceWait alone are set) or
	// has ended. Zero for EventCallEnded.
	Attempt Attempt
	// RequestID is the API's id of the attempt's, or the call's last, response;
	// empty if none came, or one that is no identifier.
	RequestID string
	// KeyEchoed: the attempt's response brought the operation's key back in
	// Profile.KeyHeader, which shows that the server knows the header.
	KeyEchoed bool
	// UnsolicitedResponse: since the last event a response came without a
	// request. Its connection was closed, and for ten minutes mutations get
	// connections of their own. Something between client and server confuses
	// responses: worth a warning.
	UnsolicitedResponse bool
	// Budget is how many retries the budget that the engine's calls share has
	// left; all of them where it is off.
	Budget int

	// The fields below are set for EventCallEnded, and some for
	// EventRecoveryFailed.

	Attempts []Attempt     // in order; the slice is the result's, and not to be changed
	Duration time.Duration // of the call
	Reason   string        // why the call brings no value, in fixed words; empty if it brings one
	// RecordErr is why the journal could not be read or written; nil if it was,
	// or none is used. Its text is made of fixed words; errors.Is and errors.As
	// find the journal's own error.
	RecordErr error
	// Drift is how the responses differ from the API's description; not to be
	// changed. Nil: not at all.
	Drift       []Drift
	Recovered   bool // the response was read from the state that the operation left
	FromJournal bool // the response was recorded by an earlier call; nothing was sent
	Reserved    bool // the operation is recorded, to be sent later; nothing was sent or failed

	ctx context.Context //nolint:containedctx // as in http.Request: handed on, not kept
}

// Context is the context of the call, as its caller gave it. Never nil.
func (e Event) Context() context.Context {
	if e.ctx == nil {
		return context.Background()
	}
	return e.ctx
}
