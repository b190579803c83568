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

// stamp is one moment on both of the client's clocks. The monotonic one stops
// while a machine sleeps; the wall clock can be set. Of the two, one runs while
// the server's runs (assumption A3), so the larger age is the true one's bound.
type stamp struct {
	mono instant // zero where another process saw the moment, until it is anchored
	wall instant
}

func (s stamp) isZero() bool { return s.wall.isZero() }

// age is the larger of monotonic and wall-clock age.
func (s stamp) age(now stamp) time.Duration {
	age := now.wall.sub(s.wall)
	if !s.mono.isZero() {
		age = max(age, now.mono.sub(s.mono))
	}
	return age
}

// elapsed is how long ago s was by the monotonic clock, which nothing sets.
func (s stamp) elapsed(now stamp) time.Duration { return now.mono.sub(s.mono) }

// origin is what the monotonic clock counts from: before the process's first stamp.
var origin = time.Now().Add(-time.Hour)

// clock reads both clocks.
type clock struct {
	wall func() time.Time // nil: the system's
}

func (c clock) now() stamp {
	_, s := c.read()
	return s
}

// read returns this moment also in a form that the runtime's timers can count from.
func (c clock) read() (time.Time, stamp) {
	now := time.Now() // reads both
	s := stamp{mono: instant(now.Sub(origin)), wall: instant(now.UnixNano())}
	if c.wall != nil {
		s.wall = wallInstant(c.wall())
	}
	return now, s
}
