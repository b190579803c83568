package idem

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// tick is how often an attempt under way looks whether the machine has slept.
	tick = time.Second
	// maxLate is how late a timer may fire; one that is later has slept (R37). The
	// clocks may be as far apart.
	maxLate = 250 * time.Millisecond
	// graceTime is how long a response that is in the socket may take to be read.
	graceTime = time.Second
)

// errSlept ends an attempt whose machine fell asleep before its bytes were
// delivered: on waking, the kernel would deliver them (A1).
var errSlept = errors.New("idem: the machine slept with a request undelivered")

// alarm ends an attempt when its time is over, or when the machine has slept. It
// may ring at any time: it asks the clocks what is to be done.
type alarm struct {
	mu    sync.Mutex
	timer *time.Timer
	end   context.CancelCauseFunc
	f     *flight // under way; or nil
	due   instant // the end of its time, by the monotonic clock
	set   instant // when the timer was set, by the monotonic clock
	wall  instant // likewise, by the wall clock
	grace bool    // a response is being read after a sleep
	over  bool    // the context has ended
}

func (a *alarm) begin(f *flight, limit time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.f, a.due = f, f.start.mono.add(limit)
	a.grace, a.over = false, limit <= 0
	a.arm(f.start)
}

// arm sets the timer for the next look.
func (a *alarm) arm(now stamp) {
	a.set, a.wall = now.mono, now.wall
	wait := a.wait()
	if a.timer == nil {
		a.timer = time.AfterFunc(wait, a.ring)
		return
	}
	a.timer.Reset(wait)
}

// wait is how long the timer runs after it was set.
func (a *alarm) wait() time.Duration { return min(a.due.sub(a.set), tick) }

// finish lets go of the attempt. It reports whether the context has not ended.
func (a *alarm) finish() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.f = nil
	a.timer.Stop()
	return !a.over
}

func (a *alarm) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.f == nil || a.over {
		return
	}
	now := a.f.call.engine.clock.now()
	slept := a.slept(now)
	switch {
	case slept && a.f.undelivered():
		a.stop(errSlept)
	case now.mono < a.due:
		a.arm(now)
	case slept && !a.grace && a.f.mayBeHeard():
		a.grace, a.due = true, now.mono.add(graceTime)
		a.arm(now)
	default:
		a.f.timeUp()
		a.stop(errAttemptTimeout)
	}
}

// slept reports whether the process or the machine did: the timer fires late, or the
// wall clock has gone on without the monotonic one.
func (a *alarm) slept(now stamp) bool {
	ran := now.mono.sub(a.set)
	return ran-a.wait() > maxLate || now.wall.sub(a.wall)-ran > maxLate
}

func (a *alarm) stop(why error) {
	a.over = true
	a.end(why)
}

// timeUp notes whether the server had the request when the attempt's time was over,
// before the connection is closed (R36).
func (f *flight) timeUp() {
	taken := f.arrived()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken = taken
}

// mayBeHeard reports whether a response may be read although the time is over (R37):
// the request has left, and it is the only one that may have been executed. After
// another one, bytes of this one must not be delivered. A write that the sleep has
// interrupted has left, too, if the kernel has nothing of it any more.
func (f *flight) mayBeHeard() bool {
	c, use, base := f.ours()
	if c == nil {
		return false
	}
	whole, busy := c.writtenSoFar(use, base, len(f.call.request.Body))
	open := c.unacknowledged()
	left := whole && open <= 0 || busy && open == 0
	k := f.call.held.look()
	return left && k.outcome == OutcomeNotSent && k.pending <= 1
}
