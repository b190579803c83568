package idem

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

const lease = claim.LeaseTime

// ownedRecord is the record of a call that owns it, with what the call adds
// when it ends.
type ownedRecord struct {
	claim.Lease[entry, *entry]

	sealed *sealedJournal

	// Of the call's goroutine:
	stored   bool // the server has stored an error under the key (R38)
	gone     bool // the server may have forgotten the key
	attempts int
	last     *lastAttempt // nil: not known, or the response shows it

	before   int                            // attempts of the owners before
	progress atomic.Pointer[attemptSummary] // of the call, for renewals; nil: nothing to record yet

	task *recoveryTask // nil but for what Recover takes up
}

// newOwnedRecord holds a record whose lease was written at a moment not before
// at.
func newOwnedRecord(l *sealedJournal, e entry, at clock.Timestamp) *ownedRecord {
	r := &ownedRecord{sealed: l, before: e.Attempts}
	r.Start(l, l.clock, r, e, at)
	return r
}

var errRenewalPanicked = errors.New("the journal panicked")

// Failure, Panicked and Renewing are a claim.Holder's.
func (*ownedRecord) Failure(err error) error { return journalFailure(err) }

func (r *ownedRecord) Panicked(v any) error {
	r.sealed.panics.report("journal, in a renewal", v)
	return fmt.Errorf("%w: %T", errRenewalPanicked, v)
}

func (r *ownedRecord) Renewing(e *entry) {
	if p := r.progress.Load(); p != nil {
		e.attemptSummary = *p
	}
}

func (r *ownedRecord) forget() { r.Forget(func(e *entry) { e.payload = payload{} }) }

// settle records what became of the operation, and gives the record up.
func (r *ownedRecord) settle(ctx context.Context, o Outcome, a *Response, resource string) error {
	return r.Release(ctx, func(e *entry) {
		e.Outcome, e.Owner, e.Lease, e.Resource = journal.Outcome(o), "", 0, resource
		r.recordEnd(e, a)
		if o == OutcomeUnknown {
			e.release(r.sealed.clock.Now())
			e.Stored, e.Gone = e.Stored || r.stored, e.Gone || r.gone
			return
		}
		e.Response = a
		e.forget()
	})
}

func (r *ownedRecord) recordEnd(e *entry, a *Response) {
	e.Attempts = r.before + r.attempts
	switch {
	case e.known() == OutcomeDone && a != nil:
		e.Last = nil
	case r.last != nil && (r.attempts > 0 || e.Last == nil):
		e.Last = r.last
	}
}

// leaveOpen gives the record up and leaves the operation open. Nothing is sent
// any more.
func (r *ownedRecord) leaveOpen(ctx context.Context, now clock.Timestamp, change func(*entry)) error {
	return r.Release(ctx, func(e *entry) {
		r.recordEnd(e, nil)
		e.release(now)
		e.Stored, e.Gone = e.Stored || r.stored, e.Gone || r.gone
		change(e)
		e.Pause = e.Lease
	})
}

// settleProven settles a done operation. Its response proves what it made, even
// if another record claims to have made it, and it overrules what a person has
// reported, or an owner has left open, while the response was awaited (J17).
func (r *ownedRecord) settleProven(ctx context.Context, a *Response, resource string) error {
	err := r.settle(ctx, OutcomeDone, a, resource)
	if errors.Is(err, claim.ErrTaken) && r.Retake(context.WithoutCancel(ctx), (*entry).overrule) {
		err = r.settle(ctx, OutcomeDone, a, resource)
	}
	if errors.Is(err, journal.ErrResourceTaken) {
		return r.settle(ctx, OutcomeDone, a, "")
	}
	return err
}

// overrule drops a person's word, unless a call works on the record or the API
// has settled it. It reports whether the record may be changed.
func (e *entry) overrule() bool {
	if e.Said != saidOutcome && (!e.open() || e.owned()) {
		return false
	}
	e.Said = 0
	return true
}

func newOwner() string { return uuid.NewString() }
