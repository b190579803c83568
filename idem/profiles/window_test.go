package profiles_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
	"github.com/bardge/bardge-go/internal/chaos"
)

// windowOperations is how many operations one world leaves in doubt and resumes.
const windowOperations = 10

// window is what came of operations that were resumed around the end of the
// key's window.
type window struct {
	vendor           profiles.Vendor
	duplicates, lies int
	late, resumed    int // second calls that sent nothing, and that sent
	failures         []string
}

// TestProperty_TheWindowsEdge resumes operations that were left in doubt, by
// the same engine or, as after a restart, by another one, after pauses that end
// around the moment at which the server may forget the key.
func TestProperty_TheWindowsEdge(t *testing.T) {
	for _, vendor := range profiles.All() {
		t.Run(vendor.Name, func(t *testing.T) {
			sum := windowReport(t, vendor, uint64(*seeds))
			assert.Zero(t, sum.duplicates, "%s", sum.failures)
			assert.Zero(t, sum.lies, "%s", sum.failures)
			assert.Greater(t, sum.late, *seeds, "beyond the edge much is refused")
			assert.Greater(t, sum.resumed, *seeds, "on this side of it much is sent again")
		})
	}
}

func windowReport(t *testing.T, v profiles.Vendor, seeds uint64) window {
	t.Helper()
	sum := window{vendor: v}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) { sum.world(t, seed) })
	}
	return sum
}

func (s *window) world(t *testing.T, seed uint64) {
	rules := rulesOf(t, s.vendor, seed)
	sim := chaos.Start(chaos.Config{Seed: seed, Rules: rules, Faults: chaos.Faults{
		First: 0.95, Later: 0.3,
		Mix: map[chaos.Kind]int{chaos.ResetConn: 4, chaos.CloseConn: 4, chaos.LateAndLost: 2, chaos.LateRequest: 2, chaos.SlowAfter: 2},
	}})
	defer sim.Close()
	engines := []*idem.Engine{engine(t, sim, s.vendor.Profile), engine(t, sim, s.vendor.Profile)}
	dice := rand.New(rand.NewPCG(seed, 11))
	var ops []chaos.Op
	for i := range windowOperations {
		op := chaos.NewOp(chaos.Keyed, fmt.Sprintf("op-%d", i+1))
		ops = append(ops, op)
		s.resume(t, sim, op, engines, dice)
	}
	for _, e := range engines {
		e.CloseIdleConnections()
	}
	sim.Resolve()
	for _, op := range ops {
		v := sim.Ledger.Judge(op)
		s.duplicates += v.Duplicates
		s.lies += len(v.Lies)
		if !v.OK() && len(s.failures) < 3 {
			s.failures = append(s.failures, fmt.Sprintf("seed %d: %s", seed, sim.Ledger.Timeline(op)))
		}
	}
}

func (s *window) resume(t *testing.T, sim *chaos.Simulation, op chaos.Op, engines []*idem.Engine, dice *rand.Rand) {
	key, began := engines[0].NewKey(), sim.Clock.Server()
	try := func(e *idem.Engine, key idem.Key, attempts int) (r idem.Result) {
		sim.Call(t.Context(), func(ctx context.Context, op chaos.Op) chaos.Claim {
			c := call(t, s.vendor, op)
			c.Key, c.Policy.MaxAttempts = key, attempts
			r = e.Do(ctx, c)
			return claims[r.Outcome]
		}, op)
		return r
	}
	if try(engines[0], key, 1).Outcome != idem.OutcomeUnknown {
		return
	}
	edge := s.vendor.Profile.KeyTTL - sim.Clock.Server().Sub(began)
	time.Sleep(edge - time.Minute + time.Duration(dice.Int64N(int64(2*time.Minute))))
	e := engines[0]
	if dice.IntN(2) == 0 {
		var err error
		e = engines[1]
		key, err = idem.SentKey(key.String(), sim.Clock.ClientWall().Add(-sim.Clock.Server().Sub(began)))
		require.NoError(t, err)
	}
	before := sim.Ledger.Requests(op.ID)
	try(e, key, 0)
	if sim.Ledger.Requests(op.ID) == before {
		s.late++
	} else {
		s.resumed++
	}
}
