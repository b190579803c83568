package safety

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
	"github.com/bardge/bardge-go/internal/chaos"
)

const readBackTarget = 99.0

func TestReadBack(t *testing.T) {
	operations := brief
	if *jsonFile != "" {
		operations = Operations
	}
	report := ReadBack{Days: len(Seeds)}
	for _, c := range Orderers() {
		counts := days(t, func(seed uint64) (*Day, error) { return RunOrders(c, seed, operations) }, Seeds...)
		report.Rows = append(report.Rows, NewRow(c, Remembers, counts))
		report.P50, report.P99 = counts.ResolvedPercentile(50), counts.ResolvedPercentile(99)
	}
	t.Log("\n" + report.Markdown())
	assertReadBack(t, report)
	if *jsonFile != "" {
		assert.GreaterOrEqual(t, report.Rows[len(report.Rows)-1].Rate(), readBackTarget)
	}
	measurement.WriteReport(t, *jsonFile, report)
}

// assertReadBack requires zero duplicates and zero lies of this SDK, and that
// recovery settles most of what calls left.
func assertReadBack(t *testing.T, r ReadBack) {
	t.Helper()
	n := len(r.Rows)
	alone, whole := r.Rows[n-2], r.Rows[n-1]
	for _, row := range []Row{alone, whole} {
		assert.Zero(t, row.Duplicates, row.Client)
		assert.Zero(t, row.Lies, row.Client)
	}
	assert.Greater(t, whole.Rate(), alone.Rate())
	assert.Less(t, whole.Unknown, alone.Unknown)
	wrong := 0
	for _, row := range r.Rows[:n-2] {
		assert.Less(t, row.Rate(), alone.Rate(), row.Client)
		wrong += row.Duplicates + row.Lies
	}
	assert.Positive(t, wrong, "the day is bad enough for the zeros to mean something")
	assert.Positive(t, r.P50)
	assert.GreaterOrEqual(t, r.P99, r.P50)

	var sum Ends
	for _, kind := range Kinds {
		e := whole.Kinds[kind]
		all := e.ByCall + e.ByAsking + e.ByReading + e.Failed + e.Unknown.Issued + e.Unknown.NotIssued + e.Wrong
		assert.InDelta(t, whole.Operations/len(Kinds), all, float64(len(Seeds)), "every %s is accounted for", kind)
		sum.ByCall += e.ByCall
		sum.ByReading += e.ByReading
		sum.ByAsking += e.ByAsking
		sum.Wrong += e.Wrong
	}
	assert.Equal(t, whole.Success, sum.ByCall+sum.ByAsking+sum.ByReading)
	assert.Positive(t, sum.ByReading)
	assert.Zero(t, sum.Wrong)
	assert.Zero(t, whole.Kinds[Cancellation].ByReading, "a cancellation is sent again")
}

type scripted struct {
	sim      *chaos.Simulation
	executes map[string]int
	claims   map[string]peers.Outcome
	finds    map[string]resolution
}

func (s *scripted) Do(ctx context.Context, op chaos.Op) peers.Result {
	for range s.executes[op.ID] {
		if r := byHandOf(s.sim).Do(ctx, op); r.Outcome != peers.Done {
			return r
		}
	}
	return peers.Result{Outcome: s.claims[op.ID], Err: errors.New("as the test sets")}
}

func (s *scripted) Recover(_ context.Context, found func(string, resolution)) {
	for op, f := range s.finds {
		found(op, f)
	}
	s.finds = nil
}

func (s *scripted) Close() {}

func byHandOf(sim *chaos.Simulation) performer {
	p, err := orderer(peers.NetHTTP).connect(sim)
	if err != nil {
		panic(err)
	}
	return p
}

