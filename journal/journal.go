package journal

import (
	"context"
	"time"
)

// Journal keeps the records of operations. Implementations are safe for
// concurrent use, also by several processes where they share a store.
//
// The context of each call ends after the engine's journal timeout (10 s by
// default) at the latest. A call that has not returned a second later is
// abandoned, and counts as an error that leaves everything in doubt (but see
// [Prompt]). A panic is passed on to the engine's caller; in a renewal of a
// lease it is an error.
type Journal interface {
	// Load returns the record with this id; false if there is none.
	Load(ctx context.Context, id string) (Record, bool, error)
	// Save writes rec durably before it returns, if the stored record has
	// rec.Version (0: if there is none), and stores it with the next version.
	// It reports false, having written nothing, if the versions differ. An
	// error leaves in doubt whether rec was written, unless it wraps
	// ErrNotCommitted. Where another record has the same Resource, the error is
	// ErrResourceTaken. The journal must not keep or change what rec points to.
	Save(ctx context.Context, rec Record) (bool, error)
	// Adopt makes owner the owner, for the length of the lease, of up to
	// f.Limit open records (also reserved ones) whose lease is over, and
	// returns them as stored; those first whose lease ended first. Of the
	// filter, Operation, OlderThan and Limit count. Two callers never get the
	// same record. An error leaves in doubt which were adopted; their leases
	// run out.
	Adopt(ctx context.Context, owner string, lease time.Duration, f Filter) ([]Record, error)
	// InScope returns, in no order, the records with this scope, which is not
	// empty, whose Since is between the two times and which are open or done. A
	// journal that forgets settled records keeps those with a scope that began
	// within an hour of an open one with a scope.
	InScope(ctx context.Context, scope string, from, to time.Time) ([]Record, error)
	// Bind stores to as the journal's binding if the stored one equals from,
	// and returns what is stored afterwards. A new journal has none, which is
	// nil. If to is nil, nothing is written.
	Bind(ctx context.Context, from, to []byte) ([]byte, error)
}

// Reader is what a [Journal] implements to let programs list what it holds. No
// method of it changes a record or takes a lease (J17).
type Reader interface {
	// List returns up to f.Limit records that match the filter, ordered by the
	// bytes of their ids.
	List(ctx context.Context, f Filter) ([]Record, error)
	// LoadMany returns the records with these ids, in no order, as far as there
	// are any.
	LoadMany(ctx context.Context, ids []string) ([]Record, error)
	// Stats counts the records.
	Stats(ctx context.Context) (Stats, error)
}

// Waiter is what a [Journal] implements to wake callers who wait for a record.
type Waiter interface {
	// Wait returns when the record may have another version than this one, or
	// when ctx is over. It may return early for no reason. An error means that
	// the journal cannot wait; the caller then polls.
	Wait(ctx context.Context, id string, version int64) error
}

// Prompt is what a [Journal] implements that keeps to its contexts. A Save that
// could hang needs a goroutine of its own, so that it can be abandoned, which
// costs a durable call about a tenth of a commit.
type Prompt interface {
	// IsPrompt reports whether Save returns within a second of the end of its
	// context in any case. It is called once.
	IsPrompt() bool
}

// Keeper is what a [Journal] implements to state how long it keeps what is
// settled. Without it, Recover believes no match of an operation whose key the
// server remembers for more than about half an hour: a record that is gone might
// show that another operation has made it.
type Keeper interface {
	// Keeps returns how long a settled record is kept after its last write, at
	// least. It is the same in each process that shares the journal's store.
	Keeps() time.Duration
}

// Reserver records operations inside a transaction of the caller's, together
// with rows of the caller's own. See [Record].Reserved.
type Reserver interface {
	// Reserve writes rec inside the transaction, with the next version, if the
	// stored record has rec.Version (0: if there is none). It returns the
	// record that is there afterwards, and whether it wrote. An error may have
	// made the transaction unusable.
	Reserve(ctx context.Context, rec Record) (stored Record, reserved bool, err error)
}
