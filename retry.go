package bardge

import (
	"time"

	"github.com/bardge/bardge-go/idem"
)

// RetryPolicy says how often, how long and how patiently operations are tried.
// Zero values are the defaults, so a policy sets only what differs. What may be
// retried is not a matter of policy: see the package documentation for the
// table.
type RetryPolicy struct {
	// MaxAttempts counts the first attempt too; 1 means no retry. Zero is 6,
	// after which a mutation that is still open (nothing sent yet, or ambiguous
	// and safe to repeat) goes on at MaxDelay's pace until MaxElapsedTime, the
	// key's window, the context or the budget ends it. A number set here is
	// final.
	MaxAttempts int
	// AttemptTimeout bounds one attempt, from dialling to the response's last
	// byte. Zero is 15 s. With KeyTTLMargin it must fit into KeyTTL. The whole
	// call is bounded by its context.
	AttemptTimeout time.Duration
	// BaseDelay is the first wait; it doubles each time, half of it random.
	// Zero is 250 ms.
	BaseDelay time.Duration
	// MaxDelay caps a wait. Zero is 8 s. A Retry-After may ask for longer; one
	// that does not fit ends the call.
	MaxDelay time.Duration
	// KeyTTL is how long the server remembers a key. Zero is the vendor's 90 s;
	// more is refused.
	KeyTTL time.Duration
	// KeyTTLMargin is kept free at the window's end, for requests that are
	// given up and arrive all the same. Zero is 5 s.
	KeyTTLMargin time.Duration
	// MaxElapsedTime bounds a call, waits included, by the monotonic clock: no
	// attempt begins later. Zero is 15 minutes for a call whose context has a
	// deadline, and 85 s for one without. A key's window ends a call earlier
	// once something was sent under it. More than 45 minutes is refused.
	MaxElapsedTime time.Duration
	// NoRetryOn500 ends a call at a 500, as unknown, and the key's window with
	// it: a later call with the key or the ref ends with [ErrKeyExpired], and
	// [Client.Recover] sends nothing. Set it if the server is seen to execute
	// again under the key of a request that it answered with 500; the vendor's
	// advice is to retry with the same key (documented). Other 5xx are asked
	// again all the same.
	NoRetryOn500 bool
	// DisableRetryBudget lifts the retry budget. By default the calls of a
	// client share 100 retries; each definite response gives one back.
	DisableRetryBudget bool
}

// Attempt is one request that was handed to the network, and what was concluded
// from it. See [idem.Attempt] for its fields.
type Attempt = idem.Attempt

// Verdict is what one attempt shows about the operation.
type Verdict = idem.Verdict

// The verdicts.
const (
	// VerdictAmbiguous: the server may have executed the operation.
	VerdictAmbiguous Verdict = idem.VerdictAmbiguous
	// VerdictNothingSent: not one byte of the attempt left the machine.
	VerdictNothingSent Verdict = idem.VerdictNothingSent
	// VerdictRejected: the server refused without executing.
	VerdictRejected Verdict = idem.VerdictRejected
	// VerdictRejectedStored: refused, and stored under the key: no attempt
	// under it was executed.
	VerdictRejectedStored Verdict = idem.VerdictRejectedStored
	// VerdictKeyReused: the key belongs to another request.
	VerdictKeyReused Verdict = idem.VerdictKeyReused
	// VerdictDone: executed, with its response.
	VerdictDone Verdict = idem.VerdictDone
	// VerdictResponseLost: executed, the response unreadable.
	VerdictResponseLost Verdict = idem.VerdictResponseLost
	// VerdictAlreadyApplied: the booking was cancelled already.
	VerdictAlreadyApplied Verdict = idem.VerdictAlreadyApplied
)

// Event is one step of a call, as [WithObserver] gets it. See [idem.Event] for
// its fields.
type Event = idem.Event

// EventKind is the kind of an [Event].
type EventKind = idem.EventKind

// The kinds of events.
const (
	// EventAttemptStarted: an attempt is handed to the network.
	EventAttemptStarted EventKind = idem.EventAttemptStarted
	// EventAttemptEnded: an attempt was judged.
	EventAttemptEnded EventKind = idem.EventAttemptEnded
	// EventCallEnded: the call returns.
	EventCallEnded EventKind = idem.EventCallEnded
	// EventRecoveryFailed: a pass of [Client.RunRecovery] ended early. Started,
	// Duration, Reason and, where the journal has failed, RecordErr are set.
	EventRecoveryFailed EventKind = idem.EventRecoveryFailed
)
