package sandbox

import (
	"fmt"
	"time"
)

// Option changes what [New] and [Start] make.
type Option func(*settings) error

type settings struct {
	now    func() time.Time
	rules  keyRules
	random *chance
}

func settingsOf(opts []Option) (settings, error) {
	chosen := settings{now: time.Now, rules: bardgeRules()}
	for _, opt := range opts {
		if err := opt(&chosen); err != nil {
			return settings{}, err
		}
	}
	return chosen, nil
}

// WithClock makes the server read the time from now: for the memory of keys, the end of passes and tokens, and all
// timestamps. The default is [time.Now], which is virtual inside a bubble of testing/synctest. Delays of faults and
// outages always pass by package time. now is called from several goroutines at once.
func WithClock(now func() time.Time) Option {
	return func(s *settings) error {
		if now == nil {
			return fmt.Errorf("sandbox: WithClock: no clock")
		}
		s.now = now
		return nil
	}
}

// WithKeyMemory sets how long an idempotency key is remembered, counted from the moment its first request was taken
// up. The default is 90 s (documented).
func WithKeyMemory(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return fmt.Errorf("sandbox: WithKeyMemory: %v is not positive", d)
		}
		s.rules.memory = d
		return nil
	}
}

// WithRandomFaults makes things go wrong at random: each request that no other fault was meant for meets one with a
// probability of rate, between 0 and 1. The same seed gives the same faults to requests that arrive in the same order.
func WithRandomFaults(seed uint64, rate float64) Option {
	return func(s *settings) error {
		if !(rate >= 0 && rate <= 1) { // NaN is neither
			return fmt.Errorf("sandbox: WithRandomFaults: rate %v is not between 0 and 1", rate)
		}
		s.random = newChance(seed, rate)
		return nil
	}
}
