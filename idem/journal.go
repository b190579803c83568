package idem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrNotCommitted is wrapped by a Journal's Save when it is certain that
	// nothing was written. Any other error leaves that in doubt.
	ErrNotCommitted = errors.New("nothing was written")
	// ErrResourceTaken is returned by a Journal's Save when another record has
	// the same Resource. It wraps ErrNotCommitted.
	ErrResourceTaken = fmt.Errorf("another operation made this resource: %w", ErrNotCommitted)
	// ErrJournalSecret: the journal's record was sealed with a secret that is
	// not among those given. Nothing was changed.
	ErrJournalSecret = errors.New("the journal was sealed with another secret")
)

// Journal remembers operations for longer than a call, and for longer than the
// server remembers a key. Implementations are safe for concurrent use, also by
// several processes where they share a store.
//
// The context of each call ends after Config.JournalTimeout at the latest. One
// that has not returned a second after the end of its context is abandoned, and
// counts as an error that leaves everything in doubt (but see PromptJournal). A
// panic passes on to the call that waits for it; in a renewal of the lease it
// is an error.
type Journal interface {
	// Load returns the record with this id; false if there is none.
	Load(ctx context.Context, id string) (Record, bool, error)
	// Save writes rec durably before it returns, if the stored record has
	// rec.Version (0: if there is none), and stores it with the next version.
	// It reports false, having written nothing, if the versions differ. An
	// error leaves in doubt whether rec was written, unless it wraps
	// ErrNotCommitted. Where another record has the same Resource, nothing is
	// written and the error is ErrResourceTaken. The journal must not keep or
	// change what rec points to.
	Save(ctx context.Context, rec Record) (bool, error)
	// Adopt makes owner the owner, for the length of the lease, of up to
	// f.Limit open records whose lease is over, and returns them as stored.
	// Records whose lease ended first come first. Of the filter, Operation,
	// OlderThan and Limit count. Reserved records are open. Two callers never
	// get the same record. An error leaves in doubt which were adopted; their
	// leases run out.
	Adopt(ctx context.Context, owner string, lease time.Duration, f Filter) ([]Record, error)
	// InScope returns, in no order, the records with this scope, which is not
	// empty, whose Since is between the two times and whose operation may have
	// been executed: the open ones and the done ones. A journal that forgets
	// settled records keeps those with a scope that began within an hour of an
	// open one with a scope.
	InScope(ctx context.Context, scope string, from, to time.Time) ([]Record, error)
	// Bind stores to as the journal's binding if the stored one equals from,
	// and returns what is stored afterwards. A new journal has none, which is
	// nil. If to is nil, nothing is written. A binding is never forgotten.
	Bind(ctx context.Context, from, to []byte) ([]byte, error)
}

// JournalReader is what a [Journal] implements to let programs list what it
// holds. No method of it changes a record or takes a lease (J17).
type JournalReader interface {
	// List returns up to f.Limit records that match the filter, ordered by the
	// bytes of their ids.
	List(ctx context.Context, f Filter) ([]Record, error)
	// LoadMany returns the records with these ids, in no order. Ids without a
	// record are left out.
	LoadMany(ctx context.Context, ids []string) ([]Record, error)
	// Stats counts the records.
	Stats(ctx context.Context) (Stats, error)
}

// JournalWaiter is what a [Journal] implements to wake callers who wait for a
// record.
type JournalWaiter interface {
	// Wait returns when the record may have another version than this one, also
	// if it already has, or when ctx is over. It may return early for no
	// reason. An error means that the journal cannot wait; the caller then
	// polls.
	Wait(ctx context.Context, id string, version int64) error
}

// PromptJournal is what a [Journal] implements that keeps to its contexts. A
// Save that could hang needs a goroutine of its own, so that it can be
// abandoned, which costs a durable call about a tenth of a commit.
type PromptJournal interface {
	// IsPrompt reports whether Save returns within a second of the end of its
	// context, whatever the store does. It is asked once.
	IsPrompt() bool
}

func isPrompt(j Journal) bool {
	p, ok := j.(PromptJournal)
	return ok && p.IsPrompt()
}

// Reserver records operations inside a transaction of the caller's, which
// commits the operation's intent together with rows of the caller's own. See
// [Record].Reserved.
type Reserver interface {
	// Reserve writes rec inside the transaction, with the next version, if the
	// stored record has rec.Version (0: if there is none). It returns the
	// record that is there afterwards, and whether it wrote. An error may have
	// made the transaction unusable.
	Reserve(ctx context.Context, rec Record) (stored Record, reserved bool, err error)
}

// RecordState is the state of a record.
type RecordState uint8

const (
	// RecordAny matches records of each state. It is the zero value.
	RecordAny RecordState = iota
	// RecordReserved: the operation is to be sent, and no call has begun to
	// ([Record].Reserved).
	RecordReserved
	// RecordOpen: the operation may have been sent, and its outcome is unknown.
	RecordOpen
	// RecordFree: the operation was not sent or was rejected, so its name is
	// free.
	RecordFree
	// RecordDone: the operation was executed.
	RecordDone
)

