package idem

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

const (
	// lease is how long a call holds an operation without renewing.
	lease = 10 * time.Second
	// journalTimeout bounds a write that must be tried although the caller's
	// context may be over.
	journalTimeout = 5 * time.Second
)

var errTaken = errors.New("another owner has taken the operation over")

// claim is a call's hold on a record: it owns the operation for as long as its
// lease is renewed. Each write is conditional on the version that it wrote
// before, and so on nobody having taken the record over (J3).
type claim struct {
	ledger ledger
	cancel context.CancelCauseFunc // gives up the attempt under way

	held atomic.Pointer[stamp] // when the lease was last written, or a little before

	mu    sync.Mutex
	rec   entry
	timer *time.Timer
	ended bool // no renewing any more
	doubt bool // the last write may or may not have happened
}

// newClaim holds a record whose lease was written at a moment not before at.
func newClaim(l ledger, e entry, at stamp) *claim {
	claim := &claim{ledger: l, rec: e}
	claim.held.Store(&at)
	return claim
}

// lapsed reports whether the lease has run out by any clock, so that another owner may
// have taken the operation over: others may judge it by this machine's wall clock.
func (c *claim) lapsed() bool { return c.held.Load().age(c.ledger.clock.sure()) >= lease }

// keep renews the lease while the call runs. end ends it.
func (c *claim) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer = time.AfterFunc(lease/3, func() {
		ctx, cancel := context.WithTimeout(context.Background(), lease/3)
		defer cancel()
		if err := c.renew(ctx); err != nil {
			c.cancel(err)
		}
	})
}

// end stops renewing.
func (c *claim) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.timer != nil {
		c.timer.Stop()
	}
}

// forget lets go of the record's payload, once nothing is written any more.
func (c *claim) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rec.payload = payload{}
}

// renew writes a new lease. An error says that the claim is not held, or that
// nobody can tell: no attempt goes on then.
func (c *claim) renew(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return nil
	}
	now := c.ledger.clock.now()
	err := c.write(ctx, func(r *entry) { r.Lease = lease })
	if err == nil {
		c.held.Store(&now)
		c.timer.Reset(lease / 3)
	}
	return err
}

// settle records what became of the operation, and gives the claim up.
func (c *claim) settle(ctx context.Context, o Outcome, a *Answer, resource string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalTimeout)
	defer cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	settled := func(r *entry) {
		r.Outcome, r.Owner, r.Lease, r.Resource = o, "", 0, resource
		if o != OutcomeUnknown {
			r.Answer = a
			r.forget()
		}
	}
	return c.write(ctx, settled)
}

// settleProven settles a done operation. Its answer proves what it made, even if
// another record claims to have made it.
func (c *claim) settleProven(ctx context.Context, a *Answer, resource string) error {
	err := c.settle(ctx, OutcomeDone, a, resource)
	if errors.Is(err, ErrResourceTaken) {
		return c.settle(ctx, OutcomeDone, a, "")
	}
	return err
}

// write changes the record, on the condition that it is still this call's.
func (c *claim) write(ctx context.Context, change func(*entry)) error {
	if err := c.clear(ctx); err != nil {
		return err
	}
	rec := c.rec
	change(&rec)
	ok, err := c.ledger.save(ctx, rec)
	switch {
	case err != nil:
		c.doubt = !errors.Is(err, ErrNotWritten)
		return journalFailure(err)
	case !ok:
		return journalFailure(errTaken)
	}
	rec.Version++
	c.rec = rec
	return nil
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
