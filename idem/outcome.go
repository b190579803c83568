package idem

import "github.com/bardge/bardge-go/journal"

// Outcome is what is known about an operation when its call ends.
//
// The engine never claims more than it can prove: not sent or rejected means
// that the server certainly did not execute the operation, done means that it
// certainly did. Everything else is unknown, which is also the zero value.
type Outcome uint8

const (
	// OutcomeUnknown: the operation may or may not have been executed. The same
	// key may be sent again until SafeUntil; after that check first, never
	// blindly repeat.
	OutcomeUnknown = Outcome(journal.OutcomeUnknown)
	// OutcomeNotSent: no byte of this operation left the machine. Anything may
	// follow, also a new key.
	OutcomeNotSent = Outcome(journal.OutcomeNotSent)
	// OutcomeRejected: the server refused the operation and certainly did not
	// execute it. Fix the request (or wait, on 408, 425 and 429), then use a
	// new key.
	OutcomeRejected = Outcome(journal.OutcomeRejected)
	// OutcomeDone: the operation was executed; for an idempotent one, the
	// requested state holds.
	OutcomeDone = Outcome(journal.OutcomeDone)
)

// String returns "unknown", "not sent", "rejected" or "done".
func (o Outcome) String() string { return journal.Outcome(o).String() }

// MarshalText writes what String returns.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText writes, and refuses all else.
func (o *Outcome) UnmarshalText(text []byte) error {
	known, ok := journal.ParseOutcome(string(text))
	if !ok {
		return &InvalidError{Field: "outcome", Reason: "is none that there is"}
	}
	*o = Outcome(known)
	return nil
}

// Verdict is what one attempt shows.
type Verdict uint8

const (
	VerdictAmbiguous      Verdict = iota // the server may have executed the operation
	VerdictNothingSent                   // not one byte of this attempt left the machine
	VerdictRejected                      // the server did not execute this attempt
	VerdictRejectedStored                // the rejection is stored: no attempt under the key was executed
	VerdictKeyReused                     // the key belongs to another request; this one was not executed
	VerdictDone                          // executed, with its response
	VerdictResponseLost                  // executed, but the response could not be read
	VerdictAlreadyApplied                // by SignalAlreadyApplied or SignalAlreadyExecuted: what is asked for is there
)

var verdictNames = [...]string{
	VerdictAmbiguous:      "ambiguous",
	VerdictNothingSent:    "nothing sent",
	VerdictRejected:       "rejected",
	VerdictRejectedStored: "rejected (stored)",
	VerdictKeyReused:      "key reused",
	VerdictDone:           "done",
	VerdictResponseLost:   "done, response lost",
	VerdictAlreadyApplied: "already applied",
}

// String returns the verdict in words.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return verdictNames[VerdictAmbiguous]
}

// MarshalText writes what String returns.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// definite reports whether the server itself settled the attempt.
func (v Verdict) definite() bool { return v != VerdictAmbiguous && v != VerdictNothingSent }

// fold adds what one attempt showed to what was known before (R11, R12). It is
// pure.
func fold(known Outcome, v Verdict) Outcome {
	if known == OutcomeDone {
		return OutcomeDone
	}
	switch v {
	case VerdictNothingSent:
		return known
	case VerdictDone, VerdictResponseLost, VerdictAlreadyApplied:
		return OutcomeDone
	case VerdictRejectedStored:
		return OutcomeRejected
	case VerdictRejected, VerdictKeyReused:
		if known == OutcomeNotSent {
			return OutcomeRejected
		}
		return known
	default:
		return OutcomeUnknown
	}
}
