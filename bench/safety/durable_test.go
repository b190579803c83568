package safety

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/internal/chaos"
)

func inDoubt(t *testing.T, op chaos.Op, test func(sim *chaos.Simulation, recovered func() map[string]resolution)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim := chaos.Start(chaos.Config{Seed: 2})
		defer sim.Close()
		d, err := newDurable(sim)
		require.NoError(t, err)
		defer d.Close()
		sim.Script(op.ID, chaos.Fault{Kind: chaos.ServerError, After: true})
		require.Equal(t, peers.Unknown, d.Do(t.Context(), op).Outcome)
		require.Equal(t, 1, sim.Ledger.Executed(op.ID))
		test(sim, func() map[string]resolution {
			all := map[string]resolution{}
			d.Recover(t.Context(), func(op string, s resolution) { all[op] = s })
			return all
		})
	})
}

func TestRecoveryReadsTwoWindowsAfterTheIntent(t *testing.T) {
	op := chaos.NewOp(chaos.Keyed, "op-1")
	inDoubt(t, op, func(sim *chaos.Simulation, recovered func() map[string]resolution) {
		s := recovered()[op.ID]
		assert.Equal(t, peers.Unknown, s.result.Outcome)
		time.Sleep(2 * time.Minute)
		s = recovered()[op.ID]
		assert.Equal(t, peers.Unknown, s.result.Outcome, "too early to read")
		time.Sleep(3 * time.Minute) // the engine's own pause is two minutes by now
		s = recovered()[op.ID]
		assert.Equal(t, peers.Done, s.result.Outcome)
		assert.Equal(t, ByReading, s.way)
		assert.Empty(t, recovered(), "it is resolved")
		assert.Equal(t, 1, sim.Ledger.Executed(op.ID))
	})
}

func TestRecoveryReadsAlsoWhereTheWallClockHasStopped(t *testing.T) {
	op := chaos.NewOp(chaos.Keyed, "op-2")
	inDoubt(t, op, func(sim *chaos.Simulation, recovered func() map[string]resolution) {
		sim.Clock.Suspend(4*time.Minute, false, true)
		s := recovered()[op.ID]
		assert.Equal(t, peers.Done, s.result.Outcome)
		assert.Equal(t, ByReading, s.way)
	})
}

func TestRecoveryTakesABodyThatIsNoListForNoProof(t *testing.T) {
	op := chaos.NewOp(chaos.Keyed, "op-4")
	inDoubt(t, op, func(sim *chaos.Simulation, recovered func() map[string]resolution) {
		time.Sleep(4 * time.Minute)
		noList := chaos.Fault{Kind: chaos.OddBody, After: true, Variant: 4}
		sim.Script(op.ID, slices.Repeat([]chaos.Fault{noList}, 20)...)
		assert.Equal(t, peers.Unknown, recovered()[op.ID].result.Outcome)
	})
}
