package chaos_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

type clocks struct{ mono, wall, server time.Duration }

func watch(c *chaos.Clock) func() clocks {
	mono, wall, server := time.Now(), c.ClientWall(), c.Server()
	return func() clocks {
		return clocks{time.Since(mono), c.ClientWall().Sub(wall), c.Server().Sub(server)}
	}
}

func TestClockSuspend(t *testing.T) {
	const d = time.Minute
	for name, row := range map[string]struct {
		monoStops, wallStops bool
		want                 clocks
		slept                time.Duration
	}{
		"both run":   {want: clocks{d, d, d}},
		"mono stops": {monoStops: true, want: clocks{0, d, d}, slept: d},
		"wall stops": {wallStops: true, want: clocks{d, 0, d}},
		"both stop":  {monoStops: true, wallStops: true, want: clocks{0, 0, d}}, // stopped from outside: the machine does not know
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var c chaos.Clock
				passed := watch(&c)
				c.Suspend(d, row.monoStops, row.wallStops)
				assert.Equal(t, row.want, passed())
				assert.Equal(t, row.slept, c.Slept())
			})
		})
	}
}

// TestPausesLeaveOneClockRunning is A3: over all pauses of a simulation, one
// and the same clock of the client keeps up with the server's.
func TestPausesLeaveOneClockRunning(t *testing.T) {
	var monoBehind, wallBehind bool
	for seed := range uint64(20) {
		in(t, chaos.Config{Seed: seed, Faults: chaos.Faults{Pause: 0.5}}, func(t *testing.T, sim *chaos.Simulation) {
			passed := watch(&sim.Clock)
			for range 10 {
				sim.Call(t.Context(), claiming(sim, 1, chaos.Unknown), chaos.NewOp(chaos.Safe, "op"))
			}
			sim.Resolve()
			p := passed()
			assert.Equal(t, p.server, max(p.mono, p.wall))
			monoBehind = monoBehind || p.mono < p.server
			wallBehind = wallBehind || p.wall < p.server
		})
	}
	assert.True(t, monoBehind)
	assert.True(t, wallBehind)
}
