// Package clock reads the client's clocks: the monotonic one, the wall clock,
// and the time that the machine has slept, which distinguishes a sleep from a
// step of the wall clock.
package clock

import (
	"context"
	"math"
	"time"
)

// Timestamp is one moment on the client's clocks. The monotonic clock stops
// while the machine sleeps; the wall clock can be set. The zero value is no
// moment.
type Timestamp struct {
	// Mono counts from a moment before the process's first timestamp. Zero
	// where another process saw the moment, until it is anchored.
	Mono time.Duration
	// Wall counts from 1970.
	Wall time.Duration
	// Slept is how long the machine had slept by then, or less. Zero: unknown.
	Slept time.Duration
}

// The wall clock's values count from 1970, and reach into 2261, with a year to
// spare for what is added to them. What lies beyond is taken for the first or
// the last one: as old, or as far ahead, as can be.
var (
	firstWall = time.Unix(0, 1)
	lastWall  = time.Unix(0, math.MaxInt64).AddDate(-1, 0, 0)
)

// AtWall is a moment that another process saw, by its wall clock.
func AtWall(t time.Time) Timestamp { return Timestamp{Wall: sinceEpoch(t)} }

func sinceEpoch(t time.Time) time.Duration {
	switch {
	case t.Before(firstWall):
		t = firstWall
	case t.After(lastWall):
		t = lastWall
	}
	return time.Duration(t.UnixNano())
}

// IsZero reports whether s is no moment.
func (s Timestamp) IsZero() bool { return s.Wall == 0 }

// WallTime is the moment by the wall clock.
func (s Timestamp) WallTime() time.Time { return time.Unix(0, int64(s.Wall)) }

// Timer is the moment by the monotonic clock, as the runtime's timers count.
func (s Timestamp) Timer() time.Time { return monotonicEpoch.Add(s.Mono) }

// PauseAllowance is how much of a step of the wall clock counts as age. A host
// that pauses a virtual machine (Azure: for about 30 s during maintenance)
// stops its clocks and then sets the wall clock forward, which cannot be
// distinguished from a step. It is longer than a lease, which other processes
// may judge by the wall clock.
const PauseAllowance = 40 * time.Second

// Age returns how much time may have passed since s. If the platform does not
// report sleep, it is the larger of monotonic and wall-clock age: one of the
// two runs while the server's runs (assumption A3). If it does, it is the time
// awake plus the time asleep; what the wall clock adds to that is a step, and
// counts up to PauseAllowance.
func (s Timestamp) Age(now Timestamp) time.Duration {
	wall := now.Wall - s.Wall
	switch {
	case s.Mono == 0:
		return wall
	case s.Slept == 0 || now.Slept == 0:
		return max(wall, now.Mono-s.Mono)
	}
	passed := now.Mono - s.Mono + now.Slept - s.Slept
	return max(passed, min(wall, passed+PauseAllowance))
}

// Elapsed returns the time since s by the monotonic clock alone: neither a step
// nor a sleep adds to it (R32). Both moments must be this process's own.
func (s Timestamp) Elapsed(now Timestamp) time.Duration { return now.Mono - s.Mono }

// Earlier combines two moments into one whose age is not below either's.
func (s Timestamp) Earlier(o Timestamp) Timestamp {
	first := s
	switch {
	case s.Mono == 0 || o.Mono == 0:
		if o.Wall < s.Wall {
			return o
		}
		return s
	case s.Slept == 0 || o.Slept == 0:
		first.Mono, first.Slept = min(s.Mono, o.Mono), 0
	case o.Mono+o.Slept < s.Mono+s.Slept:
		first = o
	}
	first.Wall = min(s.Wall, o.Wall)
	return first
}

// Back returns the moment d before s.
func (s Timestamp) Back(d time.Duration) Timestamp {
	s.Wall -= d
	if s.Mono != 0 {
		s.Mono -= d
	}
	return s
}

// Anchored places a moment that is known by the wall clock alone on all clocks
// of now.
func (s Timestamp) Anchored(now Timestamp) Timestamp {
	s.Mono, s.Slept = now.Mono+s.Wall-now.Wall, now.Slept
	return s
}

var monotonicEpoch = time.Now().Add(-time.Hour)

// Clock reads the clocks. The zero value reads the system's, without sleep.
type Clock struct {
	wall  func() time.Time // nil: the system's
	sleep *sleepWatch      // nil: sleep is not reported
}

// New returns the system's clock, or the test's: wall replaces its wall clock,
// slept what the platform reports of sleep. With a test's wall clock, only the
// test can report sleep.
func New(wall func() time.Time, slept func() time.Duration) Clock {
	c := Clock{wall: wall}
	switch {
	case slept != nil:
		c.sleep = &sleepWatch{ask: func() (time.Duration, bool) { return slept(), true }}
	case wall == nil:
		c.sleep = &systemSleep
	}
	return c
}

// Now makes no system call unless the clocks have drifted apart since the last
// one.
func (c Clock) Now() Timestamp {
	now := time.Now() // reads both
	s := Timestamp{Mono: now.Sub(monotonicEpoch), Wall: time.Duration(now.UnixNano())}
	if c.wall != nil {
		s.Wall = sinceEpoch(c.wall())
	}
	if c.sleep != nil {
		s.Slept = c.sleep.at(s)
	}
	return s
}

// Sure is Now with a fresh reading of the machine's sleep, for the checks
// before bytes leave: Now misses a sleep if the wall clock was set back as far.
func (c Clock) Sure() Timestamp {
	s := c.Now()
	if c.sleep != nil {
		s.Slept = c.sleep.refresh(s)
	}
	return s
}

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
