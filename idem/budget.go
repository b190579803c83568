package idem

import (
	"sync/atomic"
	"time"
)

// budgetCapacity is how many retries the calls of a client may be ahead of the
// definite answers they got.
const budgetCapacity = 100

// budget is the retry budget that a client's calls share (R16), so that a
// server in trouble is not buried under retries. A retry takes one, a definite
// answer gives one back.
type budget struct {
	spent atomic.Int64
	next  atomic.Int64 // when the next request beyond the budget has its turn
}

// betweenTurns is the time between two requests that an exhausted budget does
// not withhold.
const betweenTurns = 100 * time.Millisecond

// reserveTurn is how long a request that is made beyond the budget has to wait
// for its turn, so that a server in trouble is not asked by all calls at once.
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

// empty reports whether no retry is left.
func (b *budget) empty() bool { return b.spent.Load() >= budgetCapacity }

// acquire spends one; it reports false if nothing is left.
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

// release returns one, up to the capacity.
func (b *budget) release() {
	for {
		n := b.spent.Load()
		if n == 0 || b.spent.CompareAndSwap(n, n-1) {
			return
		}
	}
}
