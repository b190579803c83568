package idem

import (
	"sync"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// recoveryQueue counts what a pass has in hand, and knows when what was put
// back is due.
type recoveryQueue struct {
	limit   int           // of yields; 0: none
	changed chan struct{} // has room for one; filled after each change

	mu      sync.Mutex
	inHand  int
	yielded int
	next    time.Time // when an operation that was put back is due; zero: none
	last    time.Time // when all of them are
}

func (q *recoveryQueue) change(f func()) {
	q.mu.Lock()
	f()
	q.mu.Unlock()
	select {
	case q.changed <- struct{}{}:
	default:
	}
}

func (q *recoveryQueue) begun()    { q.change(func() { q.inHand++ }) }
func (q *recoveryQueue) finished() { q.change(func() { q.inHand-- }) }
func (q *recoveryQueue) yields()   { q.change(func() { q.yielded++ }) }

func (q *recoveryQueue) deferred(d time.Duration) {
	const slack = 20 * time.Millisecond // the store rounds
	due := time.Now().Add(d + slack)
	q.change(func() {
		if q.next.IsZero() || due.Before(q.next) {
			q.next = due
		}
		if due.After(q.last) {
			q.last = due
		}
	})
}

// awaitRoom returns how many records may be adopted; zero if the limit is
// reached.
func (q *recoveryQueue) awaitRoom(p *recoveryPass) int {
	if q.limit == 0 {
		return journal.MaxLimit
	}
	for {
		q.mu.Lock()
		room, over := max(q.limit-q.yielded-q.inHand, 0), q.yielded >= q.limit
		q.mu.Unlock()
		if room > 0 || over || !q.await(p, nil) {
			return room
		}
	}
}

// awaitMore waits until an operation that was put back is due. It reports false
// when nothing is in hand or put back any more.
func (q *recoveryQueue) awaitMore(p *recoveryPass) bool {
	for {
		wait, more := q.untilDue(time.Now())
		if !more || wait == 0 {
			return more
		}
		var due <-chan time.Time
		if wait > 0 {
			due = time.After(wait)
		}
		if !q.await(p, due) {
			return false
		}
	}
}

// untilDue is how long to wait for the next operation that was put back: zero
// if it is due, negative if there is none and work goes on.
func (q *recoveryQueue) untilDue(now time.Time) (wait time.Duration, more bool) {
	const pause = 250 * time.Millisecond
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.next.IsZero():
		return -1, q.inHand > 0
	case now.Before(q.next):
		return q.next.Sub(now), true
	case now.Before(q.last):
		q.next = now.Add(pause)
	default:
		q.next = time.Time{}
	}
	return 0, true
}

// await waits for a change or until due. It reports false when the pass is
// over.
func (q *recoveryQueue) await(p *recoveryPass, due <-chan time.Time) bool {
	select {
	case <-q.changed:
	case <-due:
	case <-p.left:
		return false
	case <-p.engine.drain.closing:
		return false
	case <-p.ctx.Done():
		return false
	}
	return true
}
