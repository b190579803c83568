package idem

import (
	"math"
	"time"
)

// instant is a moment in nanoseconds, on one clock or another. Zero is no moment.
type instant int64

func (i instant) isZero() bool                   { return i == 0 }
func (i instant) add(d time.Duration) instant    { return i + instant(d) }
func (i instant) sub(from instant) time.Duration { return time.Duration(i - from) }

// wallTime is the moment that an instant of a wall clock stands for.
func (i instant) wallTime() time.Time { return time.Unix(0, int64(i)) }

// timer is a moment of the monotonic clock in the form that the runtime's timers count
// from.
func (i instant) timer() time.Time { return origin.Add(time.Duration(i)) }

// The wall clock's instants count from 1970, and reach into 2261, with a year to
// spare for what is added to them. What lies beyond is taken for the first or the last
// one: as old, or as far ahead, as can be.
var (
	firstWall = time.Unix(0, 1)
	lastWall  = time.Unix(0, math.MaxInt64).AddDate(-1, 0, 0)
)

// wallInstant is the instant of what a wall clock told.
func wallInstant(t time.Time) instant {
	switch {
	case t.Before(firstWall):
		t = firstWall
	case t.After(lastWall):
		t = lastWall
	}
	return instant(t.UnixNano())
}

// stamp is one moment on the client's clocks. The monotonic clock stops while the machine
// sleeps; the wall clock can be set. The time that the machine has slept distinguishes the
// two.
type stamp struct {
	mono  instant // zero where another process saw the moment, until it is anchored
	wall  instant
	slept instant // how long the machine had slept by then, or less; zero: unknown
}

func (s stamp) isZero() bool { return s.wall.isZero() }

// pauseAllowance is how much of a step of the wall clock counts as age. A host that
// pauses a virtual machine (Azure: for about 30 s during maintenance) stops all of its
// clocks and then sets the wall clock forward, which cannot be distinguished from a step.
// It is longer than a lease, which other processes may judge by the wall clock.
const pauseAllowance = 40 * time.Second

// age returns how much time may have passed since s. If the platform does not report
// sleep, it is the larger of monotonic and wall-clock age: one of the two runs while the
// server's runs (assumption A3). If it does, it is the time awake plus the time asleep;
// what the wall clock adds to that is a step, and counts up to pauseAllowance.
func (s stamp) age(now stamp) time.Duration {
	wall := now.wall.sub(s.wall)
	switch {
	case s.mono.isZero():
		return wall
	case s.slept.isZero() || now.slept.isZero():
		return max(wall, s.elapsed(now))
	}
	passed := s.elapsed(now) + now.slept.sub(s.slept)
	return max(passed, min(wall, passed+pauseAllowance))
}

// elapsed returns the time since s by the monotonic clock alone: neither a step nor a
// sleep adds to it (R32). Both stamps must be this process's own.
func (s stamp) elapsed(now stamp) time.Duration { return now.mono.sub(s.mono) }

// earlier combines two stamps into one whose age is not below the age of either.
func (s stamp) earlier(o stamp) stamp {
	first := s
	switch {
	case s.mono.isZero() || o.mono.isZero():
		if o.wall < s.wall {
			first = o
		}
		return first
	case s.slept.isZero() || o.slept.isZero():
		first.mono, first.slept = min(s.mono, o.mono), 0
	case o.mono+o.slept < s.mono+s.slept:
		first = o
	}
	first.wall = min(s.wall, o.wall)
	return first
}

// back returns the moment d before s.
func (s stamp) back(d time.Duration) stamp {
	s.wall = s.wall.add(-d)
	if !s.mono.isZero() {
		s.mono = s.mono.add(-d)
	}
	return s
}

// anchored returns a moment that is known by the wall clock alone on all clocks of now.
func (s stamp) anchored(now stamp) stamp {
	s.mono, s.slept = now.mono.add(s.wall.sub(now.wall)), now.slept
	return s
}

// origin is what the monotonic clock counts from: before the process's first stamp.
var origin = time.Now().Add(-time.Hour)

// clock reads the clocks.
type clock struct {
	wall  func() time.Time // nil: the system's
	sleep *sleepWatch      // nil: sleep is not reported
}

// newClock returns the system's clock, or the test's. With a test's wall clock, only the
// test can report sleep.
func newClock(wall func() time.Time, slept func() time.Duration) clock {
	c := clock{wall: wall}
	switch {
	case slept != nil:
		c.sleep = &sleepWatch{ask: func() (time.Duration, bool) { return slept(), true }}
	case wall == nil:
		c.sleep = &systemSleep
	}
	return c
}

// now makes no system call unless the clocks have drifted apart since the last one.
func (c clock) now() stamp {
	s := c.hands()
	if c.sleep != nil {
		s.slept = c.sleep.at(s)
	}
	return s
}

// sure is now with a fresh reading of the machine's sleep, for the checks before bytes
// leave: now misses a sleep if the wall clock was set back by the same amount.
func (c clock) sure() stamp {
	s := c.hands()
	if c.sleep != nil {
		s.slept = c.sleep.refresh(s)
	}
	return s
}

// hands reads the monotonic and the wall clock.
func (c clock) hands() stamp {
	now := time.Now() // reads both
	s := stamp{mono: instant(now.Sub(origin)), wall: instant(now.UnixNano())}
	if c.wall != nil {
		s.wall = wallInstant(c.wall())
	}
	return s
}
