package claim

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// The pauses after a renewal that failed: it is repeated until the lease has
// lapsed.
const (
	firstRenewPause = 100 * time.Millisecond
	lastRenewPause  = time.Second
)

// renewal is what renews a lease while its call runs.
type renewal struct {
	cancel context.CancelCauseFunc // gives up the attempt under way
	// sent reports whether an attempt is under way that is wholly written: its
	// response is awaited also without the lease. Nil: none is.
	sent func() bool
	// outlive bounds how long it is awaited then.
	outlive time.Duration

	mu     sync.Mutex
	timer  *time.Timer
	ended  bool
	ctx    context.Context    //nolint:containedctx // of all renewals; nil: there was none
	stop   context.CancelFunc // ends it
	pause  time.Duration      // after the last failure; zero: there was none
	awaits error              // why the lease is gone, while a response is still awaited
}

// Keep renews the lease while the call runs, until End. cancel is called once
// the lease is lost; while sent reports that a request is wholly written, not
// before its response has been awaited for outlive. A nil sent reports false.
func (l *Lease[E, P]) Keep(cancel context.CancelCauseFunc, sent func() bool, outlive time.Duration) {
	r := &l.renewal
	r.cancel, r.sent, r.outlive = cancel, sent, outlive
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = time.AfterFunc(LeaseTime/3, l.renewInTime)
}

// End stops renewing, also renewals under way.
func (l *Lease[E, P]) End() {
	r := &l.renewal
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	if r.timer != nil {
		r.timer.Stop()
	}
	if r.stop != nil {
		r.stop()
	}
}

// renewInTime runs on the timer's goroutine, where a panic would end the
// process.
func (l *Lease[E, P]) renewInTime() {
	ctx, over, lost := l.renewal.begin()
	if over {
		return
	}
	if lost != nil {
		l.renewal.cancel(lost) // the response did not come
		return
	}
	l.renewed(l.tryRenew(ctx))
}

// begin returns the context of a renewal. The one before may not have returned
// yet: a retry is scheduled before that.
func (r *renewal) begin() (ctx context.Context, over bool, lost error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || r.awaits != nil {
		return nil, r.ended, r.awaits
	}
	if r.ctx == nil {
		r.ctx, r.stop = context.WithCancel(context.Background())
	}
	return r.ctx, false, nil
}

// tryRenew takes a panic of the journal for a renewal that failed.
func (l *Lease[E, P]) tryRenew(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = l.holder.Failure(l.holder.Panicked(v))
		}
	}()
	return l.renew(ctx)
}

// renewed decides what follows a renewal: the next one, soon where it failed,
// or the end of what goes on under the claim.
func (l *Lease[E, P]) renewed(err error) {
	r := &l.renewal
	r.mu.Lock()
	if err == nil || r.ended {
		r.mu.Unlock()
		return
	}
	left := l.left()
	if left > 0 && !errors.Is(err, ErrTaken) {
		r.pause = nextRenewPause(r.pause)
		r.timer.Reset(min(r.pause, left))
		r.mu.Unlock()
		return
	}
	if r.sent != nil && r.sent() {
		r.awaits = err
		r.timer.Reset(r.outlive)
		r.mu.Unlock()
		return
	}
	r.mu.Unlock()
	r.cancel(err)
}

func nextRenewPause(last time.Duration) time.Duration {
	return min(max(firstRenewPause, 2*last), lastRenewPause)
}

// again schedules the next renewal, after one that succeeded.
func (r *renewal) again() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pause, r.awaits = 0, nil
	if !r.ended {
		r.timer.Reset(LeaseTime / 3)
	}
}

func (r *renewal) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// renew writes a new lease. An error leaves open whether the lease is held,
// unless it is ErrTaken. It has a third of the lease's time, so that another
// try fits into it.
func (l *Lease[E, P]) renew(ctx context.Context) error {
	before := l.held.Load()
	if err := l.begin(ctx); err != nil {
		return err
	}
	defer l.finish()
	if l.renewal.over() || l.held.Load() != before { // or renewed while this waited its turn
		return nil
	}
	limit := LeaseTime / 3
	if left := l.left(); left > 0 {
		limit = min(limit, left)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	now := l.clock.Now()
	err := l.write(ctx, l.prolong)
	if err == nil {
		l.held.Store(&now)
		l.renewal.again()
	}
	return err
}

// prolong is what a renewal writes.
func (l *Lease[E, P]) prolong(e *E) {
	P(e).Base().Lease = LeaseTime
	l.holder.Renewing(e)
}

// Assure renews the lease before an attempt. A renewal that fails is repeated
// for as long as the lease holds; one that has lapsed is asked for once.
func (l *Lease[E, P]) Assure(ctx context.Context) error {
	for pause := firstRenewPause; ; pause = nextRenewPause(pause) {
		err := l.renew(ctx)
		if err == nil || errors.Is(err, ErrTaken) || ctx.Err() != nil || l.HasLapsed() {
			return err
		}
		clock.Wait(ctx, min(pause, l.left()))
	}
}
