package bluesnap

import "time"

// WithWallClock replaces the system's wall clock, for tests of sleeping
// machines.
func WithWallClock(now func() time.Time) Option {
	return newOption("WithWallClock", func(s *settings) error {
		s.wallClock = now
		return nil
	})
}
