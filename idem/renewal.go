package idem

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// The pauses after a renewal that failed: it is repeated until the lease has
// lapsed.
const (
	firstRenewPause = 100 * time.Millisecond
	lastRenewPause  = time.Second
)

// errRenewalPanicked is a journal that panicked where no call waits for it.
var errRenewalPanicked = errors.New("the journal panicked")

// renewal is what renews a claim's lease while its call runs.
type renewal struct {
	mu     sync.Mutex
	timer  *time.Timer
	ended  bool
	ctx    context.Context    //nolint:containedctx // of all renewals; nil: there was none
	stop   context.CancelFunc // ends it
	pause  time.Duration      // after the last failure; zero: there was none
	awaits error              // why the lease is gone, while a response is still awaited
}

// keep renews the lease while the call runs. end ends it.
func (c *claim) keep() {
	r := &c.renewal
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = time.AfterFunc(lease/3, c.renewInTime)
}

// end stops renewing, also renewals under way.
func (c *claim) end() {
	r := &c.renewal
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

// renewInTime runs on the timer's goroutine, where a panic would end the process.
func (c *claim) renewInTime() {
	ctx, over, lost := c.renewal.begin()
	if over {
		return
	}
	if lost != nil {
		c.cancel(lost) // the response did not come
		return
	}
	c.renewed(c.tryRenew(ctx))
}

// begin returns the context of a renewal. The one before may not have returned yet: a
// retry is scheduled before that.
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
func (c *claim) tryRenew(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			c.ledger.panics.report("journal, in a renewal", v)
			err = journalFailure(fmt.Errorf("%w: %T", errRenewalPanicked, v))
		}
	}()
	return c.renew(ctx)
}

// renewed decides what follows a renewal: the next one, soon where it failed, or the
// end of what goes on under the claim.
func (c *claim) renewed(err error) {
	r := &c.renewal
	r.mu.Lock()
	if err == nil || r.ended {
		r.mu.Unlock()
		return
	}
	left := c.left()
	if left > 0 && !errors.Is(err, errTaken) {
		r.pause = nextRenewPause(r.pause)
		r.timer.Reset(min(r.pause, left))
		r.mu.Unlock()
		return
	}
	if c.sent != nil && c.sent() {
		r.awaits = err
		r.timer.Reset(c.outlive)
		r.mu.Unlock()
		return
	}
	r.mu.Unlock()
	c.cancel(err)
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
		r.timer.Reset(lease / 3)
	}
}

func (r *renewal) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// renew writes a new lease. An error leaves open whether the claim is held, unless it
// is errTaken. It has a third of the lease's time, so that another try fits into it.
func (c *claim) renew(ctx context.Context) error {
	before := c.held.Load()
	if err := c.begin(ctx); err != nil {
		return err
	}
	defer c.finish()
	if c.renewal.over() || c.held.Load() != before { // or renewed while this waited its turn
		return nil
	}
	limit := lease / 3
	if left := c.left(); left > 0 {
		limit = min(limit, left)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	now := c.ledger.clock.Now()
	err := c.write(ctx, c.prolong)
	if err == nil {
		c.held.Store(&now)
		c.renewal.again()
	}
	return err
}

// prolong is what a renewal writes: a new lease, and why the call goes on.
func (c *claim) prolong(r *entry) {
	r.Lease = lease
	if p := c.progress.Load(); p != nil {
		r.attemptSummary = *p
	}
}

// assure renews the lease before an attempt. A renewal that fails is repeated for as
// long as the lease holds; one that has lapsed is asked for once.
func (c *claim) assure(ctx context.Context) error {
	for pause := firstRenewPause; ; pause = nextRenewPause(pause) {
		err := c.renew(ctx)
		if err == nil || errors.Is(err, errTaken) || ctx.Err() != nil || c.lapsed() {
			return err
		}
		sleep(ctx, min(pause, c.left()))
	}
}
