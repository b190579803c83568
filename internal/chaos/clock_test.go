package chaos_test

import (
	"context"
	"strings"
	"syscall"
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

func TestFaultClockSteps(t *testing.T) {
	for kind, want := range map[chaos.Kind]time.Duration{chaos.ClockForward: time.Minute, chaos.ClockBack: -time.Minute} {
		in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			sim.Script("op", chaos.Fault{Kind: kind, Wait: time.Minute})
			passed := watch(&sim.Clock)
			plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
			got := passed()
			assert.Equal(t, want, got.wall-got.mono)
			assert.Equal(t, got.server, got.mono)
			assert.Zero(t, sim.Clock.Slept())
		})
	}
}

// TestPausesLeaveOneClockRunning is A3: over all pauses of a simulation, one
// and the same clock of the client keeps up with the server's.
func TestPausesLeaveOneClockRunning(t *testing.T) {
	var monoBehind, wallBehind bool
	for seed := range uint64(20) {
		in(t, chaos.Config{Seed: seed, Faults: chaos.Faults{Pause: 0.5}}, func(t *testing.T, sim *chaos.Simulation) {
			p := pauses(sim)
			assert.Equal(t, p.server, max(p.mono, p.wall))
			monoBehind = monoBehind || p.mono < p.server
			wallBehind = wallBehind || p.wall < p.server
		})
	}
	assert.True(t, monoBehind)
	assert.True(t, wallBehind)
}

func pauses(sim *chaos.Simulation) clocks {
	passed := watch(&sim.Clock)
	client := claiming(sim, 1, chaos.Unknown)
	for range 10 {
		sim.Call(context.Background(), client, chaos.NewOp(chaos.Safe, "op"))
	}
	sim.Resolve()
	return passed()
}

func TestPausesStrikeAtDialAndBeforeTheFirstByte(t *testing.T) {
	cfg := chaos.Config{
		Faults: chaos.Faults{Pause: 1},
		Broken: chaos.Broken{BothClocksStop: true}, // so that the client does not give up meanwhile
	}
	in(t, cfg, func(t *testing.T, sim *chaos.Simulation) {
		op := chaos.NewOp(chaos.Safe, "op")
		sim.Call(t.Context(), claiming(sim, 1, chaos.Unknown), op)
		sim.Resolve()
		story := sim.Ledger.Timeline(op)
		assert.Contains(t, story, ", the monotonic clock with it, the wall clock with it")
		dial, conn := strings.Index(story, "suspended at a dial of op"), strings.Index(story, "suspended at a connection of op")
		assert.Positive(t, dial, story)
		assert.Greater(t, conn, dial, story)
		assert.Greater(t, strings.Index(story, "request 1 leaves"), conn, story)
	})
}

// TestPauseThatReordersRequestsForgetsAllTheSame: by the server's clock the
// first request arrived long before the second, although it is handled after
// it.
func TestPauseThatReordersRequestsForgetsAllTheSame(t *testing.T) {
	for name, row := range map[string]struct {
		pause      time.Duration
		executions int
	}{
		"within the TTL": {pause: 60 * time.Second, executions: 1},
		"beyond the TTL": {pause: 100 * time.Second, executions: 2},
	} {
		t.Run(name, simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			op := chaos.NewOp(chaos.Keyed, "op")
			sim.Script("op", chaos.Fault{Kind: chaos.LateRequest, Wait: 4 * time.Second})
			go plain(sim)(t.Context(), op, "key")
			synctest.Wait()
			sim.Clock.Suspend(row.pause, true, false)
			plain(sim)(t.Context(), op, "key")
			sim.Resolve()
			assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
		}))
	}
}

// TestFaultAsleep: the machine sleeps while the response is due, for longer
// than the server remembers a key. Where its monotonic clock stops, that takes
// no time; where its wall clock does, the call is given up.
func TestFaultAsleep(t *testing.T) {
	for name, row := range map[string]struct {
		seed uint64
		err  error
		mono time.Duration // until the call ends
	}{
		"the monotonic clock stops": {seed: 9, err: syscall.ECONNRESET, mono: 10 * time.Millisecond},
		"the wall clock stops":      {err: context.DeadlineExceeded, mono: 15 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := chaos.Config{Seed: row.seed, Faults: chaos.Faults{First: 1, Mix: map[chaos.Kind]int{chaos.Asleep: 1}}}
			in(t, cfg, func(t *testing.T, sim *chaos.Simulation) {
				passed := watch(&sim.Clock)
				got := plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
				assert.ErrorIs(t, got.err, row.err)
				assert.Equal(t, row.mono, passed().mono)
				sim.Resolve()
				over := passed()
				assert.Equal(t, over.server, max(over.mono, over.wall))
				assert.Greater(t, over.server-min(over.mono, over.wall), 95*time.Second)
				assert.Equal(t, 1, sim.Ledger.Executed("op"))
			})
		})
	}
}
