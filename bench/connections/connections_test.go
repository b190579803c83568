package connections

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

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

const pause = 50 * time.Millisecond

type effort struct {
	passes int
	works  []work
}

var (
	thorough = effort{passes: 3, works: []work{
		{Steady, 500, 15, 0},
		{Steady, 2000, 4, 0},
		{Bursts, 500, 10, pause},
		{Bursts, 2000, 3, pause},
	}}
	brief = effort{passes: 1, works: []work{
		{Steady, 5, 2, 0},
		{Bursts, 5, 2, time.Millisecond},
	}}
)

// TestConnections measures at length only with -json. It always checks that
// values were measured, never how fast.
func TestConnections(t *testing.T) {
	e := brief
	if *jsonFile != "" {
		e = thorough
	}
	report := Report{Pause: pause}
	for _, w := range e.works {
		report.Rows = append(report.Rows, measure(t, w, e.passes)...)
	}
	t.Log("\n" + report.Markdown())
	assertMeasured(t, report, len(e.works)*len(kinds))
	if *jsonFile != "" {
		doc, err := json.Marshal(report)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(*jsonFile, append(doc, '\n'), 0o600))
	}
}

// measure makes the rows of one workload. The kinds take turns, in an order
// that changes from pass to pass.
func measure(t *testing.T, w work, passes int) []Row {
	t.Helper()
	samples := make([][]sample, len(kinds))
	order := rand.New(rand.NewPCG(1, 2)) // any order, as long as it changes
	for range passes {
		for _, i := range order.Perm(len(kinds)) {
			samples[i] = append(samples[i], pass(t, kinds[i], w))
		}
	}
	rows := make([]Row, len(kinds))
	for i, k := range kinds {
		rows[i] = newRow(w, k.name, samples[i], samples[0])
	}
	return rows
}

// pass runs a workload over new connections to a new server, after a round that
// warms up both.
func pass(t *testing.T, k kind, w work) sample {
	t.Helper()
	var handshakes atomic.Int64
	url, roots := measurement.LoopbackTLS(t)
	transport, closeIdle := k.make(counted(roots, &handshakes))
	c, err := measurement.NewWorkload(peers.SDK, url, transport, 1)
	require.NoError(t, err)
	defer closeIdle()
	defer c.Close()
	call := func() error { return c.Run(1) }
	warm := w
	warm.rounds = 1
	_, err = warm.run(call)
	require.NoError(t, err)
	runtime.GC()
	before := handshakes.Load()
	s, err := w.run(call)
	require.NoError(t, err)
	s.started = handshakes.Load() - before
	return s
}

// newRow compares the samples of a kind with the reference's.
func newRow(w work, transport string, samples, reference []sample) Row {
	of := func(value func(sample) float64) Figure { return figure(each(samples, value), each(reference, value)) }
	return Row{
		Callers: w.callers, Load: w.load, Transport: transport,
		Rate: of(sample.rate), CPU: of(sample.cpuPerCall),
		P50:        of(func(s sample) float64 { return s.percentile(50) }),
		P99:        of(func(s sample) float64 { return s.percentile(99) }),
		Handshakes: measurement.Median(each(samples, sample.handshakes)),
	}
}

func each(samples []sample, value func(sample) float64) []float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	return values
}

func assertMeasured(t *testing.T, r Report, rows int) {
	t.Helper()
	require.Len(t, r.Rows, rows)
	for i, row := range r.Rows {
		assert.Equal(t, kinds[i%len(kinds)].name, row.Transport)
		assert.Positive(t, row.Rate.Value, "%+v", row)
		assert.Positive(t, row.P50.Value, "%+v", row)
		assert.GreaterOrEqual(t, row.P99.Value, row.P50.Value, "%+v", row)
		assert.GreaterOrEqual(t, row.Handshakes, 0., "%+v", row)
	}
}
