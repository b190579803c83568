package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// attemptTimeout bounds an attempt by the policy, by what is left of its key's
// window less the margin (R8), and by the caller's deadline, of which time to
// read the state afterwards is kept back (R33).
func (s *attempts) attemptTimeout(start clock.Timestamp, windowed bool, left time.Duration) time.Duration {
	d := s.policyTimeout(start)
	if deadline, has := s.ctx.Deadline(); has && s.limits.readReserve > 0 {
		d = min(d, deadline.Sub(start.Timer())-s.limits.readReserve)
	}
	if windowed {
		d = min(d, left)
	}
	return d
}

// policyTimeout is how long an attempt may last. It is the policy's, and grows
// after an attempt that timed out although the server had the request: twice as
// long, then as long as the call may last (R36). A server that rolls back when
// its client leaves needs one attempt that waits for it. One that never got the
// request is not waited for.
func (s *attempts) policyTimeout(now clock.Timestamp) time.Duration {
	d := s.limits.policy.AttemptTimeout
	left := min(s.limits.maxElapsed, s.engine.defaultElapsed()) - s.started.Elapsed(now)
	switch s.progress.counts.timeouts {
	case 0:
		return d
	case 1:
		return max(d, min(2*d, left))
	default:
		return max(d, left)
	}
}
