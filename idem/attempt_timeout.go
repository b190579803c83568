package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// attemptTimeout is how long an attempt may last, whatever its key's window. The
// policy says so at first. After an attempt that timed out although the server
// had the request it is twice as long, then as long as the call may last (R36):
// a server that rolls back when its client leaves needs one attempt that waits
// for it. Time is kept back of the caller's deadline to read the state (R33).
func (s *attempts) attemptTimeout(start clock.Timestamp) time.Duration {
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
	return d
}
