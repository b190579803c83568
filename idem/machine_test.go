package idem

import (
	"sync/atomic"
	"time"
)

// machine has a platform that reports sleep.
type machine struct{ ahead, slept atomic.Int64 }

func newMachine() *machine { return &machine{} }

func (m *machine) now() time.Time { return time.Now().Add(time.Duration(m.ahead.Load())) }

// sleptFor counts from some moment, as a platform does.
func (m *machine) sleptFor() time.Duration { return time.Hour + time.Duration(m.slept.Load()) }

// step sets the wall clock.
func (m *machine) step(d time.Duration) { m.ahead.Add(int64(d)) }

// sleep passes by the wall clock, and not by the monotonic one.
func (m *machine) sleep(d time.Duration) {
	m.ahead.Add(int64(d))
	m.slept.Add(int64(d))
}

// clocks makes an engine's clocks the machine's.
func (m *machine) clocks(c *Config) { c.WallClock, c.SleptClock = m.now, m.sleptFor }
