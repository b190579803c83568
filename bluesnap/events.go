package bluesnap

import "github.com/bardge/bardge-go/idem"

// Attempt is one request and its verdict; see [idem.Attempt] for its fields.
type Attempt = idem.Attempt

// Verdict is what one attempt shows about the operation.
type Verdict = idem.Verdict

// The verdicts. The vendor marks no replay, so none is "rejected (stored)".
const (
	VerdictAmbiguous      Verdict = idem.VerdictAmbiguous      // the server may have executed the operation
	VerdictNothingSent    Verdict = idem.VerdictNothingSent    // not one byte of the attempt left the machine
	VerdictRejected       Verdict = idem.VerdictRejected       // the server refused without executing
	VerdictKeyReused      Verdict = idem.VerdictKeyReused      // the key belongs to another request
	VerdictDone           Verdict = idem.VerdictDone           // executed, with its response
	VerdictResponseLost   Verdict = idem.VerdictResponseLost   // executed, the response unreadable
	VerdictAlreadyApplied Verdict = idem.VerdictAlreadyApplied // captured, or reversed, already
)

// Event is a step of a call, for [WithObserver]; see [idem.Event].
type Event = idem.Event

// EventKind is the kind of an [Event].
type EventKind = idem.EventKind

// The kinds of events.
const (
	EventAttemptStarted EventKind = idem.EventAttemptStarted // an attempt is handed to the network
	EventAttemptEnded   EventKind = idem.EventAttemptEnded   // an attempt was judged
	EventCallEnded      EventKind = idem.EventCallEnded      // the call returns
	EventRecoveryFailed EventKind = idem.EventRecoveryFailed // a pass of RunRecovery ended early; see Reason
)
