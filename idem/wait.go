package idem

import (
	"math/rand/v2"
	"time"
)

// backoff is the wait before attempt n+1, n counting from 1: exponential from
// base up to limit, half of it fixed and half random (R15).
func backoff(base, limit time.Duration, n int) time.Duration {
	d := limit
	if shift := n - 1; shift < 32 && base<<shift < limit && base<<shift > 0 {
		d = base << shift
	}
	return d/2 + rand.N(d/2+1)
}
