package idem

import (
	"sync/atomic"
	"time"
)

// budgetCapacity is how many retries a client's calls may be ahead of the
// definite responses they got.
const budgetCapacity = 100

// budget is the retry budget that a client's calls share (R16), so that a
// server in trouble is not buried under retries. A retry takes one, a definite
// response gives one back.
type budget struct {
	spent atomic.Int64
	next  atomic.Int64 // when the next request beyond the budget has its turn
}

// betweenTurns is the time between two requests beyond an exhausted budget.
const betweenTurns = 100 * time.Millisecond

// reserveTurn is how long a request beyond the budget waits for its turn, so
// that not all calls reach a server in trouble at once.
func (b *budget) reserveTurn(now time.Duration) time.Duration {
	for {
		next := b.next.Load()
		at := int64(now)
		if next != 0 { // zero: it was not used yet
			at = max(next, at)
		}
		if b.next.CompareAndSwap(next, at+int64(betweenTurns)) {
			return time.Duration(at - int64(now))
		}
	}
}

func (b *budget) empty() bool { return b.spent.Load() >= budgetCapacity }

func (b *budget) acquire() bool {
	for {
		n := b.spent.Load()
		if n >= budgetCapacity {
			return false
		}
		if b.spent.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (b *budget) release() {
	for {
		n := b.spent.Load()
		if n == 0 || b.spent.CompareAndSwap(n, n-1) {
			return
		}
	}
}