var recordStates = [...]string{"any", "reserved", "open", "free", "done"}

// String returns the state in one word.
func (s RecordState) String() string {
	if int(s) < len(recordStates) {
		return recordStates[s]
	}
	return "invalid"
}

// Filter selects records. The zero Filter matches all of them, up to
// DefaultLimit.
type Filter struct {
	// State is the records' state. Zero matches each.
	State RecordState
	// Operation is the records' operation. Empty matches each.
	Operation string
	// OlderThan leaves out records whose intent is not older. Zero leaves out
	// none.
	OlderThan time.Duration
	// After leaves out records whose id does not come after it, for the next
	// page: the id of the last record of the page before. Adopt ignores it.
	After string
	// Limit is how many records are returned at most. Zero is DefaultLimit;
	// values above MaxLimit mean MaxLimit.
	Limit int
}

const (
	// DefaultLimit is the Limit of a Filter that has none.
	DefaultLimit = 100
	// MaxLimit is the largest Limit of a Filter.
	MaxLimit = 1000
)

// Page returns the filter's limit, with its default and maximum.
func (f Filter) Page() int {
	if f.Limit == 0 {
		return DefaultLimit
	}
	return min(max(f.Limit, 0), MaxLimit)
}

// StatsAges returns the upper bounds of the ages that Stats counts separately;
// a last class has what is older.
func StatsAges() [4]time.Duration { return statsAges }

var statsAges = [4]time.Duration{2 * time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour}

// Stats counts the records of a journal.
type Stats struct {
	// Pending counts the reserved and open records, ordered by operation.
	Pending []PendingStats
	// Free and Done count the records in these states.
	Free, Done int
}

// PendingStats counts the reserved and open records of one operation.
type PendingStats struct {
	// Operation is the operation's name.
	Operation string
	// Reserved and Open count the records in these states.
	Reserved, Open int
	// Oldest is the age of the oldest intent.
	Oldest time.Duration
	// Ages counts the records by age: Ages[i] those younger than StatsAges()[i]
	// and not counted before, the last one all others.
	Ages [5]int
}

// Add counts one record, with the age of its intent.
func (p *PendingStats) Add(reserved bool, age time.Duration) {
	if reserved {
		p.Reserved++
	} else {
		p.Open++
	}
	p.Oldest = max(p.Oldest, age)
	class := 0
	for class < len(statsAges) && age >= statsAges[class] {
		class++
	}
	p.Ages[class]++
}

// Record is one operation as a journal keeps it. What it is (Operation, Key,
// Since and Scope) never changes within a generation, so that a journal need
// not write it again; except Since, which a Save that ends Reserved sets anew.
type Record struct {
	// ID is the operation's name in the journal: "ref:" and the caller's ref,
	// "key:" and the idempotency key where it has no ref, "call:" and a name of
	// its own where it has neither. It has at most 1028 bytes of UTF-8, none of
	// them zero.
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
	// that did: from then on the operation may have been sent. It is a multiple
	// of a microsecond, and kept so.
	Since time.Time
	// Age is how long ago that was by the store's own clock. Load and Adopt set
	// it where the store has a clock of its own, zero where it has none. Save
	// ignores it.
	Age time.Duration
	// Owner is the token of the call that works on the operation; empty: none.
	Owner string
	// Lease is how much longer the owner holds it without renewing: for Save
	// from now on, from Load what is left. Zero or less: it is over. Without an
	// owner it is how much longer Adopt passes the record over (J15).
	Lease time.Duration
	// Reserved: the operation was recorded inside a transaction of the
	// caller's, and no call has begun to send it. Its Outcome is
	// OutcomeUnknown, and its Since and Age are those of the reservation; a
	// Save with which Reserved ends begins both anew.
	Reserved bool
	// Outcome is what is known. An open record's is OutcomeUnknown.
	Outcome Outcome
	// Resource names what the operation made, such as a booking, as far as its
	// response shows; empty: nothing known. No two records have the same.
	Resource string
	// Scope is a digest of what the operation may make, such as bookings of one
	// client for one class; empty: nothing that reading could find. Many
	// records may have the same.
	Scope string
	// Sealed holds what is personal: the request for as long as it may be
	// needed, and the response. It is encrypted where the engine was given a
	// secret.
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

// State returns the record's state.
func (r Record) State() RecordState {
	switch {
	case r.Outcome == OutcomeDone:
		return RecordDone
	case r.free():
		return RecordFree
	case r.Reserved:
		return RecordReserved
	default:
		return RecordOpen
	}
}

// open reports whether it is not known what became of the operation.
func (r Record) open() bool { return r.Outcome == OutcomeUnknown }

// owned reports whether somebody works on the operation.
func (r Record) owned() bool { return r.Owner != "" && r.Lease > 0 }

// free reports whether the operation ended without being executed.
func (r Record) free() bool { return r.Outcome == OutcomeNotSent || r.Outcome == OutcomeRejected }
