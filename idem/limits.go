package idem

import (
	"context"
	"net/http"
	"time"
)

const (
	// maxElapsed bounds a call with a deadline, where the policy does not.
	maxElapsed = 15 * time.Minute
	// longestElapsed is the longest that a policy may set: journals keep for an
	// hour what shows which operation made what a read finds.
	longestElapsed = 45 * time.Minute
	// readTime is kept back of a deadline, to read the state of an operation in
	// doubt.
	readTime = 2 * time.Second
)

type limits struct {
	policy      *Policy       // shared, and not changed
	maxElapsed  time.Duration // of the whole call, by the monotonic clock
	readReserve time.Duration // of the caller's deadline, for reading the state
}

// setLimits sets the policy, the call's over the engine's, and how long the
// call may go on (R32). Elapsed time is no bound of safety, which the key's
// window is: it bounds when a caller without a deadline gets an answer.
func (o *operation) setLimits(p Policy) error {
	l := &o.limits
	if p != (Policy{}) {
		own, err := o.engine.policyOver(p)
		if err != nil {
			return err
		}
		l.policy = &own
	}
	deadline, has := o.ctx.Deadline()
	switch {
	case l.policy.MaxElapsedTime != 0:
		l.maxElapsed = l.policy.MaxElapsedTime
	case has:
		l.maxElapsed = maxElapsed
	default:
		l.maxElapsed = o.engine.defaultElapsed()
	}
	if has && o.canRead() {
		l.readReserve = max(min(readTime, time.Until(deadline)/4), 0)
	}
	return nil
}

// policyOver returns a call's policy over the engine's. The key's window is
// shared: other calls under the key, the journal and recovery measure by the
// engine's.
func (e *Engine) policyOver(p Policy) (Policy, error) {
	switch {
	case p.KeyTTL != 0:
		return p, &InvalidError{Field: "KeyTTL", Reason: "is a client's, not one call's"}
	case p.KeyTTLMargin != 0:
		return p, &InvalidError{Field: "KeyTTLMargin", Reason: "is a client's, not one call's"}
	}
	return p.Or(e.given).withDefaults(e.profile)
}

// defaultElapsed bounds a call without a deadline.
func (e *Engine) defaultElapsed() time.Duration {
	return min(e.profile.MaxElapsedTime, e.policy.KeyTTL) - e.policy.KeyTTLMargin
}

// firstSend is how long after its intent an operation may first be sent.
func (e *Engine) firstSend(r entry) time.Duration {
	return max(min(e.profile.MaxElapsedTime, e.policy.KeyTTL), r.Bound)
}

// executable is the time in which a recorded operation may have been executed,
// by the wall clock of any machine.
func (e *Engine) executable(r entry) (from, to time.Time) {
	return r.Since.Add(-2 * skewAllowance), r.Since.Add(e.firstSend(r) + e.policy.KeyTTL + 2*skewAllowance)
}

// credentialsChanged reports whether the next attempt would be sent with another
// API key than the last one. A provider that fails may have one the next time.
func (o *operation) credentialsChanged(ctx context.Context, a *attempt) bool {
	if o.engine.authorize == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, o.limits.policy.AttemptTimeout)
	defer cancel()
	h := http.Header{}
	err := o.engine.authorize(ctx, h)
	return err != nil || h.Get("Authorization") != a.credentials
}
