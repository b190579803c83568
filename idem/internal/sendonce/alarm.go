package sendonce

import (
	"context"
	"errors"
	"sync"
	"time"
)

// graceTime is how long a response that is in the socket may take to be read.
const graceTime = time.Second

// ErrSlept ends an attempt whose machine fell asleep before its bytes were
// delivered: on waking, the kernel would deliver them (A1).
var ErrSlept = errors.New("idem: the machine slept with a request undelivered")

// alarm ends an attempt when its time is over, or when the machine has slept.
// It may ring at any time: the clocks show what is to be done.
type alarm struct {
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
	if l.timer == nil {
		l.timer = time.AfterFunc(limit, func() { l.ring(period{}) })
	} else {
		l.timer.Reset(limit)
	}
	if l.over { // the timer's goroutine might come after a byte
		l.end(ErrAttemptTimeout)
	}
}

// ring decides what is to be done. w is of the timer that fires; zero: the
// attempt's own.
func (l *alarm) ring(w period) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.a == nil || l.over {
		return
	}
	if w == (period{}) {
		w = period{from: l.a.start, due: l.due}
	}
	now := l.a.sender.Session.clock.Now()
	slept := w.since(l.a.start).slept(now)
	switch {
	case slept && l.a.delivery() == undelivered:
		l.stop(ErrSlept)
	case now.Mono < l.due:
	case slept && !l.grace && l.a.mayBeHeard():
		l.grace, l.due = true, now.Mono+graceTime
		l.timer.Reset(graceTime)
	default:
		l.a.timeUp()
		l.stop(ErrAttemptTimeout)
	}
}

func (l *alarm) stop(why error) {
	l.over = true
	l.end(why)
}
