package chaos_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

// run drives a client through worlds of several seeds.
func run(t *testing.T, seeds uint64, cfg chaos.Config, load chaos.Load, connect func(w *chaos.World) chaos.Client) chaos.Report {
	t.Helper()
	var sum chaos.Report
	for seed := range seeds {
		cfg.Seed = seed
		synctest.Test(t, func(*testing.T) { sum.Add(chaos.Run(cfg, load, connect)) })
	}
	return sum
}

func TestWitnessIsNotParanoid(t *testing.T) {
	for name, rules := range map[string]chaos.Rules{"first rules": chaos.BardgeRules(), "second rules": chaos.SecondRules()} {
		t.Run(name, func(t *testing.T) {
			r := run(t, 8, chaos.Config{Rules: rules, Faults: chaos.DefaultFaults()}, chaos.DefaultLoad(), cautious)
			assert.Zero(t, r.Duplicates, r)
			assert.Zero(t, r.Lies, r)
			assert.Greater(t, r.Success(), 0.45, "most requests meet no fault")
			assert.Positive(t, r.Unknown)
			assert.Positive(t, r.NotSent)
		})
	}
}

func TestWitnessIsNotBlind(t *testing.T) {
	for name, keys := range map[string]bool{"no key": false, "a key and no window": true} {
		t.Run(name, func(t *testing.T) {
			connect := func(w *chaos.World) chaos.Client { return hasty(w, keys) }
			r := run(t, 5, chaos.Config{Faults: chaos.DefaultFaults()}, chaos.DefaultLoad(), connect)
			assert.Positive(t, r.Duplicates, r)
			assert.Positive(t, r.Lies, r)
			assert.NotEmpty(t, r.Failures)
		})
	}
}

// TestWitnessSeesAWindowOverrun: only answers are lost and retries put off, so a key alone should do; but
// go-retryablehttp obeys a Retry-After of two minutes, and by then the key is forgotten.
func TestWitnessSeesAWindowOverrun(t *testing.T) {
	cfg := chaos.Config{Faults: chaos.Faults{
		First: 0.7, Later: 0.5, Mix: map[chaos.Kind]int{chaos.CloseConn: 1, chaos.Throttle: 1},
	}}
	var ledger *chaos.Ledger
	connect := func(w *chaos.World) chaos.Client {
		ledger = w.Ledger
		return hasty(w, true)
	}
	r := run(t, 1, cfg, chaos.Load{Classes: []chaos.Class{chaos.Keyed}}, connect)
	assert.Positive(t, r.Duplicates, r)
	assert.Zero(t, r.Lies, r)
	for n := range 200 {
		executions := ledger.Executions(opID(n + 1))
		for i := 1; i < len(executions); i++ {
			assert.Equal(t, executions[0].Key, executions[i].Key)
			assert.GreaterOrEqual(t, executions[i].At.Sub(executions[i-1].At), 90*time.Second)
		}
	}
}

// TestWitnessSeesAClockThatStopped: a window kept on the monotonic clock alone holds until the machine is suspended.
func TestWitnessSeesAClockThatStopped(t *testing.T) {
	for name, row := range map[string]struct {
		pause      float64
		duplicates bool
	}{
		"no pauses": {0, false},
		"pauses":    {0.2, true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := chaos.Config{Faults: chaos.Faults{
				First: 0.8, Later: 0.5, Pause: row.pause, Mix: map[chaos.Kind]int{chaos.CloseConn: 1},
			}}
			r := run(t, 16, cfg, chaos.Load{Operations: 50, Classes: []chaos.Class{chaos.Keyed}}, patient)
			assert.Equal(t, row.duplicates, r.Duplicates > 0, r)
			assert.Zero(t, r.Lies, r)
		})
	}
}

func TestRunOnAPerfectNetwork(t *testing.T) {
	r := run(t, 1, chaos.Config{}, chaos.Load{Operations: 50}, cautious)
	assert.Equal(t, chaos.Report{
		Calls: 50, Operations: 50, Done: 50, Acceptable: 50, Requests: 50,
		Executions: 45, // every tenth is a read
	}, r)
	assert.InDelta(t, 1, r.Success(), 0)
}

func TestRunRefusesForGood(t *testing.T) {
	r := run(t, 1, chaos.Config{Faults: chaos.Faults{Refused: 1}}, chaos.Load{Operations: 50}, cautious)
	assert.Equal(t, 45, r.Rejected)
	assert.Equal(t, 5, r.Acceptable, "the reads")
	assert.Zero(t, r.Executions)
}

func TestRunTakesTheServerDown(t *testing.T) {
	load := chaos.Load{Restarts: []time.Duration{30 * time.Second}}
	r := run(t, 1, chaos.Config{}, load, cautious)
	assert.Positive(t, r.NotSent, "dials are refused meanwhile")
	assert.Less(t, r.Success(), 1.0)
	assert.Zero(t, r.Lies, r)

	load.Calm = time.Hour
	r = run(t, 1, chaos.Config{}, load, cautious)
	assert.Zero(t, r.NotSent, "the run is over long before the first outage")
}

