package connections

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
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
	measurement.WriteReport(t, *jsonFile, report)
}

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

func TestPausesAreNotPartOfTheCalls(t *testing.T) {
	for load, pauses := range map[Load]time.Duration{Steady: 0, Bursts: 60 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			s, err := work{load, 2, 3, 20 * time.Millisecond}.run(func() error {
				time.Sleep(time.Second)
				return nil
			})
			require.NoError(t, err)
			assert.Len(t, s.took, 6)
			assert.Equal(t, 3*time.Second, s.busy)
			assert.Equal(t, s.busy+pauses, time.Since(began))
			assert.InDelta(t, 2, s.rate(), 0)
			assert.InDelta(t, float64(time.Second), s.percentile(50), 0)
		})
	}
}

func TestACallThatFailsFailsTheMeasurement(t *testing.T) {
	broken := errors.New("broken")
	for _, load := range []Load{Steady, Bursts} {
		var made atomic.Int64
		_, err := work{load: load, callers: 2, rounds: 4}.run(func() error {
			if made.Add(1) == 3 {
				return broken
			}
			return nil
		})
		assert.ErrorIs(t, err, broken)
	}
}

func TestHandshakesAndProtocolsAreWhatTheTransportsPromise(t *testing.T) {
	url, roots := measurement.LoopbackTLS(t)
	fresh := kind{"a connection for each call", func(c *tls.Config) (http.RoundTripper, func()) {
		return own(&http.Transport{TLSClientConfig: c, DisableKeepAlives: true})
	}}
	for i, k := range append([]kind{fresh}, kinds...) {
		var handshakes atomic.Int64
		protocols := map[string]bool{}
		config := counted(roots, &handshakes)
		count := config.VerifyConnection
		config.VerifyConnection = func(s tls.ConnectionState) error {
			protocols[s.NegotiatedProtocol] = true
			return count(s)
		}
		transport, closeIdle := k.make(config)
		c, err := measurement.NewWorkload(peers.SDK, url, transport, 1)
		require.NoError(t, err)
		require.NoError(t, c.Run(5))
		c.Close()
		closeIdle()
		want, protocol := 1, "http/1.1"
		if i == 0 {
			want = 5
		}
		if i == len(kinds) {
			protocol = "h2"
		}
		assert.Equal(t, int64(want), handshakes.Load(), k.name)
		assert.Equal(t, map[string]bool{protocol: true}, protocols, k.name)
	}
}

func TestReportSurvivesItsJSON(t *testing.T) {
	fast := sample{calls: 100, busy: time.Second, cpu: 10 * time.Millisecond, started: 9, took: []time.Duration{2e6}}
	slow := sample{calls: 100, busy: 2 * time.Second, cpu: 67 * time.Millisecond, started: 83, took: []time.Duration{5e6}}
	w := work{load: Bursts, callers: 500}
	doc, err := json.Marshal(Report{Pause: 50 * time.Millisecond, Rows: []Row{
		newRow(w, "limited", []sample{slow}, []sample{slow}), newRow(w, "whole", []sample{fast}, []sample{slow}),
	}})
	require.NoError(t, err)
	var r Report
	require.NoError(t, json.Unmarshal(doc, &r))
	text := r.Markdown()
	for _, line := range []string{
		"pauses of 50 ms",
		"| 500 | bursts | limited | 50, x1.00 (1.00-1.00) | 670 µs, x1.00 (1.00-1.00) | 0.83 | 5.0 ms, x1.00 (1.00-1.00) |",
		"| 500 | bursts | whole | 100, x2.00 (2.00-2.00) | 100 µs, x0.15 (0.15-0.15) | 0.09 | 2.0 ms, x0.40 (0.40-0.40) |",
	} {
		assert.Contains(t, text, line)
	}
}
