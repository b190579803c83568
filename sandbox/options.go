package sandbox

import (
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Option changes what [New] and [Start] make.
type Option = fakeserver.Option

// WithClock makes the server read the time from now: for the lifetime of keys,
// passes and tokens, and all timestamps. The default is [time.Now], which is
// virtual inside a bubble of testing/synctest. Delays of faults and outages
// always pass by package time. now is called from several goroutines at once.
func WithClock(now func() time.Time) Option { return fakeserver.WithClock(now) }

// WithKeyMemory sets how long an idempotency key is remembered, from the
// arrival of its first request. The default is 90 s (documented).
func WithKeyMemory(d time.Duration) Option { return fakeserver.WithKeyMemory(d) }

// WithRandomFaults adds random faults: each request without another fault gets
// one with a probability of rate, between 0 and 1. The same seed gives the same
// faults to requests that arrive in the same order.
func WithRandomFaults(seed uint64, rate float64) Option {
	return fakeserver.WithRandomFaults(seed, rate)
}
