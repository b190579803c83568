package idem

import "sync/atomic"

// budgetCapacity is how many retries the calls of a client may be ahead of the
// definite answers they got.
const budgetCapacity = 100

// budget is the retry budget that a client's calls share (R16), so that a
// server in trouble is not buried under retries. A retry takes one, a definite
// answer gives one back.
type budget struct {
	spent atomic.Int64
	off   bool
}

// take spends one; it reports false if nothing is left.
func (b *budget) take() bool {
	if b.off {
		return true
	}
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

// giveBack returns one, up to the capacity.
func (b *budget) giveBack() {
	for {
		n := b.spent.Load()
		if n == 0 || b.spent.CompareAndSwap(n, n-1) {
			return
		}
	}
}