func TestRunGivesUp(t *testing.T) {
	never := func(*chaos.World) chaos.Client {
		return func(ctx context.Context, _ chaos.Op) chaos.Claim {
			select {
			case <-ctx.Done():
				return chaos.NotSent
			case <-time.After(time.Minute):
				return chaos.Unknown
			}
		}
	}
	r := run(t, 1, chaos.Config{}, chaos.Load{GivenUp: 0.5}, never)
	assert.InDelta(t, 100, r.NotSent, 30)
	assert.Equal(t, 200, r.NotSent+r.Unknown)
}

// TestRunShares looks at the calls that share an operation: one key, and the second told since when it may be in use.
func TestRunShares(t *testing.T) {
	type made struct {
		client int
		op     chaos.Op
	}
	var mu sync.Mutex
	calls := map[string][]made{}
	clients := 0
	noting := func(*chaos.World) chaos.Client {
		clients++
		client := clients
		return func(_ context.Context, op chaos.Op) chaos.Claim {
			mu.Lock()
			calls[op.ID] = append(calls[op.ID], made{client, op})
			mu.Unlock()
			time.Sleep(20 * time.Second) // longer than a second call waits to begin
			return chaos.Unknown
		}
	}
	r := run(t, 1, chaos.Config{}, chaos.Load{Operations: 100, Clients: 3, Shared: 1}, noting)
	assert.Equal(t, 3, clients)
	assert.Equal(t, 100+70, r.Calls, "the keyed operations alone")
	alone, told := 0, 0 // second calls that have to know by themselves; first ones that another client may outrun
	for _, of := range calls {
		first := of[0]
		if first.op.Class != chaos.Keyed {
			assert.Len(t, of, 1)
			assert.Empty(t, first.op.Key)
			continue
		}
		require.Len(t, of, 2)
		assert.NotEmpty(t, first.op.Key)
		assert.Equal(t, first.op.Key, of[1].op.Key)
		if of[1].op.SentSince.IsZero() {
			alone++
			assert.Equal(t, first.client, of[1].client)
		}
		if !first.op.SentSince.IsZero() {
			told++
			assert.NotEqual(t, first.client, of[1].client)
		}
	}
	assert.Positive(t, alone)
	assert.Less(t, alone, 40)
	assert.Positive(t, told)
}

// TestRunTellsTheTruthOfAKeysAge: a wall clock that was stopped meanwhile does not make the key younger.
func TestRunTellsTheTruthOfAKeysAge(t *testing.T) {
	var mu sync.Mutex
	began, told := map[string]time.Time{}, 0
	pausing := func(w *chaos.World) chaos.Client {
		note := func(op chaos.Op) {
			mu.Lock()
			defer mu.Unlock()
			first, again := began[op.ID]
			if !again {
				began[op.ID] = w.Clock.Server()
			} else if !op.SentSince.IsZero() {
				told++
				assert.Equal(t, w.Clock.Server().Sub(first), w.Clock.ClientWall().Sub(op.SentSince))
			}
		}
		return func(_ context.Context, op chaos.Op) chaos.Claim {
			note(op)
			w.Clock.Suspend(20*time.Second, false, true)
			return chaos.Unknown
		}
	}
	run(t, 1, chaos.Config{}, chaos.Load{Clients: 2, Shared: 1, Classes: []chaos.Class{chaos.Keyed}}, pausing)
	assert.Greater(t, told, 100)
}

func TestRunTellsAClientOfItsOwnCallsThatEnded(t *testing.T) {
	var mu sync.Mutex
	untold := map[string]int{}
	quick := func(*chaos.World) chaos.Client {
		return func(_ context.Context, op chaos.Op) chaos.Claim {
			mu.Lock()
			defer mu.Unlock()
			if op.SentSince.IsZero() {
				untold[op.ID]++
			}
			return chaos.Done
		}
	}
	run(t, 1, chaos.Config{}, chaos.Load{Shared: 1, Classes: []chaos.Class{chaos.Keyed}}, quick)
	assert.Len(t, untold, 200)
	for id, calls := range untold {
		assert.Equal(t, 1, calls, "%s: the first call alone", id)
	}
}

func TestRunResumesOnlyWhatEndedUnknown(t *testing.T) {
	for claim, calls := range map[chaos.Claim]int{chaos.Unknown: 200, chaos.Rejected: 150, chaos.NotSent: 150, chaos.Done: 150} {
		t.Run(string(claim), func(t *testing.T) {
			load := chaos.Load{Operations: 100, Shared: 1, Classes: []chaos.Class{chaos.Keyed}}
			r := run(t, 1, chaos.Config{}, load, func(*chaos.World) chaos.Client {
				return func(context.Context, chaos.Op) chaos.Claim { return claim }
			})
			assert.InDelta(t, calls, r.Calls, 20)
		})
	}
}

func TestReportKeepsTenFailuresAndShowsThem(t *testing.T) {
	liar := func(*chaos.World) chaos.Client {
		return func(context.Context, chaos.Op) chaos.Claim { return chaos.Done }
	}
	r := run(t, 2, chaos.Config{}, chaos.Load{Operations: 20}, liar)
	assert.Equal(t, 36, r.Lies, "a read is not judged")
	assert.Len(t, r.Failures, 10)
	assert.Contains(t, r.String(), "36 lies")
	assert.Contains(t, r.String(), "op-1 (keyed): executed 0 times, lies [\"done\"]")
}
