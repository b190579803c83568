package fakeserver

import (
	"context"
	"time"
)

// wait lets time pass and reports whether it did: not if the sandbox was closed
// or ctx ended meanwhile.
func (s *Server[Op]) wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	case <-s.done:
		return false
	}
}