func TestTheLedgerCountsTheOutcomesOfCallsAndOfRecovery(t *testing.T) {
	later := func(o peers.Outcome, w Way) resolution { return resolution{result: peers.Result{Outcome: o}, way: w} }
	s := &scripted{
		executes: map[string]int{"op-1": 1, "op-2": 1, "op-3": 1, "op-4": 1, "op-5": 0, "op-6": 1, "op-7": 2, "op-8": 1},
		claims: map[string]peers.Outcome{
			"op-1": peers.Done, "op-2": peers.Unknown, "op-3": peers.Unknown, "op-4": peers.Unknown,
			"op-5": peers.Failed, "op-6": peers.Failed, "op-7": peers.Done, "op-8": peers.Unknown,
		},
	}
	counts := NewCounts()
	synctest.Test(t, func(t *testing.T) {
		d := &Day{kindOf: kindOf}
		cfg, work := chaos.Config{Seed: 1}, orders(9)
		_, err := d.run(Client{connect: func(sim *chaos.Simulation) (performer, error) {
			s.sim = sim
			return s, nil
		}}, cfg, work)
		require.NoError(t, err)
		// As if recovery had found these results a minute after the calls.
		for op, f := range map[string]resolution{
			"op-2": later(peers.Done, ByReading), "op-3": later(peers.Done, ByAsking), "op-8": later(peers.Failed, ByReading),
		} {
			d.recovery.found(op, f)
		}
		d.recovery.found("op-4", later(peers.Unknown, ByReading))
		counts.Add(d)
	})
	assert.Equal(t, 9, counts.Operations)
	assert.Equal(t, 3, counts.Success, "1 by its call, 2 and 3 by recovery")
	assert.Equal(t, 1, counts.Failed, "5")
	assert.Equal(t, 2, counts.Unknown, "4 and 9")
	assert.Equal(t, 2, counts.Lies, "6 by its call, 8 by recovery")
	assert.Equal(t, 1, counts.Duplicates, "7")
	assert.Equal(t, Ends{ByCall: 1, Unknown: Fate{Issued: 1}, Wrong: 1}, counts.Kinds[Booking], "1, 4, 7")
	assert.Equal(t, Ends{ByReading: 1, Failed: 1, Wrong: 1}, counts.Kinds[Credits], "2, 5, 8")
	assert.Equal(t, Ends{ByAsking: 1, Unknown: Fate{NotIssued: 1}, Wrong: 1}, counts.Kinds[Cancellation], "3, 9, 6")
	assert.InDelta(t, 100./3, counts.Kinds[Booking].Rate(), 0.01)
}

func TestTheReadBackReportSurvivesItsJSON(t *testing.T) {
	ours := NewCounts()
	ours.Operations, ours.Success, ours.Unknown, ours.Failed, ours.Requests = 200, 197, 2, 1, 300
	ours.Kinds = map[Kind]Ends{Booking: {ByCall: 90, ByAsking: 4, ByReading: 5, Failed: 1, Unknown: Fate{Issued: 1, NotIssued: 2}}}
	doc, err := json.Marshal(ReadBack{
		Days: 2, Rows: []Row{NewRow(SDKRecovers(), Remembers, ours)}, P50: 90 * time.Second, P99: 5 * time.Minute,
	})
	require.NoError(t, err)
	var r ReadBack
	require.NoError(t, json.Unmarshal(doc, &r))
	text := r.Markdown()
	for _, line := range []string{
		"100 operations on each of the same 2 days",
		"| bardge-go, Recover every minute (" + peers.SDK.Version + ") | 98.50 % | 1 | 2 | 0 | 0 | 1.50 |",
		"half\nwere over 90.0 s after the call, and 99 % 300.0 s after it",
		"| class booking | 96.12 % | 90 | 4 | 5 | 1 | 1 | 2 |\n",
		"| cancellation | 0.00 % | 0 | 0 | 0 | 0 | 0 | 0 |\n",
	} {
		assert.Contains(t, text, line)
	}
	assert.NotContains(t, text, "%!")
	assert.Empty(t, ReadBack{}.Markdown())
}
