package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// deadline bounds the attempt by its timeout and, for a key with a window, by the
// window's end less the margin (R8). Time to read the state afterwards is kept back of
// the caller's deadline (R33).
func (c *call) deadline(k keySnapshot, start clock.Timestamp) time.Duration {
	d := c.timeout(start)
	if deadline, has := c.ctx.Deadline(); has && c.reserve > 0 {
		d = min(d, deadline.Sub(start.Timer())-c.reserve)
	}
	if c.windowed(k) {
		d = min(d, c.engine.window().left(k, start))
	}
	return d
}

// timeout is how long an attempt may last. It is the policy's, and grows after an
// attempt that timed out although the server had the request: twice as long, then as
// long as the call may last (R36). A server that rolls back when its client leaves
// needs one attempt that waits for it. One that never got the request is not waited
// for.
func (c *call) timeout(now clock.Timestamp) time.Duration {
	d := c.policy.AttemptTimeout
	left := min(c.maxElapsed, c.engine.defaultElapsed()) - c.started.Elapsed(now)
	switch c.slow {
	case 0:
		return d
	case 1:
		return max(d, min(2*d, left))
	default:
		return max(d, left)
	}
}
