package idem

import (
	"context"
	"net/http"
	"time"
)

const (
	// maxElapsed bounds a call with a deadline, where the policy does not.
	maxElapsed = 15 * time.Minute
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
	if has && c.reread != nil {
		c.reserve = max(min(readTime, time.Until(deadline)/4), 0)
	}
}

// defaultElapsed bounds a call without a deadline.
func (e *Engine) defaultElapsed() time.Duration {
	return min(e.profile.Patience, e.policy.Window) - e.policy.WindowMargin
}

// reach is how long after its intent an operation may still be sent for the first
// time, by a call of an engine like this one.
func (e *Engine) reach() time.Duration { return max(maxElapsed, e.policy.MaxElapsedTime) }

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
