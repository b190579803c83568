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

type renewal struct {
	cancel context.CancelCauseFunc // gives up the attempt under way
	// sent reports whether an attempt is under way that is wholly written: its
	// response is awaited also without the lease, for outlive. Nil: none is.
	sent    func() bool
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
	r := &l.renewal
	r.mu.Lock()
	ended, lost := r.ended, r.awaits
	if r.ctx == nil && !ended { // else the renewal before may not have returned yet
		r.ctx, r.stop = context.WithCancel(context.Background())
	}
	r.mu.Unlock()
	switch {
	case ended:
	case lost != nil:
		r.cancel(lost) // the response did not come
	default:
		l.renewed(l.tryRenew(r.ctx))
	}
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

// renewed decides what follows a renewal that failed: another one, soon, or the
// end of what goes on under the claim.
func (l *Lease[E, P]) renewed(err error) {
	r := &l.renewal
	r.mu.Lock()
	defer r.mu.Unlock()
	left := l.left()
	switch {
	case err == nil || r.ended:
	case left > 0 && !errors.Is(err, ErrTaken):
		r.pause = nextRenewPause(r.pause)
		r.timer.Reset(min(r.pause, left))
	case r.sent != nil && r.sent():
		r.awaits = err
		r.timer.Reset(r.outlive)
	default:
		r.cancel(err)
	}
}

func nextRenewPause(last time.Duration) time.Duration {
	return min(max(firstRenewPause, 2*last), lastRenewPause)
}

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
// try fits.
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

func (l *Lease[E, P]) prolong(e *E) {
	P(e).Base().Lease = LeaseTime
	l.holder.Renewing(e)
}

// Assure renews the lease before an attempt. A renewal that fails is repeated
// for as long as the lease holds; one that has lapsed is tried once.
func (l *Lease[E, P]) Assure(ctx context.Context) error {
	for pause := firstRenewPause; ; pause = nextRenewPause(pause) {
		err := l.renew(ctx)
		if err == nil || errors.Is(err, ErrTaken) || ctx.Err() != nil || l.HasLapsed() {
			return err
		}
		clock.Wait(ctx, min(pause, l.left()))
	}
}
