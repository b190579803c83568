package chaos_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

// calls is a client that invokes a callback, hands over its error, and sends
// nothing.
func calls(sim *chaos.Simulation, ended func(error)) chaos.Client {
	return func(ctx context.Context, _ chaos.Op) chaos.Claim {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		ended(sim.Callback(ctx, "callback"))
		return chaos.NotSent
	}
}

func TestCallbackFaults(t *testing.T) {
	for kind, row := range map[chaos.Kind]struct {
		takes time.Duration
		fails bool
		claim chaos.Claim
	}{
		chaos.CallbackFails:  {0, true, chaos.NotSent},
		chaos.CallbackBlocks: {5 * time.Second, true, chaos.NotSent},
		chaos.CallbackHangs:  {16 * time.Second, false, chaos.NotSent},
		chaos.CallbackPanics: {0, false, chaos.Unknown},
		chaos.CloseConn:      {0, false, chaos.NotSent}, // none of the callbacks'
	} {
		t.Run(string(kind), func(t *testing.T) {
			in(t, chaos.Config{Faults: chaos.Faults{Callback: 1, Mix: map[chaos.Kind]int{kind: 1}}}, func(t *testing.T, sim *chaos.Simulation) {
				var err error
				client := calls(sim, func(ended error) { err = ended })
				start := time.Now()
				assert.Equal(t, row.claim, sim.Call(t.Context(), client, chaos.NewOp(chaos.Keyed, "op")))
				assert.Equal(t, row.takes, time.Since(start))
				assert.Equal(t, row.fails, err != nil)
			})
		})
	}
}

func TestCallbackPanicsOnlyInAnOperation(t *testing.T) {
	cfg := chaos.Config{Faults: chaos.Faults{Callback: 1, Mix: map[chaos.Kind]int{chaos.CallbackPanics: 1}}}
	in(t, cfg, func(t *testing.T, sim *chaos.Simulation) {
		assert.NotPanics(t, func() { _ = sim.Callback(t.Context(), "journal") })
		assert.Panics(t, sim.Observed)
	})
}

func TestReportCountsCallsThatPanic(t *testing.T) {
	cfg := chaos.Config{Faults: chaos.Faults{Callback: 0.5, Mix: map[chaos.Kind]int{chaos.CallbackPanics: 1}}}
	r := run(t, 2, cfg, chaos.Load{}, func(sim *chaos.Simulation) chaos.Client {
		return calls(sim, func(error) {})
	})
	assert.InDelta(t, 200, r.Panicked, 60)
	assert.Equal(t, r.Panicked, r.Unknown)
}

func TestOtherPanicsGoOn(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
		require.Panics(t, func() {
			sim.Call(t.Context(), func(context.Context, chaos.Op) chaos.Claim { panic("something else") }, chaos.NewOp(chaos.Safe, "op"))
		})
	})
}
