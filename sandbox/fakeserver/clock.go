package fakeserver

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

// Clock is a server's clock. It can be advanced and frozen, and never goes
// back. Everything in the server follows it: the lifetime of keys and
// resources, timestamps, delays of faults and outages. It starts at the time of
// [WithClock]. Make one with [NewSettings].
type Clock struct {
	base  func() time.Time
	start time.Time // of package time; delays pass by it

	mu       sync.Mutex
	advanced time.Duration // in all
	ahead    time.Duration // of base
	passed   time.Duration // on top of package time since start
	frozen   *instant      // nil while the clock runs
	change   chan struct{} // closed when any of these changes
}

// instant is a moment on both of a clock's scales.
type instant struct {
	now     time.Time
	elapsed time.Duration
}

// maxAdvance bounds the sum of all steps, so that no date overflows.
const maxAdvance = 100 * 365 * 24 * time.Hour

func newClock(base func() time.Time) *Clock {
	return &Clock{base: base, start: time.Now(), change: make(chan struct{})}
}

// Now returns the server's time.
func (c *Clock) Now() time.Time {
	base := c.base() // before the lock: it is the user's
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at(base).now
}

// Frozen reports whether the clock is stopped.
func (c *Clock) Frozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frozen != nil
}

// Advance moves the clock forward. What was due meanwhile happens at once:
// delays and outages end, keys are forgotten. It fails unless d is positive and
// all steps together are at most 100 years.
func (c *Clock) Advance(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d <= 0 || d > maxAdvance-c.advanced {
		return fmt.Errorf("sandbox: the clock goes forward, by at most 100 years: it does not advance by %v", d)
	}
	c.advanced += d
	if c.frozen != nil {
		c.frozen = &instant{c.frozen.now.Add(d), c.frozen.elapsed + d}
	} else {
		c.ahead, c.passed = c.ahead+d, c.passed+d
	}
	c.changed()
	return nil
}

// Freeze stops the clock; [Clock.Advance] still moves it. A second Freeze does
// nothing.
func (c *Clock) Freeze() {
	base := c.base()
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.at(base)
	c.frozen = &at
	c.changed()
}

// Resume lets a frozen clock run on from its time.
func (c *Clock) Resume() {
	base := c.base()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen == nil {
		return
	}
	c.ahead = c.frozen.now.Sub(base)
	c.passed = c.frozen.elapsed - time.Since(c.start)
	c.frozen = nil
	c.changed()
}

// at returns the present moment. The caller holds the lock.
func (c *Clock) at(base time.Time) instant {
	if c.frozen != nil {
		return *c.frozen
	}
	return instant{base.Add(c.ahead), time.Since(c.start) + c.passed}
}

func (c *Clock) changed() {
	close(c.change)
	c.change = make(chan struct{})
}

// elapsed returns the time that has passed on the clock since it was made, and
// a channel that is closed when the clock is steered. running is false while
// the clock is frozen.
func (c *Clock) elapsed() (passed time.Duration, running bool, change <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen != nil {
		return c.frozen.elapsed, false, c.change
	}
	return time.Since(c.start) + c.passed, true, c.change
}

// in returns the moment on the clock, for [Clock.wait], that lies d ahead.
func (c *Clock) in(d time.Duration) (due time.Duration) {
	passed, _, _ := c.elapsed()
	return passed + min(d, math.MaxInt64-passed)
}

// wait lets time pass on the clock until due and reports whether it did: not if
// stop was closed or ctx ended meanwhile.
func (c *Clock) wait(ctx context.Context, stop <-chan struct{}, due time.Duration) bool {
	for {
		passed, running, change := c.elapsed()
		if passed >= due {
			return true
		}
		if !c.pause(ctx, stop, change, running, due-passed) {
			return false
		}
	}
}

// pause waits for d, or until the clock is steered. It reports false if stop or
// ctx ended it.
func (*Clock) pause(ctx context.Context, stop, change <-chan struct{}, running bool, d time.Duration) bool {
	var over <-chan time.Time // never, while the clock is frozen
	if running {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-change:
	case <-ctx.Done():
		return false
	case <-stop:
		return false
	}
	return true
}
