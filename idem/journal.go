package idem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrNotCommitted is wrapped by a Journal's Save when it is certain that nothing
	// was written. Any other error leaves that in doubt.
	ErrNotCommitted = errors.New("nothing was written")
	// ErrResourceTaken is returned by a Journal's Save when another record has the
	// same Resource. It wraps ErrNotCommitted.
	ErrResourceTaken = fmt.Errorf("another operation made this resource: %w", ErrNotCommitted)
	// ErrJournalSecret: the journal's record was sealed with a secret that is not among
	// those given. Nothing was changed.
	ErrJournalSecret = errors.New("the journal was sealed with another secret")
)

// Journal remembers operations for longer than a call, and for longer than the
// server remembers a key. Implementations are safe for concurrent use, also by
// several processes where they share a store.
//
// Each call has 5 s, which its context says. One that has not returned a second after
// the end of its context is abandoned, and counts as an error that leaves everything in
// doubt. A panic passes on to the call that waits for it; in a renewal of the lease it
// is an error.
type Journal interface {
	// Load returns the record with this id; false if there is none.
	Load(ctx context.Context, id string) (Record, bool, error)
	// Save writes rec durably before it returns, if the stored record has
	// rec.Version (0: if there is none), and stores it with the next version. It
	// reports false, having written nothing, if the versions differ. An error
	// leaves in doubt whether rec was written, unless it wraps ErrNotCommitted. Where
	// another record has the same Resource, nothing is written and the error is
	// ErrResourceTaken. The journal must not keep or change what rec points to.
	Save(ctx context.Context, rec Record) (bool, error)
	// Adopt makes owner the owner, for the length of the lease, of up to limit
	// open records that nobody works on and whose id comes after the given one, in
	// the order of their ids, and returns them as stored. Two callers never get
	// the same record. An error leaves in doubt which were adopted; their leases
	// run out.
	Adopt(ctx context.Context, owner string, lease time.Duration, after string, limit int) ([]Record, error)
	// InScope returns, in no order, the records with this scope, which is not empty,
	// whose Since is between the two times and whose operation may have been
	// executed: the open ones and the done ones. A journal that forgets settled
	// records keeps those with a scope that began within an hour of an open one with
	// a scope.
	InScope(ctx context.Context, scope string, from, to time.Time) ([]Record, error)
}

// Record is one operation as a journal keeps it. What it is (Operation, Key, Since and
// Scope) never changes within a generation, so that a journal need not write it again.
type Record struct {
	// ID is the operation's name in the journal: "ref:" and the caller's ref, "key:"
	// and the idempotency key where it has no ref, "call:" and a name of its own where
	// it has neither. It has at most 1028 bytes of UTF-8, none of them zero.
	ID string
	// Version counts the writes; Save compares it.
	Version int64
	// Generation counts the operations of this name: one that ended not sent or
	// rejected leaves it free for the next.
	Generation int
	// Operation says what is asked for.
	Operation string
	// Key is the idempotency key; empty for operations that take none.
	Key string
	// Since is when the intent was recorded, by the wall clock of the process
	// that did: from then on the operation may have been sent.
	Since time.Time
	// Age is how long ago that was by the store's own clock. Load and Adopt set it
	// where the store has a clock of its own, zero where it has none. Save ignores
	// it.
	Age time.Duration
	// Owner is the token of the call that works on the operation; empty: nobody.
	Owner string
	// Lease is how much longer the owner holds it without renewing: for Save from
	// now on, from Load what is left. Zero or less: it is over.
	Lease time.Duration
	// Outcome is what is known. An open record's is OutcomeUnknown.
	Outcome Outcome
	// Resource names what the operation made, such as a booking, as far as its
	// answer tells; empty: nothing known. No two records have the same.
	Resource string
	// Scope is a digest of what the operation may make, such as bookings of one
	// client for one class; empty: nothing that reading could find. Many records may
	// have the same.
	Scope string
	// Sealed holds what is personal: the request for as long as it may be needed,
	// and the answer. It is encrypted where the engine was given a secret.
	Sealed []byte
}

// The names of operations in a journal.
const refPrefix, keyPrefix, callPrefix = "ref:", "key:", "call:"

// maxRef is how many bytes a ref may have, so that a database can index it.
const maxRef = 1024

// RefID returns the name of the operation with this ref.
func RefID(ref string) string { return refPrefix + ref }

func keyID(key string) string { return keyPrefix + key }

// Ref returns the caller's name of the operation, empty where it has none.
func (r Record) Ref() string {
	if ref, ok := strings.CutPrefix(r.ID, refPrefix); ok {
		return ref
	}
	return ""
}

// open reports whether it is not known what became of the operation.
func (r Record) open() bool { return r.Outcome == OutcomeUnknown }

// owned reports whether somebody works on the operation.
func (r Record) owned() bool { return r.Owner != "" && r.Lease > 0 }

// free reports whether the operation ended without being executed.
func (r Record) free() bool { return r.Outcome == OutcomeNotSent || r.Outcome == OutcomeRejected }
