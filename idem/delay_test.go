package idem

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestR15_BackoffIsExponentialHalfRandomAndCapped(t *testing.T) {
	const base, limit = 250 * time.Millisecond, 8 * time.Second
	for n, full := range map[int]time.Duration{
		1: base, 2: 2 * base, 3: 4 * base, 4: 8 * base, 5: 16 * base, 6: limit, 7: limit, 40: limit, 64: limit, 1000: limit,
	} {
		low, high := time.Duration(math.MaxInt64), time.Duration(0)
		for range 400 {
			d := jitter(randomUpTo).backoff(base, limit, n)
			low, high = min(low, d), max(high, d)
		}
		assert.GreaterOrEqual(t, low, full/2, "n=%d", n)
		assert.LessOrEqual(t, high, full, "n=%d", n)
		assert.Greater(t, high-low, full/4, "n=%d: half of it is random", n)
	}
}

func TestR16_BudgetIsSharedAndGivenBack(t *testing.T) {
	var b budget
	for range budgetCapacity {
		assert.True(t, b.acquire())
	}
	assert.False(t, b.acquire(), "spent")
	b.release()
	assert.True(t, b.acquire(), "a definite answer gives one back")
	for range 3 * budgetCapacity {
		b.release()
	}
	for range budgetCapacity {
		assert.True(t, b.acquire())
	}
	assert.False(t, b.acquire(), "never more than its capacity")
}
