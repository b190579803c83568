package connections

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
)

func TestEachCallerMakesItsCalls(t *testing.T) {
	for _, load := range []Load{Steady, Bursts} {
		var made, together, most atomic.Int64
		s, err := work{load: load, callers: 7, rounds: 3}.run(func() error {
			made.Add(1)
			now := together.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			defer together.Add(-1)
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, int64(21), made.Load(), load)
		assert.Equal(t, 21, s.calls)
		assert.Len(t, s.took, 21)
		assert.LessOrEqual(t, most.Load(), int64(7), "no caller makes two calls at a time")
		assert.Positive(t, s.busy)
	}
}

func TestPausesAreNotPartOfTheCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s, err := work{Bursts, 2, 3, 20 * time.Millisecond}.run(func() error {
			time.Sleep(time.Second)
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, 3*time.Second, s.busy)
		assert.Equal(t, s.busy+60*time.Millisecond, time.Since(began))
		assert.InDelta(t, 2, s.rate(), 0)
		assert.InDelta(t, float64(time.Second), s.percentile(50), 0)
	})
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

func TestSamplesAreOfACall(t *testing.T) {
	s := sample{calls: 4, busy: 2 * time.Second, cpu: 8 * time.Millisecond, started: 3, took: []time.Duration{1, 2, 3, 40}}
	assert.InDelta(t, 2, s.rate(), 0)
	assert.InDelta(t, 2e6, s.cpuPerCall(), 0)
	assert.InDelta(t, .75, s.handshakes(), 0)
	assert.InDelta(t, 2, s.percentile(50), 0)
	assert.InDelta(t, 40, s.percentile(99), 0)
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

func TestRatiosAreThoseOfThePasses(t *testing.T) {
	got := figure([]float64{30, 20, 40}, []float64{10, 20, 10})
	assert.Equal(t, Figure{Value: 30, Ratio: 3, Low: 1, High: 4}, got)
	assert.Equal(t, "0.03 ms, x3.00 (1.00-4.00)", got.in("%.2f ms", 1000))
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
