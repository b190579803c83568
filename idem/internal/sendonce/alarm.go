package sendonce

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// graceTime is how long a response that is in the socket may take to be read.
const graceTime = time.Second

// ErrSlept ends an attempt whose machine fell asleep before its bytes were
// delivered: on waking, the kernel would deliver them (A1).
var ErrSlept = errors.New("idem: the machine slept with a request undelivered")

// alarm ends an attempt when its time is over, or when the machine has slept.
// It may ring at any time: it asks the clocks what is to be done.
type alarm struct {
	prev, next *alarm // in the pulse's list

	mu    sync.Mutex
	timer *time.Timer
	end   context.CancelCauseFunc
	a     *Attempt      // under way; or nil
	due   time.Duration // the end of its time, by the monotonic clock
	grace bool          // a response is being read after a sleep
	over  bool          // the context has ended
}

func (l *alarm) begin(a *Attempt, limit time.Duration) {
	a.sender.Session.pulse.add(l, a.start)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.a, l.due = a, a.start.Mono+limit
	l.grace, l.over = false, limit <= 0
	l.arm(limit)
}

func (l *alarm) arm(wait time.Duration) {
	if l.timer == nil {
		l.timer = time.AfterFunc(wait, l.timedOut)
		return
	}
	l.timer.Reset(wait)
}

// finish lets go of the attempt. It reports whether the context has not ended.
func (l *alarm) finish() bool {
	l.mu.Lock()
	a, over := l.a, l.over
	l.a = nil
	l.timer.Stop()
	l.mu.Unlock()
	if a != nil { // else it was let go before
		a.sender.Session.pulse.remove(l)
	}
	return !over
}

// timedOut is the timer's.
func (l *alarm) timedOut() { l.ring(period{}) }

// ring looks what is to be done. w is of the timer that fires; zero: the
// attempt's own.
func (l *alarm) ring(w period) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.a == nil || l.over {
		return
	}
	now := l.a.sender.Session.clock.Now()
	slept := l.slept(w, now)
	switch {
	case slept && l.a.delivery() == undelivered:
		l.stop(ErrSlept)
	case now.Mono < l.due:
	case slept && !l.grace && l.a.mayBeHeard():
		l.grace, l.due = true, now.Mono+graceTime
		l.arm(graceTime)
	default:
		l.a.timeUp()
		l.stop(ErrAttemptTimeout)
	}
}

// slept reports whether it was while the attempt was under way.
func (l *alarm) slept(w period, now clock.Timestamp) bool {
	if w.from.IsZero() {
		w = period{from: l.a.start, due: l.due}
	}
	return w.since(l.a.start).slept(now)
}

func (l *alarm) stop(why error) {
	l.over = true
	l.end(why)
}
