package sandbox_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

func TestFaults(t *testing.T) {
	for _, row := range []struct {
		fault    sandbox.Fault
		executed int
		result   sandbox.Result
		status   int           // in the ledger; 0: no answer
		after    time.Duration // until the client knows
		saw      func(r reply) // what the client saw
	}{
		{
			fault: sandbox.Refuse, result: sandbox.ResultDropped,
			saw: func(r reply) { require.Error(r, r.err); assert.Zero(r, r.status) },
		},
		{
			fault: sandbox.ResetBefore, result: sandbox.ResultDropped,
			saw: func(r reply) { require.ErrorIs(r, r.err, syscall.ECONNRESET) },
		},
		{
			fault: sandbox.LoseResponse, executed: 1, result: sandbox.ResultExecuted,
			saw: func(r reply) { require.ErrorIs(r, r.err, syscall.ECONNRESET) },
		},
		{
			fault: sandbox.CutResponse, executed: 1, result: sandbox.ResultExecuted, status: 201,
			saw: func(r reply) {
				assert.Equal(r, http.StatusCreated, r.status)
				require.ErrorIs(r, r.err, io.ErrUnexpectedEOF)
				length, err := strconv.Atoi(r.header.Get("Content-Length"))
				require.NoError(r, err)
				assert.Less(r, len(r.body), length)
				assert.NotEmpty(r, r.body)
			},
		},
		{
			fault: sandbox.ServerErrorBefore(502), result: sandbox.ResultRejected, status: 502,
			saw: func(r reply) { assert.Equal(r, gen.ErrorTypeAPIError, r.refused(502, "internal_error").Type) },
		},
		{
			fault: sandbox.ServerErrorAfter(500), executed: 1, result: sandbox.ResultExecuted, status: 500,
			saw: func(r reply) { r.refused(500, "internal_error") },
		},
		{
			fault: sandbox.Unavailable(1500 * time.Millisecond), result: sandbox.ResultRejected, status: 503,
			saw: func(r reply) {
				r.refused(503, "service_unavailable")
				assert.Equal(r, "2", r.header.Get("Retry-After"))
			},
		},
		{
			fault: sandbox.TooMany(0), result: sandbox.ResultRejected, status: 429,
			saw: func(r reply) {
				r.refused(429, "rate_limit_exceeded")
				assert.Empty(r, r.header.Get("Retry-After"))
			},
		},
		{
			fault: sandbox.KeyStoreFailure, result: sandbox.ResultRejected, status: 503,
			saw: func(r reply) { r.refused(503, "service_unavailable") },
		},
		{
			fault: sandbox.DelayBefore(20 * time.Second), executed: 1, result: sandbox.ResultExecuted, status: 201,
			after: 20 * time.Second,
			saw:   func(r reply) { read[gen.IssuedPass](r) },
		},
		{
			fault: sandbox.DelayAfter(20 * time.Second), executed: 1, result: sandbox.ResultExecuted, status: 201,
			after: 20 * time.Second,
			saw:   func(r reply) { read[gen.IssuedPass](r) },
		},
		{
			fault: sandbox.ProxyPage(200), result: sandbox.ResultRejected, status: 200,
			saw: func(r reply) { sawPage(r, 200) },
		},
		{
			fault: sandbox.ProxyPageAfter(504), executed: 1, result: sandbox.ResultExecuted, status: 504,
			saw: func(r reply) { sawPage(r, 504) },
		},
		{
			fault: sandbox.NoFault, executed: 1, result: sandbox.ResultExecuted, status: 201,
			saw: func(r reply) { read[gen.IssuedPass](r) },
		},
	} {
		t.Run(string(row.fault), bubbleTest(func(g *rig) {
			g.Next(sandbox.IssuePass, row.fault)
			start := time.Now()
			row.saw(g.key("k").send(g.issue()))
			assert.Equal(t, row.after, time.Since(start))

			entries := g.Ledger()
			require.Len(t, entries, 1)
			assert.Equal(t, row.result, entries[0].Result)
			assert.Equal(t, row.status, entries[0].Status)
			if row.fault != sandbox.NoFault {
				assert.Equal(t, row.fault, entries[0].Fault)
			}
			assert.Equal(t, row.executed, g.Executed(sandbox.IssuePass))

			again := g.key("k").send(g.issue())
			assert.Equal(t, row.executed == 1, again.replayed(), "what was executed is remembered, and nothing else")
			if row.fault == sandbox.ServerErrorAfter(500) {
				again.refused(500, "internal_error")
			} else {
				read[gen.IssuedPass](again)
			}
			assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
		}))
	}
}

func sawPage(r reply, status int) {
	r.Helper()
	require.NoError(r, r.err)
	assert.Equal(r, status, r.status)
	assert.Equal(r, "text/html", r.header.Get("Content-Type"))
	assert.Empty(r, r.header.Get(idHeader), "a proxy knows no request ids")
	assert.Contains(r, string(r.body), "<html>")
}

