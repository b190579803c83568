package idem

import (
	"context"
	"fmt"
	"time"
)

// Attempt is one request that was handed to the HTTP transport, and what was
// concluded from it. It holds nothing of the request or the response.
type Attempt struct {
	// Number counts from 1.
	Number int
	// Start is when the attempt was handed to the transport, by the wall clock.
	Start time.Time
	// Duration is how long it took, to the last byte of the response.
	Duration time.Duration
	// Status is the HTTP status, 0 if none came.
	Status int
	// Verdict is what the attempt shows about the operation.
	Verdict Verdict
	// Reason states why, in fixed words.
	Reason string
	// Replayed: the response carried the server's replay mark.
	Replayed bool
	// ReusedConn: the attempt ran on a connection that had served others.
	ReusedConn bool
	// KeyAge is the time, at the attempt's end, since the first byte of the
	// operation may have been sent; 0 if none was or no key protects it.
	KeyAge time.Duration
	// Wait is the wait that followed; 0 if none did.
	Wait time.Duration
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
	// EventAttemptEnded: an attempt was judged. Attempt is set, and Wait in it
	// if another attempt follows.
	EventAttemptEnded
	// EventCallEnded: the call returns. Outcome and Attempts are set.
	EventCallEnded
	// EventRecoveryFailed: a pass of RunRecovery ended early. Started, Duration
	// and Reason are set and, where the journal has failed, RecordErr. It
	// belongs to no call: CallID and Operation are empty.
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
	// Kind is the step.
	Kind EventKind
	// CallID is the same in all events of one call, and no other call's: a
	// random UUID. It is not sent.
	CallID string
	// Ref is the call's ref; empty where it has none. It may hold any text.
	Ref string
	// Key is the operation's idempotency key, an identifier; zero where none is
	// sent.
	Key Key
	// Operation is the operation's name.
	Operation string
	// BaseURL is the configured one, without a slash at its end.
	BaseURL string
	// Started is when the call began, by the wall clock.
	Started time.Time
	// Attempt is the attempt this is about; its Number alone is set when it
	// starts. Zero for EventCallEnded.
	Attempt Attempt
	// Attempts lists the attempts, in order. Set for EventCallEnded; the slice
	// is the result's, and not to be changed.
	Attempts []Attempt
	// Duration is how long the call took. Set for EventCallEnded.
	Duration time.Duration
	// Outcome is what is known so far.
	Outcome Outcome
	// Reason states in fixed words why the call brings no value; empty if it
	// brings one. Set for EventCallEnded.
	Reason string
	// RecordErr is why the journal could not be read or written; nil if it
	// was, or none is used. Its text is made of fixed words; errors.Is and
	// errors.As find the journal's own error. Set for EventCallEnded.
	RecordErr error
	// Recovered: the response was read from the state that the operation left.
	// Set for EventCallEnded.
	Recovered bool
	// FromJournal: the response was recorded by an earlier call; nothing was
	// sent. Set for EventCallEnded.
	FromJournal bool
	// Reserved: the operation is recorded, to be sent later; nothing was sent,
	// and nothing failed. Set for EventCallEnded.
	Reserved bool
	// RequestID is the API's id of the attempt's, or the call's last, response;
	// empty if none came, or one that is no identifier.
	RequestID string
	// UnsolicitedResponse: since the last event a response came without a
	// request. Its connection was closed, and for ten minutes mutations get
	// connections of their own. Something between client and server confuses
	// responses: worth a warning.
	UnsolicitedResponse bool
	// Budget is how many retries the budget that the engine's calls share has
	// left; all of them where it is off.
	Budget int

	ctx context.Context //nolint:containedctx // as in http.Request: handed on, not kept
}

// Context is the context of the call, as its caller gave it. Never nil.
func (e Event) Context() context.Context {
	if e.ctx == nil {
		return context.Background()
	}
	return e.ctx
}
