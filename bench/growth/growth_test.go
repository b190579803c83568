package growth

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
)

var jsonFile = flag.String("json", "", "measure at length, and write the report to this `file`")

func TestMain(m *testing.M) {
	measurement.Serve()
	goleak.VerifyTestMain(m)
}

// measured are the reference and the client to compare with it.
var measured = []peers.Peer{peers.NetHTTP, peers.SDK}

type effort struct {
	callers []int
	plan    measurement.Plan
}

var (
	thorough = effort{
		callers: []int{1, 16, 256, 4096},
		plan:    measurement.Plan{Passes: 3, Blocks: 3, Calls: 2 * 4096},
	}
	brief = effort{
		callers: []int{1, 16},
		plan:    measurement.Plan{Passes: 1, Blocks: 1, Calls: 64},
	}
)

// TestGrowth measures at length only with -json. It always checks that values
// were measured, never how fast.
func TestGrowth(t *testing.T) {
	e := brief
	if *jsonFile != "" {
		e = thorough
	}
	var report Report
	for _, n := range e.callers {
		for _, p := range measured {
			report.Rows = append(report.Rows, Row{Callers: n, Client: p.Name})
		}
	}
	measureMemory(t, e, report.Rows)
	measureLoopback(t, e, report.Rows)

	assertMeasured(t, report)
	t.Log("\n" + report.Markdown())
	if *jsonFile != "" {
		doc, err := json.Marshal(report)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(*jsonFile, append(doc, '\n'), 0o600))
	}
}

func measureMemory(t *testing.T, e effort, rows []Row) {
	t.Helper()
	workloads := make([]measurement.Workload, len(rows))
	for i, row := range rows {
		c, err := measurement.NewWorkload(peer(i), measurement.MemoryURL, &measurement.MemoryTransport{}, row.Callers)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		workloads[i] = c
	}
	for i, timing := range compare(t, workloads, e.plan) {
		var err error
		rows[i].Memory = timing
		rows[i].Call, err = measurement.GarbageOf(workloads[i], e.plan.Calls)
		require.NoError(t, err)
		rows[i].InFlight, err = measurement.InFlight(peer(i), rows[i].Callers)
		require.NoError(t, err)
	}
}

func measureLoopback(t *testing.T, e effort, rows []Row) {
	t.Helper()
	url := measurement.Loopback(t)
	workloads := make([]measurement.Workload, len(rows))
	for i, row := range rows {
		c, err := measurement.NewWorkload(peer(i), url, measurement.Network(row.Callers), row.Callers)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		workloads[i] = c
	}
	for i, timing := range compare(t, workloads, e.plan) {
		rows[i].Loopback = timing
	}
}

// peer is the client of the i-th workload.
func peer(i int) peers.Peer { return measured[i%len(measured)] }

// compare holds each workload against the reference with as many callers.
func compare(t *testing.T, workloads []measurement.Workload, p measurement.Plan) []measurement.Timing {
	t.Helper()
	medians, err := measurement.Compare(workloads, p)
	require.NoError(t, err)
	timings := make([]measurement.Timing, len(medians))
	for i, m := range medians {
		timings[i] = m.Timing(medians[i-i%len(measured)])
	}
	return timings
}

func assertMeasured(t *testing.T, r Report) {
	t.Helper()
	for _, row := range r.Rows {
		assert.Positive(t, row.Memory.Nanos, "%+v", row)
		assert.Positive(t, row.Loopback.Nanos, "%+v", row)
		assert.Positive(t, row.Call.Allocations, "%+v", row)
		assert.Positive(t, row.Call.Bytes, "%+v", row)
		assert.Positive(t, row.InFlight, "%+v", row)
	}
}
