package bluesnap

import "github.com/bardge/bardge-go/idem"

// Attempt is one request that was handed to the network, and what was concluded
// from it.
// See [idem.Attempt] for its fields.
type Attempt = idem.Attempt

// Verdict is what one attempt shows about the operation.
type Verdict = idem.Verdict

// The verdicts. The vendor marks no replay, so none is ever "rejected
// (stored)".
const (
	// VerdictAmbiguous: the server may have executed the operation.
	VerdictAmbiguous Verdict = idem.VerdictAmbiguous
	// VerdictNothingSent: not one byte of the attempt left the machine.
	VerdictNothingSent Verdict = idem.VerdictNothingSent
	// VerdictRejected: the server refused without executing.
	VerdictRejected Verdict = idem.VerdictRejected
	// VerdictKeyReused: the key belongs to another request.
	VerdictKeyReused Verdict = idem.VerdictKeyReused
	// VerdictDone: executed, with its response.
	VerdictDone Verdict = idem.VerdictDone
	// VerdictResponseLost: executed, the response unreadable.
	VerdictResponseLost Verdict = idem.VerdictResponseLost
	// VerdictAlreadyApplied: captured, or reversed, already.
	VerdictAlreadyApplied Verdict = idem.VerdictAlreadyApplied
)

// Event is one step of a call, as [WithObserver] gets it.
// See [idem.Event] for its fields.
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
