package bluesnap

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// WithWallClock replaces the system's wall clock, for tests of sleeping
// machines.
func WithWallClock(now func() time.Time) Option {
	return newOption("WithWallClock", func(s *settings) error {
		s.wallClock = now
		return nil
	})
}
