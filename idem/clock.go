package idem

import "time"

// stamp is one moment on both of the client's clocks. The monotonic one stops
// while a machine sleeps; the wall clock can be set. Of the two, one runs while
// the server's runs (assumption A3), so the larger age is the true one's bound.
type stamp struct {
	mono time.Time // zero where another process saw the moment, until it is anchored
	wall time.Time
}

func (s stamp) isZero() bool { return s.wall.IsZero() }

// age is the larger of monotonic and wall-clock age.
func (s stamp) age(now stamp) time.Duration {
	age := now.wall.Sub(s.wall)
	if !s.mono.IsZero() {
		age = max(age, now.mono.Sub(s.mono))
	}
	return age
}

// clock reads both clocks.
type clock struct {
	wall func() time.Time // nil: the system's
}

func (c clock) now() stamp {
	now := time.Now() // reads both
	if c.wall == nil {
		return stamp{mono: now, wall: now.Round(0)}
	}
	return stamp{mono: now, wall: c.wall().Round(0)}
}
