package idem

import (
	"cmp"
	"fmt"
	"time"
)

// Policy says how often and for how long an operation is tried.
type Policy struct {
	// MaxAttempts counts the first attempt too. Zero is 6, after which a
	// mutation that is still open (nothing sent yet, or ambiguous and safe to
	// repeat) goes on at MaxDelay's pace until MaxElapsedTime, the key's
	// window, the caller's context or the budget ends it. A number set here is
	// final.
	MaxAttempts    int
	AttemptTimeout time.Duration // of one attempt, from dialling to the last byte; zero is 15 s
	BaseDelay      time.Duration // the first wait, then doubled, half of it random; zero is 250 ms
	MaxDelay       time.Duration // caps a wait, but for a server's Retry-After; zero is 8 s
	KeyTTL         time.Duration // how long the server remembers a key; zero is the vendor's; no more
	KeyTTLMargin   time.Duration // kept free at the window's end for late arrivals; zero is 5 s
	// MaxElapsedTime bounds a call, waits included, by the monotonic clock: no
	// attempt begins later. Zero is 15 minutes for a call whose context has a
	// deadline, and the vendor's default (the window less the margin, at most)
	// for one without. A key's window bounds a call earlier once something was
	// sent under it. More than 45 minutes is refused.
	MaxElapsedTime time.Duration
	// NoRetryOn500 ends a call at a 500, as unknown, and the key's window with
	// it: neither a later call nor Recover sends the operation again under the
	// key. For servers that forget the key of a request they answered with 500.
	NoRetryOn500       bool
	DisableRetryBudget bool // lifts the retry budget that the client's calls share
}

const (
	defaultMaxAttempts    = 6
	defaultAttemptTimeout = 15 * time.Second
	defaultBaseDelay      = 250 * time.Millisecond
	defaultMaxDelay       = 8 * time.Second
	defaultWindowMargin   = 5 * time.Second

	// minAttempt is what must remain of a window for a later attempt to begin.
	minAttempt = 2 * time.Second
	// skewAllowance is how far the clocks of two processes may differ.
	skewAllowance = 5 * time.Second
)

func (p Policy) withDefaults(profile Profile) (Policy, error) {
	for _, f := range []struct {
		name string
		d    *time.Duration
		def  time.Duration
	}{
		{"AttemptTimeout", &p.AttemptTimeout, defaultAttemptTimeout},
		{"BaseDelay", &p.BaseDelay, defaultBaseDelay},
		{"MaxDelay", &p.MaxDelay, max(defaultMaxDelay, p.BaseDelay)},
		{"KeyTTL", &p.KeyTTL, profile.KeyTTL},
		{"KeyTTLMargin", &p.KeyTTLMargin, defaultWindowMargin},
		{"MaxElapsedTime", &p.MaxElapsedTime, 0},
	} {
		if *f.d < 0 {
			return p, &InvalidError{Field: f.name, Reason: "is negative"}
		}
		if *f.d == 0 {
			*f.d = f.def
		}
	}
	p.NoRetryOn500 = p.NoRetryOn500 || profile.ForgetsFailed
	return p, p.check(profile)
}

// check runs in each call that has a policy of its own, and makes the words of
// a refusal only where there is one.
func (p Policy) check(profile Profile) error {
	if p.MaxAttempts < 0 {
		return &InvalidError{Field: "MaxAttempts", Reason: "is negative"}
	}
	if p.KeyTTL > profile.KeyTTL {
		return &InvalidError{
			Field:  "KeyTTL",
			Reason: fmt.Sprintf("is longer than the %s that the server remembers a key", profile.KeyTTL),
		}
	}
	if p.AttemptTimeout > p.KeyTTL-p.KeyTTLMargin { // the sum could overflow
		return &InvalidError{
			Field:  "AttemptTimeout",
			Reason: fmt.Sprintf("and KeyTTLMargin exceed the window of %s: an attempt could end outside", p.KeyTTL),
		}
	}
	if profile.MaxElapsedTime <= p.KeyTTLMargin {
		return &InvalidError{
			Field: "Profile.MaxElapsedTime",
			Reason: fmt.Sprintf("of %s is no longer than the KeyTTLMargin of %s: a call would make one attempt",
				profile.MaxElapsedTime, p.KeyTTLMargin),
		}
	}
	if p.MaxElapsedTime > longestElapsed {
		return &InvalidError{Field: "MaxElapsedTime", Reason: "is longer than " + longestElapsed.String()}
	}
	if p.MaxDelay < p.BaseDelay {
		return &InvalidError{Field: "MaxDelay", Reason: "is shorter than BaseDelay"}
	}
	return nil
}

// Or returns the policy with base's values in place of its zero ones.
func (p Policy) Or(base Policy) Policy {
	return Policy{
		MaxAttempts:        cmp.Or(p.MaxAttempts, base.MaxAttempts),
		AttemptTimeout:     cmp.Or(p.AttemptTimeout, base.AttemptTimeout),
		BaseDelay:          cmp.Or(p.BaseDelay, base.BaseDelay),
		MaxDelay:           cmp.Or(p.MaxDelay, base.MaxDelay),
		KeyTTL:             cmp.Or(p.KeyTTL, base.KeyTTL),
		KeyTTLMargin:       cmp.Or(p.KeyTTLMargin, base.KeyTTLMargin),
		MaxElapsedTime:     cmp.Or(p.MaxElapsedTime, base.MaxElapsedTime),
		NoRetryOn500:       p.NoRetryOn500 || base.NoRetryOn500,
		DisableRetryBudget: p.DisableRetryBudget || base.DisableRetryBudget,
	}
}
