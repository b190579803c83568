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

// delivery is how far the bytes of an attempt have come.
type delivery uint8

const (
	unknownDelivery delivery = iota
	// undelivered: bytes are still in this machine, or on their way.
	undelivered
	// delivered: the request was written to its end, and no byte of it is
	// without an acknowledgement.
	delivered
)

func (a *Attempt) delivery() delivery {
	c, use, before := a.tracked()
	if c == nil {
		return unknownDelivery
	}
	open := c.exchange.queues.Unacknowledged()
	whole, _ := c.writtenSoFar(use, before, a.size)
	switch {
	case open > 0:
		return undelivered
	case open == 0 && whole:
		return delivered
	default:
		return unknownDelivery
	}
}

// timeUp notes whether the server had the request when the attempt's time was
// over, before the connection is closed (R36).
func (a *Attempt) timeUp() {
	atServer := a.delivery() == delivered
	a.mu.Lock()
	defer a.mu.Unlock()
	a.atServer = atServer
}

// mayBeHeard reports whether a response may be read although the time is over
// (R37): the request has left, and it is the only one that may have been
// executed. After another one, bytes of this one must not be delivered. A write
// that the sleep has interrupted has left, too, if the kernel has nothing of it
// any more.
func (a *Attempt) mayBeHeard() bool {
	c, use, before := a.tracked()
	if c == nil {
		return false
	}
	whole, busy := c.writtenSoFar(use, before, a.size)
	open := c.exchange.queues.Unacknowledged()
	left := whole && open <= 0 || busy && open == 0
	return left && a.sender.Gate.Only()
}
