package journal

import (
	"strings"
	"time"
)

// Record is one operation as a journal keeps it. What it is (Operation, Key,
// Since and Scope) never changes within a generation, so that a backend need
// not write it again; except Since, which a Save that ends Reserved sets anew.
type Record struct {
	// ID is the operation's name in the journal: [RefID] of the caller's ref,
	// [KeyID] of the idempotency key where it has no ref, [CallID] where it has
	// neither. It has at most MaxID bytes of UTF-8, none of them zero.
	ID string
	// Version counts the writes; Save compares it.
	Version int64
	// Generation counts the operations of this name: one that ended not sent or
	// rejected leaves it free for the next.
	Generation int
	// Operation is the operation's name.
	Operation string
	// Key is the idempotency key; empty for operations that take none.
	Key string
	// Since is when the intent was recorded, by the wall clock of the process
	// that did: from then on the operation may have been sent. It is a multiple
	// of a microsecond.
	Since time.Time
	// Age is how long ago that was by the store's own clock; zero where it has
	// none. Load and Adopt set it, Save ignores it.
	Age time.Duration
	// Owner is the token of the call that works on the operation; empty: none.
	Owner string
	// Lease is how much longer the owner holds it without renewing: for Save
	// from now on, from Load what is left. Zero or less: it is over. Without an
	// owner it is how much longer Adopt passes the record over (J15).
	Lease time.Duration
	// Reserved: the operation was recorded inside a transaction of the
	// caller's, and no call has begun to send it. Its Outcome is
	// OutcomeUnknown, and its Since and Age are the reservation's; a
	// Save with which Reserved ends begins both anew.
	Reserved bool
	// Outcome is what is known. An open record's is OutcomeUnknown.
	Outcome Outcome
	// Resource names what the operation made, such as a booking, as far as its
	// response shows; empty: nothing known. No two records have the same.
	Resource string
	// Scope is a digest of what the operation may make, such as bookings of one
	// client for one class; empty: nothing that reading could find. Records may
	// share it.
	Scope string
	// Sealed holds what is personal: the request for as long as it may be
	// needed, and the response. It is encrypted where the engine was given a
	// secret.
	Sealed []byte
}

// State returns the record's state.
func (r Record) State() State {
	switch {
	case r.Outcome == OutcomeDone:
		return StateDone
	case r.Outcome == OutcomeNotSent || r.Outcome == OutcomeRejected:
		return StateFree
	case r.Reserved:
		return StateReserved
	default:
		return StateOpen
	}
}

// Ref returns the caller's name of the operation, empty where it has none.
func (r Record) Ref() string {
	if ref, ok := strings.CutPrefix(r.ID, refPrefix); ok {
		return ref
	}
	return ""
}

const (
	// MaxRef is how many bytes a ref may have, so that a database can index it.
	MaxRef = 1024
	// MaxID is how many bytes a record's ID may have.
	MaxID = MaxRef + len(refPrefix)
)

const refPrefix, keyPrefix, callPrefix = "ref:", "key:", "call:"

// RefID returns the ID of the operation with this ref.
func RefID(ref string) string { return refPrefix + ref }

// KeyID returns the ID of an operation without a ref that is sent under this
// key.
func KeyID(key string) string { return keyPrefix + key }

// CallID returns the ID of an operation with neither, from a unique name.
func CallID(name string) string { return callPrefix + name }

// Outcome is what the engine knows about an operation. A backend stores it, as
// its number or its word, and draws no conclusion from it beyond the record's
// [State].
type Outcome uint8

const (
	// OutcomeUnknown: the record is open.
	OutcomeUnknown Outcome = iota
	// OutcomeNotSent: the record is free.
	OutcomeNotSent
	// OutcomeRejected: the record is free, too.
	OutcomeRejected
	// OutcomeDone: the record is done.
	OutcomeDone
)

var outcomeWords = [...]string{"unknown", "not sent", "rejected", "done"}

// String returns "unknown", "not sent", "rejected" or "done".
func (o Outcome) String() string {
	if int(o) < len(outcomeWords) {
		return outcomeWords[o]
	}
	return outcomeWords[OutcomeUnknown]
}

// ParseOutcome returns the outcome with this word; OutcomeUnknown and false if
// there is none.
func ParseOutcome(word string) (Outcome, bool) {
	for o, known := range outcomeWords {
		if known == word {
			return Outcome(o), true
		}
	}
	return OutcomeUnknown, false
}

// State is the state of a record.
type State uint8

const (
	// StateAny matches records of each state. It is the zero value.
	StateAny State = iota
	// StateReserved: the operation is to be sent, and no call has begun to.
	StateReserved
	// StateOpen: the operation may have been sent, and its outcome is unknown.
	StateOpen
	// StateFree: the operation was not sent or was rejected, so its name is
	// free.
	StateFree
	// StateDone: the operation was executed.
	StateDone
)

var stateWords = [...]string{"any", "reserved", "open", "free", "done"}

// String returns the state in one word.
func (s State) String() string {
	if int(s) < len(stateWords) {
		return stateWords[s]
	}
	return "invalid"
}
