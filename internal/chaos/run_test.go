package chaos_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

func TestRunOnAPerfectNetwork(t *testing.T) {
	r := run(t, chaos.Load{Operations: 50}, always(chaos.Done))
	assert.Equal(t, chaos.Report{
		Calls: 50, Operations: 50, Done: 50, Acceptable: 50, Requests: 50,
		Executions: 45, // every tenth is a read
	}, r)
	assert.InDelta(t, 1, r.Success(), 0)
}

func always(claim chaos.Claim) func(*chaos.Simulation) chaos.Client {
	return func(sim *chaos.Simulation) chaos.Client { return claiming(sim, 1, claim) }
}

func TestRunTakesTheServerDown(t *testing.T) {
	load := chaos.Load{Restarts: []time.Duration{30 * time.Second}}
	assert.Less(t, run(t, load, always(chaos.Unknown)).Executions, 180)
	load.Calm = time.Hour
	assert.Equal(t, 180, run(t, load, always(chaos.Unknown)).Executions, "it is over before the first outage")
}

// TestRunShares: the keyed operations are called twice, under one key. Where
// the first call may have ended, or is another client's, the second is given
// the time since when the key may be in use.
func TestRunShares(t *testing.T) {
	var mu sync.Mutex
	calls := map[string][]chaos.Op{}
	r := run(t, chaos.Load{Operations: 100, Clients: 3, Shared: 1}, func(*chaos.Simulation) chaos.Client {
		return func(_ context.Context, op chaos.Op) chaos.Claim {
			mu.Lock()
			calls[op.ID] = append(calls[op.ID], op)
			mu.Unlock()
			time.Sleep(20 * time.Second) // longer than a second call waits to begin
			return chaos.Unknown
		}
	})
	assert.Equal(t, 100+70, r.Calls, "the keyed operations alone")
	dated, undated := 0, 0
	for _, of := range calls {
		if of[0].Class != chaos.Keyed {
			assert.Len(t, of, 1)
			assert.Empty(t, of[0].Key)
			continue
		}
		require.Len(t, of, 2)
		assert.NotEmpty(t, of[0].Key)
		assert.Equal(t, of[0].Key, of[1].Key)
		if of[1].SentSince.IsZero() {
			undated++
		} else {
			dated++
		}
	}
	assert.Greater(t, dated, 30)
	assert.Positive(t, undated)
}

// TestRunCallsOthersUnderForeignKeys: the second operation has an id of its
// own, the key of the first, and the time since when that may be in use.
func TestRunCallsOthersUnderForeignKeys(t *testing.T) {
	var mu sync.Mutex
	made := map[string]chaos.Op{}
	r := run(t, chaos.Load{Operations: 100, ForeignKeys: 1}, func(*chaos.Simulation) chaos.Client {
		return func(_ context.Context, op chaos.Op) chaos.Claim {
			mu.Lock()
			defer mu.Unlock()
			made[op.ID] = op
			return chaos.Done
		}
	})
	assert.Equal(t, 170, r.Operations, "one more for each keyed one")
	assert.Equal(t, 170, r.Calls)
	invalid := 0
	for id, op := range made {
		owner, foreign := strings.CutSuffix(id, "-foreign")
		if !foreign {
			assert.False(t, op.Invalid)
			continue
		}
		require.Equal(t, made[owner].Key, op.Key)
		assert.NotEmpty(t, op.Key)
		assert.NotEqual(t, made[owner].Path, op.Path)
		assert.False(t, op.SentSince.IsZero(), "calls end at once here, so each comes after the first")
		if op.Invalid {
			invalid++
		}
	}
	assert.InDelta(t, 35, invalid, 15)
}

func TestCallbackFaults(t *testing.T) {
	for kind, row := range map[chaos.Kind]struct {
		takes time.Duration
		fails bool
		claim chaos.Claim
	}{
		chaos.CallbackFails:  {fails: true, claim: chaos.NotSent},
		chaos.CallbackBlocks: {takes: 5 * time.Second, fails: true, claim: chaos.NotSent},
		chaos.CallbackHangs:  {takes: 16 * time.Second, claim: chaos.NotSent},
		chaos.CallbackPanics: {claim: chaos.Unknown},
		chaos.CloseConn:      {claim: chaos.NotSent}, // none of the callbacks'
	} {
		t.Run(string(kind), simulationTest(chaos.Config{Faults: chaos.Faults{Callback: 1, Mix: map[chaos.Kind]int{kind: 1}}}, func(t *testing.T, sim *chaos.Simulation) {
			var err error
			client := func(ctx context.Context, _ chaos.Op) chaos.Claim {
				ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
				defer cancel()
				err = sim.Callback(ctx, "callback")
				return chaos.NotSent
			}
			start := time.Now()
			assert.Equal(t, row.claim, sim.Call(t.Context(), client, chaos.NewOp(chaos.Keyed, "op")))
			assert.Equal(t, row.takes, time.Since(start))
			assert.Equal(t, row.fails, err != nil)
		}))
	}
}