func TestFaultsQueueInOrder(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.TooMany(0), sandbox.NoFault)
		g.Next(sandbox.IssuePass, sandbox.ServerErrorBefore(500))
		g.Next(sandbox.BookClass, sandbox.ProxyPage(502))
		statuses := make([]int, 4)
		for i := range statuses {
			statuses[i] = g.send(g.issue()).status
		}
		assert.Equal(t, []int{429, 201, 500, 201}, statuses)
		assert.Equal(t, 502, g.send(g.book(g.Seed.ClassInstanceID)).status, "each operation has a queue of its own")
	})
}

func TestDelayBeforeExecutesAlthoughTheClientIsGone(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.DelayBefore(30*time.Second))
		impatient := *g
		impatient.client = &http.Client{Transport: g.client.Transport, Timeout: 15 * time.Second}
		require.Error(t, impatient.key("k").send(g.issue()).err)
		synctest.Wait()
		assert.Zero(t, g.Executed(sandbox.IssuePass))
		assert.Equal(t, []sandbox.Result{sandbox.ResultPending}, g.results(sandbox.IssuePass))
		time.Sleep(20 * time.Second)
		assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
	})
}

func TestDelayAfterExecutesAtOnce(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.DelayAfter(time.Minute))
		done := make(chan struct{})
		go func() {
			defer close(done)
			g.key("k").send(g.issue())
		}()
		synctest.Wait()
		assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
		start := time.Now()
		assert.True(t, g.key("k").send(g.issue()).replayed(), "a repetition gets the response")
		assert.Zero(t, time.Since(start))
		<-done
	})
}

func TestFaultHeader(t *testing.T) {
	inBubble(t, func(g *rig) {
		asking := g.with(sandbox.FaultHeader, string(sandbox.LoseResponse))
		require.Error(t, asking.key("k").send(g.issue()).err)
		assert.True(t, asking.key("k").send(g.issue()).replayed(), "a known key meets the fault once")
		require.Error(t, asking.send(g.issue()).err)
		require.Error(t, asking.send(g.issue()).err, "without a key it is met each time")

		g.Next(sandbox.IssuePass, sandbox.NoFault)
		read[gen.IssuedPass](asking.send(g.issue()))

		shown := g.with(sandbox.FaultHeader, "flood").send(g.issue()).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.True(t, strings.HasPrefix(shown.Message, sandbox.FaultHeader+" "), shown.Message)
	})
}

func TestFaultTexts(t *testing.T) {
	for text, ok := range map[string]bool{
		"none": true, "refuse": true, "reset-before": true, "lose-response": true, "cut-response": true,
		"server-error-before=500": true, "server-error-after=599": true, "proxy-page=200": true,
		"proxy-page-after=504": true, "unavailable=0s": true, "too-many=2s": true, "delay-before=1m": true,
		"delay-after=1ms": true, "key-store-failure": true,

		"": false, "flood": false, "lose-response=1": false, "server-error-before": false, "server-error-after=404": false,
		"server-error-after=600": false, "proxy-page=100": false, "unavailable": false, "delay-after=-1s": false,
		"delay-before=soon": false, "unreadable": false,
	} {
		fault, err := sandbox.ParseFault(text)
		if ok {
			require.NoError(t, err)
			assert.Equal(t, sandbox.Fault(text), fault)
		} else {
			require.Error(t, err, text)
		}
	}
	_, err := sandbox.ParseOperation("issuePass")
	require.Error(t, err)
	op, err := sandbox.ParseOperation("IssuePass")
	require.NoError(t, err)
	assert.Equal(t, sandbox.IssuePass, op)
}

func TestNextRefusesWhatDoesNotExist(t *testing.T) {
	inBubble(t, func(g *rig) {
		assert.Panics(t, func() { g.Next("Fly", sandbox.LoseResponse) })
		assert.Panics(t, func() { g.Next(sandbox.IssuePass, sandbox.ServerErrorBefore(404)) })
	})
}

func TestRandomFaultsRepeat(t *testing.T) {
	run := func() (faults []sandbox.Fault) {
		inBubble(t, func(g *rig) {
			for range 60 {
				g.send(g.issue())
			}
			for _, entry := range g.Ledger() {
				faults = append(faults, entry.Fault)
			}
		}, sandbox.WithRandomFaults(7, 0.5))
		return faults
	}
	first := run()
	assert.Equal(t, first, run())
	hit := 0
	for _, fault := range first {
		if fault != "" {
			hit++
		}
	}
	assert.Greater(t, hit, 15)
	assert.Less(t, hit, 45)
}

func TestRandomFaults_AtRateZeroNoneAtRateOneAll(t *testing.T) {
	for rate, hit := range map[float64]int{0: 0, 1: 20} {
		inBubble(t, func(g *rig) {
			for range 20 {
				g.send(g.issue())
			}
			met := 0
			for _, entry := range g.Ledger() {
				if entry.Fault != "" {
					met++
				}
			}
			assert.Equal(t, hit, met)
		}, sandbox.WithRandomFaults(1, rate))
	}
}
