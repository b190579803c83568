package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// deadline bounds the attempt by its timeout and, for a key with a window, by the
// window's end less the margin (R8). Time to read the state afterwards is kept back of
// the caller's deadline (R33).
func (c *call) deadline(k knowledge, f *flight) time.Duration {
	d := c.timeout(f.start)
	if deadline, has := c.ctx.Deadline(); has && c.reserve > 0 {
		d = min(d, deadline.Sub(f.start.Timer())-c.reserve)
	}
	if c.windowed(k) {
		d = min(d, c.engine.window().left(k, f.start))
	}
	f.timeout = d
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

// arrived reports whether the server has the request, as far as the platform shows:
// it was written to its end, and no byte of it is without an acknowledgement.
func (f *flight) arrived() bool { return f.delivery() == delivered }

// undelivered reports whether bytes of the attempt are still in this machine, or on
// their way.
func (f *flight) undelivered() bool { return f.delivery() == undelivered }

// delivery says how far the bytes of an attempt are known to have come.
type delivery uint8

const (
	unknownDelivery delivery = iota
	undelivered
	delivered
)

func (f *flight) delivery() delivery {
	c, use, base := f.ours()
	if c == nil {
		return unknownDelivery
	}
	open := c.unacknowledged()
	whole, _ := c.writtenSoFar(use, base, len(f.call.request.Body))
	switch {
	case open > 0:
		return undelivered
	case open == 0 && whole:
		return delivered
	default:
		return unknownDelivery
	}
}
