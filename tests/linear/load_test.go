package linear

import (
	"math/rand/v2"
	"time"
)

// load is the callers' work in a history.
type load struct {
	refs     int
	fresh    time.Duration // the time after which the next ref is in use
	pause    time.Duration // the longest one between two calls of a caller
	patience time.Duration // the longest time that a caller has
}

// choose returns the number of a ref: mostly one of the last three in use.
func (l load) choose(dice *rand.Rand, began time.Time) int {
	last := min(int(time.Since(began)/l.fresh), l.refs-1)
	if chance(dice, 0.6) {
		return last - dice.IntN(min(3, last+1))
	}
	return dice.IntN(last + 1)
}

func (l load) timeout(dice *rand.Rand) time.Duration {
	if chance(dice, 0.5) {
		return l.patience
	}
	return between(dice, 0, l.patience/10)
}
