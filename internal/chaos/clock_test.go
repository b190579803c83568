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

// clocks are the times that have passed by each clock.
type clocks struct{ mono, wall, server time.Duration }

// watch returns a function that says how much has passed since.
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
		"both run":   {false, false, clocks{d, d, d}, 0},
		"mono stops": {true, false, clocks{0, d, d}, d},
		"wall stops": {false, true, clocks{d, 0, d}, 0},
		"both stop":  {true, true, clocks{0, 0, d}, 0}, // stopped from outside: the machine does not know
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
		in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
			w.Script("op", chaos.Fault{Kind: kind, Wait: time.Minute})
			passed := watch(&w.Clock)
			plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
			got := passed()
			assert.Equal(t, want, got.wall-got.mono)
			assert.Equal(t, got.server, got.mono)
			assert.Zero(t, w.Clock.Slept())
		})
	}
}

// TestPausesLeaveOneClockRunning is A3: over all pauses of a world, one and the same clock of the client keeps up with
// the server's.
func TestPausesLeaveOneClockRunning(t *testing.T) {
	var monoBehind, wallBehind bool
	for seed := range uint64(20) {
		in(t, chaos.Config{Seed: seed, Faults: chaos.Faults{Pause: 0.5}}, func(t *testing.T, w *chaos.World) {
			p := pauses(w)
			assert.Equal(t, p.server, max(p.mono, p.wall))
			monoBehind = monoBehind || p.mono < p.server
			wallBehind = wallBehind || p.wall < p.server
		})
	}
	assert.True(t, monoBehind)
	assert.True(t, wallBehind)
}

// pauses makes ten calls in a world with pauses and returns what passed by each clock.
func pauses(w *chaos.World) clocks {
	passed := watch(&w.Clock)
	client := says(w, 1, chaos.Unknown)
	for range 10 {
		w.Call(context.Background(), client, chaos.NewOp(chaos.Safe, "op"))
	}
	w.Resolve()
	return passed()
}

func TestPausesStrikeAtDialAndBeforeTheFirstByte(t *testing.T) {
	cfg := chaos.Config{
		Faults: chaos.Faults{Pause: 1},
		Broken: chaos.Broken{BothClocksStop: true}, // so that the client does not give up meanwhile
	}
	in(t, cfg, func(t *testing.T, w *chaos.World) {
		op := chaos.NewOp(chaos.Safe, "op")
		w.Call(t.Context(), says(w, 1, chaos.Unknown), op)
		w.Resolve()
		story := w.Ledger.Timeline(op)
		assert.Contains(t, story, ", the monotonic clock with it, the wall clock with it")
		dial, conn := strings.Index(story, "suspended at a dial of op"), strings.Index(story, "suspended at a connection of op")
		assert.Positive(t, dial, story)
		assert.Greater(t, conn, dial, story)
		assert.Greater(t, strings.Index(story, "request 1 leaves"), conn, story)
	})
}

// TestPauseThatReordersRequestsForgetsAllTheSame: by the server's clock the first request arrived long before the
// second, although it is handled after it.
func TestPauseThatReordersRequestsForgetsAllTheSame(t *testing.T) {
	for name, row := range map[string]struct {
		pause      time.Duration
		executions int
	}{
		"within the TTL": {60 * time.Second, 1},
		"beyond the TTL": {100 * time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				op := chaos.NewOp(chaos.Keyed, "op")
				w.Script("op", chaos.Fault{Kind: chaos.LateRequest, Wait: 4 * time.Second})
				go plain(w)(t.Context(), op, "key")
				synctest.Wait()
				w.Clock.Suspend(row.pause, true, false)
				plain(w)(t.Context(), op, "key")
				w.Resolve()
				assert.Equal(t, row.executions, w.Ledger.Executed("op"))
			})
		})
	}
}

// asleep makes one call, whose answer the machine sleeps through, and returns what passed by each clock until it ended
// and until all was over.
func asleep(t *testing.T, seed uint64) (called, over clocks, got seen) {
	t.Helper()
	cfg := chaos.Config{Seed: seed, Faults: chaos.Faults{First: 1, Mix: map[chaos.Kind]int{chaos.Asleep: 1}}}
	in(t, cfg, func(t *testing.T, w *chaos.World) {
		passed := watch(&w.Clock)
		got = plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
		called = passed()
		w.Resolve()
		over = passed()
		assert.Equal(t, 1, w.Ledger.Executed("op"))
	})
	return called, over, got
}

func TestFaultAsleepPassesInNoTimeWhereTheMonotonicClockStops(t *testing.T) {
	called, _, got := asleep(t, 9)
	assert.ErrorIs(t, got.err, syscall.ECONNRESET)
	assert.Less(t, called.mono, time.Second)
	assert.Greater(t, called.server, 95*time.Second, "longer than the server remembers a key")
	assert.Equal(t, called.server, called.wall)
}

func TestFaultAsleepIsAStallWhereTheWallClockStops(t *testing.T) {
	called, over, got := asleep(t, 0)
	assert.ErrorIs(t, got.err, context.DeadlineExceeded)
	assert.Equal(t, 15*time.Second, called.mono)
	assert.Equal(t, over.server, over.mono)
	assert.Greater(t, over.mono-over.wall, 95*time.Second)
}
