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
	"github.com/bardge/bardge-go/bench/speed/meter"
)

var jsonFile = flag.String("json", "", "measure at length, and write the report to this `file`")

func TestMain(m *testing.M) {
	meter.Serve()
	goleak.VerifyTestMain(m)
}

// measured are the reference and what is held against it.
var measured = []peers.Peer{peers.NetHTTP, peers.SDK}

// effort is how much is measured.
type effort struct {
	callers []int
	plan    meter.Plan
}

var (
	thorough = effort{
		callers: []int{1, 16, 256, 4096},
		plan:    meter.Plan{Passes: 3, Blocks: 3, Calls: 2 * 4096},
	}
	brief = effort{
		callers: []int{1, 16},
		plan:    meter.Plan{Passes: 1, Blocks: 1, Calls: 64},
	}
)

// TestGrowth measures at length with -json only. Whatever it measured, it checks
// that this was measured, never how fast it was.
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
	courses := make([]meter.Course, len(rows))
	for i, row := range rows {
		c, err := meter.NewCourse(peer(i), meter.MemoryURL, &meter.Instant{}, row.Callers)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		courses[i] = c
	}
	for i, timing := range race(t, courses, e.plan) {
		var err error
		rows[i].Memory = timing
		rows[i].Call, err = meter.GarbageOf(courses[i], e.plan.Calls)
		require.NoError(t, err)
		rows[i].InFlight, err = meter.InFlight(peer(i), rows[i].Callers)
		require.NoError(t, err)
	}
}

func measureLoopback(t *testing.T, e effort, rows []Row) {
	t.Helper()
	url := meter.Loopback(t)
	courses := make([]meter.Course, len(rows))
	for i, row := range rows {
		c, err := meter.NewCourse(peer(i), url, meter.Network(row.Callers), row.Callers)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		courses[i] = c
	}
	for i, timing := range race(t, courses, e.plan) {
		rows[i].Loopback = timing
	}
}

// peer is whose course the i-th one is.
func peer(i int) peers.Peer { return measured[i%len(measured)] }

// race holds each course against the reference with as many callers.
func race(t *testing.T, courses []meter.Course, p meter.Plan) []meter.Timing {
	t.Helper()
	medians, err := meter.Race(courses, p)
	require.NoError(t, err)
	timings := make([]meter.Timing, len(medians))
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
