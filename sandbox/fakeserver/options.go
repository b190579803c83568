package fakeserver

import (
	"fmt"
	"io"
	"slices"
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
	// LedgerLimit is how many lines the ledger keeps; 0 is all.
	LedgerLimit int
	// Strict refuses what the vendor's contract does not name.
	Strict bool
	// Preview emulates operations of which no page of the vendor shows the path.
	Preview bool
	// Seed is what exists from the start, in the format of the vendor's
	// sandbox; nil is its own seed, and nothing else is empty.
	Seed []byte
	// Accounts exist from the start, besides the sandbox's own.
	Accounts []NewAccount
	// Switches are positions of the vendor's switches, by their names.
	Switches map[string]string
	// Bends are differences from the vendor's contract, which the vendor's
	// sandbox checks; see [CheckBends].
	Bends []Bend

	switches []Switch
	clock    *Clock
	random   RandomFaults
	lines    io.Writer // nil: none
}

// NewSettings applies options to the default clock, [time.Now], and to a
// vendor's rules and switches. It fails on a bad option.
func NewSettings(rules KeyRules, opts []Option, switches ...Switch) (Settings, error) {
	chosen := Settings{Now: time.Now, Keys: rules, Switches: map[string]string{}, switches: switches}
	for _, opt := range opts {
		if err := opt(&chosen); err != nil {
			return Settings{}, err
		}
	}
	for name, value := range chosen.Switches {
		if err := checkSwitch(switches, name, value); err != nil {
			return Settings{}, err
		}
	}
	chosen.clock = newClock(chosen.Now)
	chosen.Now = chosen.clock.Now
	return chosen, nil
}

// WithClock makes the server read the time from now, to which [Clock.Advance]
// is added: for the lifetime of keys and resources, and for all timestamps. The
// default is [time.Now], which is virtual inside a bubble of testing/synctest.
// Delays of faults and outages always pass by package time. now is called from
// several goroutines at once.
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
		s.random = RandomFaults{Rate: rate, Seed: seed}
		if err := s.random.check(); err != nil {
			return fmt.Errorf("sandbox: WithRandomFaults: %w", err)
		}
		return nil
	}
}

// WithLedgerLimit bounds how many lines the ledger keeps. Older ones are
// dropped, which [Control.Lines] reports; counters stay exact. The default, 0,
// keeps all.
func WithLedgerLimit(lines int) Option {
	return func(s *Settings) error {
		if lines < 0 {
			return fmt.Errorf("sandbox: WithLedgerLimit: %d is negative", lines)
		}
		s.LedgerLimit = lines
		return nil
	}
}

// WithLedgerWriter writes each line of the ledger to w, as one line of JSON,
// when its request ends. Writes come one at a time. After the first one that
// fails there are no more; see [Control.LedgerError].
func WithLedgerWriter(w io.Writer) Option {
	return func(s *Settings) error {
		if w == nil {
			return fmt.Errorf("sandbox: WithLedgerWriter: no writer")
		}
		s.lines = w
		return nil
	}
}

// WithStrict refuses what the vendor's contract does not name: other content
// types, unknown fields and parameters, keys that are too long.
func WithStrict() Option {
	return func(s *Settings) error {
		s.Strict = true
		return nil
	}
}

// WithPreview emulates the vendor's preview operations too, if there are any: no
// page of the vendor shows their paths.
func WithPreview() Option {
	return func(s *Settings) error {
		s.Preview = true
		return nil
	}
}

// WithSeed replaces what exists from the start, in the JSON that the vendor's
// sandbox documents. Without any data, nil, it is the sandbox's own seed; data
// that is empty is an error.
func WithSeed(data []byte) Option {
	return func(s *Settings) error {
		s.Seed = data
		return nil
	}
}

// WithAccount adds an account that exists from the start. An empty secret, its
// API key or password, is chosen. A name that is given twice is an error.
func WithAccount(name, secret string) Option {
	return func(s *Settings) error {
		if name == "" {
			return fmt.Errorf("sandbox: WithAccount: no name")
		}
		if slices.ContainsFunc(s.Accounts, func(one NewAccount) bool { return one.Name == name }) {
			return fmt.Errorf("sandbox: WithAccount: %s is given twice", name)
		}
		s.Accounts = append(s.Accounts, NewAccount{name, secret})
		return nil
	}
}

// WithSwitch sets one of the vendor's switches.
func WithSwitch(name, value string) Option {
	return func(s *Settings) error {
		s.Switches[name] = value
		return nil
	}
}
