package clock

import (
	"sync/atomic"
	"time"
)

// sleepWatch caches how long the machine has slept. A sleep and a step both
// change the gap between wall and monotonic clock, so the platform is queried
// only after the gap has changed, and timestamps cost no system call. The
// cached value may be too small, never too large: a timestamp's age may be too
// large, never too small.
type sleepWatch struct {
	ask   func() (time.Duration, bool) // false: not supported
	gap   atomic.Int64                 // wall minus monotonic clock at the last refresh
	slept atomic.Int64                 // the largest value so far; zero: none
}

// systemSleep is shared by all engines of a process, because a Key carries the
// time of its first send from one to another.
var systemSleep = sleepWatch{ask: systemSlept}

const (
	// maxDrift is how far the gap may change before the platform is queried.
	// Slewing by NTP takes some minutes to get there.
	maxDrift = 250 * time.Millisecond
	// sleepGrain is the shortest sleep that counts: two readings always differ.
	sleepGrain = 10 * time.Millisecond
	// sleepOrigin (36 years) keeps values positive: in a time namespace the
	// difference of the two clocks can be negative.
	sleepOrigin = 1 << 60
)

// at returns the time slept up to s, which must be the present; zero if
// unknown.
func (w *sleepWatch) at(s Timestamp) time.Duration {
	gap := s.Wall - s.Mono
	if d := gap - time.Duration(w.gap.Load()); d > maxDrift || d < -maxDrift {
		return w.refresh(s)
	}
	return time.Duration(w.slept.Load())
}

// refresh queries the platform; it returns zero if that is not supported.
func (w *sleepWatch) refresh(s Timestamp) time.Duration {
	var slept int64
	if reading, ok := w.ask(); ok {
		slept = w.raise(sleepOrigin + int64(reading))
	} else {
		w.slept.Store(0)
	}
	w.gap.Store(int64(s.Wall - s.Mono)) // after slept: at reads them in reverse order
	return time.Duration(slept)
}

// raise stores a larger value, and returns the largest so far.
func (w *sleepWatch) raise(slept int64) int64 {
	for {
		known := w.slept.Load()
		if slept < known+int64(sleepGrain) {
			return known
		}
		if w.slept.CompareAndSwap(known, slept) {
			return slept
		}
	}
}
