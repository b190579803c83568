package idem

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// graceTime is how long a response that is in the socket may take to be read.
const graceTime = time.Second

// errSlept ends an attempt whose machine fell asleep before its bytes were
// delivered: on waking, the kernel would deliver them (A1).
var errSlept = errors.New("idem: the machine slept with a request undelivered")

// alarm ends an attempt when its time is over, or when the machine has slept. It
// may ring at any time: it asks the clocks what is to be done.
type alarm struct {
	prev, next *alarm // in the pulse's list

	mu    sync.Mutex
	timer *time.Timer
	end   context.CancelCauseFunc
	f     *flight       // under way; or nil
	due   time.Duration // the end of its time, by the monotonic clock
	grace bool          // a response is being read after a sleep
	over  bool          // the context has ended
}

func (a *alarm) begin(f *flight, limit time.Duration) {
	f.call.engine.pulse.add(a, f.start)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.f, a.due = f, f.start.Mono+limit
	a.grace, a.over = false, limit <= 0
	a.arm(limit)
}

func (a *alarm) arm(wait time.Duration) {
	if a.timer == nil {
		a.timer = time.AfterFunc(wait, a.timedOut)
		return
	}
	a.timer.Reset(wait)
}

// finish lets go of the attempt. It reports whether the context has not ended.
func (a *alarm) finish() bool {
	a.mu.Lock()
	f, over := a.f, a.over
	a.f = nil
	a.timer.Stop()
	a.mu.Unlock()
	if f != nil { // else it was let go before
		f.call.engine.pulse.remove(a)
	}
	return !over
}

// timedOut is the timer's.
func (a *alarm) timedOut() { a.ring(period{}) }

// ring looks what is to be done. w is of the timer that fires; zero: the attempt's own.
func (a *alarm) ring(w period) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.f == nil || a.over {
		return
	}
	now := a.f.call.engine.clock.Now()
	slept := a.slept(w, now)
	switch {
	case slept && a.f.undelivered():
		a.stop(errSlept)
	case now.Mono < a.due:
	case slept && !a.grace && a.f.mayBeHeard():
		a.grace, a.due = true, now.Mono+graceTime
		a.arm(graceTime)
	default:
		a.f.timeUp()
		a.stop(errAttemptTimeout)
	}
}

// slept reports whether it was while the attempt was under way.
func (a *alarm) slept(w period, now clock.Timestamp) bool {
	if w.from.IsZero() {
		w = period{from: a.f.start, due: a.due}
	}
	return w.since(a.f.start).slept(now)
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
