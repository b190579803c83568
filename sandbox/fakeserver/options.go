package fakeserver

import (
	"fmt"
	"time"
)

// Option changes a sandbox's settings.
type Option func(*Settings) error

// Settings are the result of a sandbox's options. Make them with [NewSettings].
type Settings struct {
	// Now is the sandbox's clock.
	Now func() time.Time
	// Keys are the rules for idempotency keys.
	Keys KeyRules

	random *chance
}

// NewSettings applies options to the default clock, [time.Now], and to a
// vendor's rules. It fails on a bad option.
func NewSettings(rules KeyRules, opts []Option) (Settings, error) {
	chosen := Settings{Now: time.Now, Keys: rules}
	for _, opt := range opts {
		if err := opt(&chosen); err != nil {
			return Settings{}, err
		}
	}
	return chosen, nil
}

// WithClock makes the server read the time from now: for the lifetime of keys
// and resources, and for all timestamps. The default is [time.Now], which is
// virtual inside a bubble of testing/synctest. Delays of faults and outages
// always pass by package time. now is called from several goroutines at once.
func WithClock(now func() time.Time) Option {
	return func(s *Settings) error {
		if now == nil {
			return fmt.Errorf("sandbox: WithClock: no clock")
		}
		s.Now = now
		return nil
	}
}

// WithKeyMemory sets how long an idempotency key is remembered, from the
// arrival of its first request. The default is the vendor's.
func WithKeyMemory(d time.Duration) Option {
	return func(s *Settings) error {
		if d <= 0 {
			return fmt.Errorf("sandbox: WithKeyMemory: %v is not positive", d)
		}
		s.Keys.Memory = d
		return nil
	}
}

// WithRandomFaults adds random faults: each request without another fault gets
// one with a probability of rate, between 0 and 1. The same seed gives the same
// faults to requests that arrive in the same order.
func WithRandomFaults(seed uint64, rate float64) Option {
	return func(s *Settings) error {
		if !(rate >= 0 && rate <= 1) { // NaN is neither
			return fmt.Errorf("sandbox: WithRandomFaults: rate %v is not between 0 and 1", rate)
		}
		s.random = newChance(seed, rate)
		return nil
	}
}
