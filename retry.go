package bardge

import (
	"time"

	"github.com/bardge/bardge-go/idem"
)

// RetryPolicy bounds how often and how long operations are tried. Zero values
// are defaults. It does not change what may be retried.
type RetryPolicy struct {
	// MaxAttempts counts the first attempt too; 1 means no retry. Zero is 6,
	// after which an open mutation goes on at MaxDelay's pace, until another
	// bound or the retry budget ends it. A number set here is final.
	MaxAttempts int
	// AttemptTimeout bounds one attempt, from dialling to the response's last
	// byte. Zero is 15 s. With KeyTTLMargin it must fit into KeyTTL.
	AttemptTimeout time.Duration
	// BaseDelay is the first wait; waits double, half random. Zero is 250 ms.
	BaseDelay time.Duration
	// MaxDelay caps a wait. Zero is 8 s. A Retry-After may be longer; one that
	// does not fit ends the call.
	MaxDelay time.Duration
	// KeyTTL is how long the server remembers a key. Zero is the vendor's 90 s;
	// more is refused.
	KeyTTL time.Duration
	// KeyTTLMargin is kept free at the window's end, for requests that arrive
	// after they were given up. Zero is 5 s.
	KeyTTLMargin time.Duration
	// MaxElapsedTime bounds a call, waits included: no attempt begins later.
	// Zero is 15 minutes for a call whose context has a deadline, else 85 s.
	// More than 45 minutes is refused.
	MaxElapsedTime time.Duration
	// NoRetryOn500 ends a call at a 500, as unknown, and the key's window with
	// it: later calls with the key or ref end with [ErrKeyExpired], and
	// [Client.Recover] sends nothing. Set it if the server executes again under
	// the key of a request that it answered with 500; the vendor advises to
	// retry with the same key (documented). Other 5xx are retried.
	NoRetryOn500 bool
	// DisableRetryBudget lifts the limit of 100 retries that a client's calls
	// share; each definite response gives one back.
	DisableRetryBudget bool
}

// Attempt is one request and its verdict; see [idem.Attempt] for its fields.
type Attempt = idem.Attempt

// Verdict is what one attempt shows about the operation.
type Verdict = idem.Verdict

// The verdicts.
const (
	VerdictAmbiguous      Verdict = idem.VerdictAmbiguous      // the server may have executed the operation
	VerdictNothingSent    Verdict = idem.VerdictNothingSent    // not one byte of the attempt left the machine
	VerdictRejected       Verdict = idem.VerdictRejected       // the server refused without executing
	VerdictRejectedStored Verdict = idem.VerdictRejectedStored // the same, and stored under the key: none was executed
	VerdictKeyReused      Verdict = idem.VerdictKeyReused      // the key belongs to another request
	VerdictDone           Verdict = idem.VerdictDone           // executed, with its response
	VerdictResponseLost   Verdict = idem.VerdictResponseLost   // executed, the response unreadable
	VerdictAlreadyApplied Verdict = idem.VerdictAlreadyApplied // the booking was cancelled already
)

// Event is a step of a call, for [WithObserver]; see [idem.Event].
type Event = idem.Event

// The kinds of events, of type [idem.EventKind].
const (
	EventAttemptStarted = idem.EventAttemptStarted // an attempt is handed to the network
	EventAttemptEnded   = idem.EventAttemptEnded   // an attempt was judged
	EventCallEnded      = idem.EventCallEnded      // the call returns
	EventRecoveryFailed = idem.EventRecoveryFailed // a pass of RunRecovery ended early; see Reason
)
