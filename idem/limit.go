package idem

import (
	"context"
	"net/http"
	"time"
)

const (
	// maxElapsed bounds a call with a deadline, where the policy does not.
	maxElapsed = 15 * time.Minute
	// longestElapsed is the longest that a policy may set: journals keep for an hour what
	// tells who made what reading finds.
	longestElapsed = 45 * time.Minute
	// readTime is kept back of a deadline, so that the state of an operation that ends
	// in doubt can be read.
	readTime = 2 * time.Second
)

// limit sets how long the call may go on (R32). Elapsed time is no bound of safety,
// which the key's window is: it says when a caller without a deadline gets an answer.
func (c *call) limit() {
	deadline, has := c.ctx.Deadline()
	switch {
	case c.policy.MaxElapsedTime != 0:
		c.maxElapsed = c.policy.MaxElapsedTime
	case has:
		c.maxElapsed = maxElapsed
	default:
		c.maxElapsed = c.engine.defaultElapsed()
	}
	if has && c.refetch != nil {
		c.reserve = max(min(readTime, time.Until(deadline)/4), 0)
	}
}

// firstSendBound is how long after now the call may send its first byte.
func (c *call) firstSendBound() time.Duration {
	if deadline, has := c.ctx.Deadline(); has {
		return min(c.maxElapsed, time.Until(deadline))
	}
	return c.maxElapsed
}

// defaultElapsed bounds a call without a deadline.
func (e *Engine) defaultElapsed() time.Duration {
	return min(e.profile.MaxElapsedTime, e.policy.KeyTTL) - e.policy.KeyTTLMargin
}

// firstSend is how long after its intent an operation may be sent for the first time.
func (e *Engine) firstSend(r entry) time.Duration {
	return max(min(e.profile.MaxElapsedTime, e.policy.KeyTTL), r.Bound)
}

// executable is the time in which an operation of the journal may have been executed,
// by the wall clock of any machine: each may differ from the server's, and from that
// of the process that recorded the intent.
func (e *Engine) executable(r entry) (from, to time.Time) {
	return r.Since.Add(-2 * skewAllowance), r.Since.Add(e.firstSend(r) + e.policy.KeyTTL + 2*skewAllowance)
}

// authorization is what the header of a request says of its sender.
func authorization(h http.Header) string { return first(h, "Authorization") }

// credentialsChanged asks the key provider whether the next attempt would be sent
// with another key than the last one. A provider that fails may have one the next
// time.
func (c *call) credentialsChanged(ctx context.Context) bool {
	if c.engine.authorize == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, c.policy.AttemptTimeout)
	defer cancel()
	h := http.Header{}
	err := c.engine.authorize(ctx, h)
	return err != nil || authorization(h) != c.credential
}
