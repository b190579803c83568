package claim

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

// LeaseTime is how long a record is held without renewing.
const LeaseTime = 10 * time.Second

// Store reads and writes records of type E: a [journal.Record] and its payload.
// Save reports false, having written nothing, if the stored version is another
// one.
type Store[E any] interface {
	Load(ctx context.Context, id string) (E, bool, error)
	Save(ctx context.Context, e E) (bool, error)
}

// Entry is a pointer to a record of type E.
type Entry[E any] interface {
	*E
	Base() *journal.Record
}

// Holder is the call that holds a lease.
type Holder[E any] interface {
	// Failure wraps an error of the journal for the call's result.
	Failure(err error) error
	// Panicked reports a panic of the journal in a renewal, and returns its
	// error.
	Panicked(v any) error
	// Renewing changes what a renewal writes beside the new lease.
	Renewing(e *E)
}

// Lease is a call's hold on a record: it owns the operation for as long as its
// lease is renewed. Each write is conditional on the version that it wrote
// before, and so on no other owner having taken the record over (J3).
type Lease[E any, P Entry[E]] struct {
	store  Store[E]
	clock  clock.Clock
	holder Holder[E]

	held atomic.Pointer[clock.Timestamp] // when the lease was last written, or a little before

	// writing is held by the one that writes, and guards what follows. It is no
	// mutex: a journal may take its time (R39).
	writing chan struct{}
	rec     E
	doubt   bool // the last write may or may not have happened
	late    bool // a write that was in doubt may still happen
	settled bool // what became of the operation is recorded

	renewal renewal
}

// Start holds a record whose lease was written at a moment not before at.
func (l *Lease[E, P]) Start(store Store[E], c clock.Clock, holder Holder[E], rec E, at clock.Timestamp) {
	l.store, l.clock, l.holder, l.rec = store, c, holder, rec
	l.writing = make(chan struct{}, 1)
	l.held.Store(&at)
}

// HasLapsed reports whether the lease has run out by any clock, so that another
// owner may have taken the operation over.
func (l *Lease[E, P]) HasLapsed() bool { return l.left() <= 0 }

func (l *Lease[E, P]) left() time.Duration { return l.LeftAt(l.clock.Now()) }

// LeftAt is how long the lease holds from now on.
func (l *Lease[E, P]) LeftAt(now clock.Timestamp) time.Duration {
	return LeaseTime - l.held.Load().Age(now)
}

// begin waits for its turn to write. Each turn is bounded, since each write is.
func (l *Lease[E, P]) begin(ctx context.Context) error {
	select {
	case l.writing <- struct{}{}:
		return nil
	default:
	}
	select {
	case l.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return l.holder.Failure(NotCommitted(ctx.Err()))
	}
}

func (l *Lease[E, P]) finish() { <-l.writing }

func (l *Lease[E, P]) inTurn(f func()) {
	l.writing <- struct{}{}
	defer l.finish()
	f()
}

// IsSettled reports whether it is recorded what became of the operation.
func (l *Lease[E, P]) IsSettled() (settled bool) {
	l.inTurn(func() { settled = l.settled })
	return settled
}

// Record is the record as this owner has written it last.
func (l *Lease[E, P]) Record() (rec E) {
	l.inTurn(func() { rec = l.rec })
	return rec
}

// Forget changes the record in memory alone, once nothing is written any more.
func (l *Lease[E, P]) Forget(change func(*E)) { l.inTurn(func() { change(&l.rec) }) }

// Release records what became of the operation, and gives the lease up.
func (l *Lease[E, P]) Release(ctx context.Context, change func(*E)) error {
	return l.writeInTurn(context.WithoutCancel(ctx), change, func() { l.settled = true }) // the caller may have left
}

// Hold changes the record and renews its lease, which was due now.
func (l *Lease[E, P]) Hold(ctx context.Context, now clock.Timestamp, change func(*E)) error {
	return l.writeInTurn(ctx, change, func() { l.held.Store(&now) })
}

func (l *Lease[E, P]) writeInTurn(ctx context.Context, change func(*E), written func()) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	defer l.finish()
	err := l.write(ctx, change)
	if err == nil {
		written()
	}
	return err
}

// Refresh renews a lease of which less than half is left: the record has waited
// in its batch.
func (l *Lease[E, P]) Refresh(ctx context.Context) error {
	if l.left() >= LeaseTime/2 {
		return nil
	}
	return l.Hold(ctx, l.clock.Now(), l.prolong)
}

// Retake makes a record that was taken over this owner's again, if it is still
// of the same generation and mayChange allows it.
func (l *Lease[E, P]) Retake(ctx context.Context, mayChange func(*E) bool) bool {
	if err := l.begin(ctx); err != nil {
		return false
	}
	defer l.finish()
	mine := P(&l.rec).Base()
	rec, ok, err := l.store.Load(ctx, mine.ID)
	if err != nil || !ok || P(&rec).Base().Generation != mine.Generation || !mayChange(&rec) {
		return false
	}
	l.rec, l.doubt, l.late = rec, false, false
	return true
}

// write changes the record, on the condition that it is still this owner's.
func (l *Lease[E, P]) write(ctx context.Context, change func(*E)) error {
	const tries = 3
	for try := 1; ; try++ {
		if err := l.clearDoubt(ctx); err != nil {
			return err
		}
		rec := l.rec
		change(&rec)
		ok, err := l.store.Save(ctx, rec)
		switch {
		case err != nil:
			l.doubt = !errors.Is(err, journal.ErrNotCommitted)
			l.late = l.late || l.doubt
			return l.holder.Failure(err)
		case ok:
			P(&rec).Base().Version++
			l.rec = rec
			return nil
		case !l.late || try == tries:
			return l.holder.Failure(ErrTaken)
		}
		l.doubt = true // a write of this owner's own may have come in between
	}
}

// clearDoubt settles a doubt about the last write by reading the record.
func (l *Lease[E, P]) clearDoubt(ctx context.Context) error {
	if !l.doubt {
		return nil
	}
	mine := P(&l.rec).Base()
	rec, ok, err := l.store.Load(ctx, mine.ID)
	switch {
	case err != nil:
		return l.holder.Failure(err)
	case !ok || P(&rec).Base().Owner != mine.Owner:
		return l.holder.Failure(ErrTaken)
	}
	l.rec, l.doubt = rec, false
	return nil
}
