package idem

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

// lease is how long a call holds an operation without renewing.
const lease = 10 * time.Second

// errTaken is definite: the record has another owner, or was resolved.
var errTaken = errors.New("another owner has taken the operation over")

// claim is a call's hold on a record: it owns the operation for as long as its
// lease is renewed. Each write is conditional on the version that it wrote
// before, and fails once another owner has taken it over (J3).
type claim struct {
	ledger ledger
	cancel context.CancelCauseFunc // gives up the attempt under way
	// sent reports whether an attempt is under way that is wholly written: its response
	// is awaited also without the lease. Nil: none is.
	sent func() bool
	// outlive bounds how long it is awaited then.
	outlive time.Duration

	held atomic.Pointer[clock.Timestamp] // when the lease was last written, or a little before

	// Of the call's goroutine: whether the server has stored an error under the key
	// (R38), how many attempts the call made, and how the last of them ended; nil: not
	// known, or the answer shows it.
	stored   bool
	gone     bool // the server may have forgotten the key
	attempts int
	last     *lastAttempt

	before   int                            // attempts of the owners before
	progress atomic.Pointer[attemptSummary] // of the call, for renewals; nil: nothing to record yet

	// writing is held by whoever writes, one at a time. No mutex is: a journal may
	// take its time (R39). It guards the fields that follow.
	writing chan struct{}
	rec     entry
	doubt   bool // the last write may or may not have happened
	late    bool // a write that was in doubt may still happen
	settled bool // what became of the operation is recorded

	renewal renewal
	task    *recoveryTask // nil but for what Recover takes up
}

// newClaim holds a record whose lease was written at a moment not before at.
func newClaim(l ledger, e entry, at clock.Timestamp) *claim {
	claim := &claim{ledger: l, rec: e, before: e.Attempts, writing: make(chan struct{}, 1)}
	claim.held.Store(&at)
	return claim
}

// lapsed reports whether the lease has run out by any clock, so that another owner may
// have taken the operation over: others may judge it by this machine's wall clock.
func (c *claim) lapsed() bool { return c.left() <= 0 }

// left is how long the lease still holds.
func (c *claim) left() time.Duration { return c.leftAt(c.ledger.clock.Now()) }

func (c *claim) leftAt(now clock.Timestamp) time.Duration { return lease - c.held.Load().Age(now) }

// begin waits for its turn to write. Each turn is bounded, since each write is.
func (c *claim) begin(ctx context.Context) error {
	select {
	case c.writing <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return journalFailure(notCommitted(ctx.Err()))
	}
}

func (c *claim) finish() { <-c.writing }

// isSettled reports whether it is recorded what became of the operation.
func (c *claim) isSettled() bool {
	if err := c.begin(context.Background()); err != nil {
		return false // never: that context does not end
	}
	defer c.finish()
	return c.settled
}

// record is the record as this call has written it last.
func (c *claim) record() entry {
	if err := c.begin(context.Background()); err != nil {
		return entry{} // never: that context does not end
	}
	defer c.finish()
	return c.rec
}

// forget lets go of the record's payload, once nothing is written any more.
func (c *claim) forget() {
	if c.begin(context.Background()) == nil {
		defer c.finish()
		c.rec.payload = payload{}
	}
}

// settle records what became of the operation, and gives the claim up.
func (c *claim) settle(ctx context.Context, o Outcome, a *Response, resource string) error {
	ctx = context.WithoutCancel(ctx) // the caller may have left
	if err := c.begin(ctx); err != nil {
		return err
	}
	defer c.finish()
	settled := func(r *entry) {
		r.Outcome, r.Owner, r.Lease, r.Resource = journal.Outcome(o), "", 0, resource
		c.recordEnd(r, a)
		if o == OutcomeUnknown {
			r.release(c.ledger.clock.Now())
			r.Stored, r.Gone = r.Stored || c.stored, r.Gone || c.gone
			return
		}
		r.Response = a
		r.forget()
	}
	err := c.write(ctx, settled)
	c.settled = c.settled || err == nil
	return err
}

// recordEnd adds how the call ended.
func (c *claim) recordEnd(r *entry, a *Response) {
	r.Attempts = c.before + c.attempts
	switch {
	case r.known() == OutcomeDone && a != nil:
		r.Last = nil
	case c.last != nil && (c.attempts > 0 || r.Last == nil):
		r.Last = c.last
	}
}

// write changes the record, on the condition that it is still this call's.
func (c *claim) write(ctx context.Context, change func(*entry)) error {
	const tries = 3
	for try := 1; ; try++ {
		if err := c.clear(ctx); err != nil {
			return err
		}
		rec := c.rec
		change(&rec)
		ok, err := c.ledger.save(ctx, rec)
		switch {
		case err != nil:
			c.doubt = !errors.Is(err, journal.ErrNotCommitted)
			c.late = c.late || c.doubt
			return journalFailure(err)
		case ok:
			rec.Version++
			c.rec = rec
			return nil
		case !c.late || try == tries:
			return journalFailure(errTaken)
		}
		c.doubt = true // a write of this call's own may have come in between
	}
}

// clear settles a doubt about the last write by reading the record.
func (c *claim) clear(ctx context.Context) error {
	if !c.doubt {
		return nil
	}
	rec, ok, err := c.ledger.load(ctx, c.rec.ID)
	switch {
	case err != nil:
		return journalFailure(err)
	case !ok || rec.Owner != c.rec.Owner:
		return journalFailure(errTaken)
	}
	c.rec, c.doubt = rec, false
	return nil
}

// newOwner makes a token that no other call has.
func newOwner() string { return uuid.NewString() }
