package idem

import (
	"sync/atomic"
	"time"
)

// sleepWatch knows how long the machine has slept. It asks the platform only when wall
// and monotonic clock have parted since it asked last, which either a sleep or a
// step does, so that stamps cost no system call. What it knows is at most too little: a
// stamp's age is then at most too large.
type sleepWatch struct {
	ask   func() (time.Duration, bool) // false: the platform cannot tell
	gap   atomic.Int64                 // wall less monotonic clock, when it asked last
	slept atomic.Int64                 // the most that it was told
}

// systemSleep is the platform's. The clients of a process share it: a Key carries the
// time of its first send from one to the other.
var systemSleep = sleepWatch{ask: systemSlept}

const (
	// parted is by how much the two clocks differ from what they did, until the platform
	// is asked. Adjusting the wall clock's rate gets there in some minutes.
	parted = 250 * time.Millisecond
	// sleepGrain is the shortest sleep: two readings differ by a little in any case.
	sleepGrain = 10 * time.Millisecond
	// sleepOrigin keeps what is known above zero, whatever a container's own clocks
	// count from: 36 years.
	sleepOrigin = 1 << 60
)

// at is how long the machine had slept at a moment that is now.
func (w *sleepWatch) at(s stamp) instant {
	gap := s.wall.sub(s.mono)
	if d := gap - time.Duration(w.gap.Load()); d > parted || d < -parted {
		return w.look(s)
	}
	return instant(w.slept.Load())
}

// look asks the platform; zero where it cannot tell.
func (w *sleepWatch) look(s stamp) instant {
	var slept int64
	if told, ok := w.ask(); ok {
		slept = w.raise(sleepOrigin + int64(told))
	} else {
		w.slept.Store(0)
	}
	w.gap.Store(int64(s.wall.sub(s.mono))) // after what goes with it
	return instant(slept)
}

// raise keeps the most that was told. Nothing sleeps backwards.
func (w *sleepWatch) raise(told int64) int64 {
	for {
		known := w.slept.Load()
		if told < known+int64(sleepGrain) {
			return known
		}
		if w.slept.CompareAndSwap(known, told) {
			return told
		}
	}
}
