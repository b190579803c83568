package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// attemptTimeout is how long an attempt may last. The policy states it at
// first. After an attempt that timed out although the server had the request it
// is twice as long, then as long as the call may last (R36): a server that
// rolls back when its client leaves needs one attempt that waits for it. One
// that never got the request is not waited for.
//
// An attempt ends before its key's window does, less the margin (R8), and early
// enough before the caller's deadline that the state can be read (R33).
func (s *attempts) attemptTimeout(start clock.Timestamp, windowed bool, left time.Duration) time.Duration {
	d := s.limits.policy.AttemptTimeout
	if timeouts := s.progress.counts.timeouts; timeouts > 0 {
		longest := min(s.limits.maxElapsed, s.engine.defaultElapsed()) - s.started.Elapsed(start)
		if timeouts == 1 {
			longest = min(2*d, longest)
		}
		d = max(d, longest)
	}
	if deadline, has := s.ctx.Deadline(); has && s.limits.readReserve > 0 {
		d = min(d, deadline.Sub(start.Timer())-s.limits.readReserve)
	}
	if windowed {
		d = min(d, left)
	}
	return d
}
