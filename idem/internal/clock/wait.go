package clock

import (
	"context"
	"time"
)

// Wait waits for a time. It reports false if ctx has ended it.
func Wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
