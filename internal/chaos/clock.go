package chaos

import (
	"sync"
	"time"
)

// Clock holds the clocks of the two machines. Both follow [time.Now], which is
// the client's monotonic clock as well; they part when the client's machine is
// suspended. The zero value is ready.
type Clock struct {
	mu     sync.Mutex
	server time.Duration // ahead of time.Now
	wall   time.Duration // likewise
	slept  time.Duration // how long time.Now has missed, as far as the machine knows
}

func (c *Clock) Server() time.Time { return shifted(c.serverAhead()) }

// ClientWall returns the time by the client's wall clock, without a monotonic
// reading. It is handed to the client under test.
func (c *Clock) ClientWall() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return shifted(c.wall)
}

func shifted(ahead time.Duration) time.Time { return time.Now().Round(0).Add(ahead) }

// Suspend stops the client's machine for d. If the monotonic clock stops with
// it, this call returns at once, and d has passed by the other clocks;
// otherwise d passes here. A wall clock that stops has lost d.
func (c *Clock) Suspend(d time.Duration, monoStops, wallStops bool) {
	if !monoStops {
		time.Sleep(d)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if monoStops {
		c.server += d
		c.wall += d
	}
	if monoStops && !wallStops { // a machine that loses both was stopped from outside, and does not know
		c.slept += d
	}
	if wallStops {
		c.wall -= d
	}
}

// Step sets the client's wall clock forward, or back where d is negative. No
// time passes.
func (c *Clock) Step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall += d
}

// Slept returns how long the client's machine has slept in all: a boot clock
// less a monotonic one. It is handed to the client under test.
func (c *Clock) Slept() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slept
}

// sentSince returns a moment of the server's clock by the client's wall clock
// as it is now, however much of a pause that has missed.
func (c *Clock) sentSince(began time.Time) time.Time {
	return c.ClientWall().Add(-c.Server().Sub(began))
}

// A request on its way keeps the value it left with: a pause of the client's
// machine does not hold up what has left it.
func (c *Clock) serverAhead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server
}
