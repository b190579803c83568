package sandbox_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

func TestIdempotency_SameKeySameBodyIsReplayed(t *testing.T) {
	inBubble(t, func(g *rig) {
		first := g.key("k").send(g.issue())
		second := g.key("k").send(g.issue())
		assert.False(t, first.replayed())
		assert.True(t, second.replayed())
		assert.Equal(t, first.status, second.status)
		assert.Equal(t, string(first.body), string(second.body))
		assert.NotEqual(t, first.header.Get(idHeader), second.header.Get(idHeader), "each request has an id of its own")
		assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
		assert.Equal(t, 2, g.Requests(sandbox.IssuePass))
	})
}

func TestIdempotency_KeyIsRememberedFor90Seconds(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.key("k").send(g.issue())
		time.Sleep(89 * time.Second)
		assert.True(t, g.key("k").send(g.issue()).replayed(), "at 89 s")
		time.Sleep(2 * time.Second)
		assert.False(t, g.key("k").send(g.issue()).replayed(), "at 91 s: a replay does not prolong the memory")
		assert.Equal(t, 2, g.Executed(sandbox.IssuePass))
		time.Sleep(89 * time.Second)
		assert.True(t, g.key("k").send(g.issue()).replayed(), "the key was taken up anew")
	})
}

func TestIdempotency_MemoryBeginsWhenTheKeyArrives(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.DelayBefore(30*time.Second))
		g.key("k").send(g.issue())
		time.Sleep(59 * time.Second)
		assert.True(t, g.key("k").send(g.issue()).replayed(), "89 s after arrival")
		time.Sleep(2 * time.Second)
		assert.False(t, g.key("k").send(g.issue()).replayed(), "91 s after arrival, 61 s after execution")
	})
}

func TestIdempotency_RunningRequestOutlivesTheMemory(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.DelayBefore(100*time.Second))
		go g.key("k").send(g.issue())
		time.Sleep(95 * time.Second)
		assert.True(t, g.key("k").send(g.issue()).replayed(), "it waited for the one that runs")
		assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
	})
}

func TestIdempotency_MemoryAndClockCanBeChosen(t *testing.T) {
	var now atomic.Int64
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	inBubble(t, func(g *rig) {
		g.key("k").send(g.issue())
		time.Sleep(time.Hour)
		assert.True(t, g.key("k").send(g.issue()).replayed(), "the clock has stopped")
		now.Store(10)
		assert.False(t, g.key("k").send(g.issue()).replayed())
	}, sandbox.WithClock(clock), sandbox.WithKeyMemory(10*time.Second))
}

func TestIdempotency_OtherRequestUnderTheKeyIsRefused(t *testing.T) {
	for _, row := range []struct {
		name    string
		request func(g *rig) (gen.Request, error)
	}{
		{"other body", func(g *rig) (gen.Request, error) {
			return gen.NewIssuePassRequest(gen.IssuePassParams{ClientID: "client_new", PassID: g.Seed.PassID})
		}},
		{"other operation", func(g *rig) (gen.Request, error) { return g.book(g.Seed.ClassInstanceID) }},
		{"other query", func(g *rig) (gen.Request, error) {
			request, err := g.issue()
			request.Query = map[string][]string{"a": {"b"}}
			return request, err
		}},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			g.key("k").send(g.issue())
			shown := g.key("k").send(row.request(g)).refused(http.StatusConflict, gen.ErrorCodeIdempotencyKeyReused)
			assert.Equal(t, gen.ErrorTypeIdempotencyError, shown.Type)
			assert.True(t, g.key("k").send(g.issue()).replayed(), "the refusal was not kept")
			assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
			assert.Zero(t, g.Executed(sandbox.BookClass))
		}))
	}
}

func TestIdempotency_ConcurrentRequestsShareOneAnswer(t *testing.T) {
	inBubble(t, func(g *rig) {
		const callers = 5
		g.Next(sandbox.IssuePass, sandbox.DelayBefore(3*time.Second))
		start := time.Now()
		replies := make([]reply, callers)
		var all sync.WaitGroup
		for i := range replies {
			all.Go(func() { replies[i] = g.key("k").send(g.issue()) })
			synctest.Wait() // the first has been taken up, the others wait for it
		}
		all.Wait()
		assert.Equal(t, 3*time.Second, time.Since(start))
		assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
		for i, r := range replies {
			require.NoError(t, r.err)
			assert.Equal(t, string(replies[0].body), string(r.body))
			assert.Equal(t, i > 0, r.replayed())
		}
	})
}

func TestIdempotency_MismatchIsRefusedWhileTheFirstRuns(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.DelayBefore(3*time.Second))
		go g.key("k").send(g.issue())
		synctest.Wait()
		start := time.Now()
		g.key("k").send(g.book(g.Seed.ClassInstanceID)).refused(http.StatusConflict, gen.ErrorCodeIdempotencyKeyReused)
		assert.Zero(t, time.Since(start))
		time.Sleep(3 * time.Second)
	})
}

func TestIdempotency_RefusalsBehindTheLayerAreKept(t *testing.T) {
	inBubble(t, func(g *rig) {
		full := g.key("k").send(g.book(g.Seed.FullInstanceID))
		full.refused(http.StatusConflict, gen.ErrorCodeClassFull)
		again := g.key("k").send(g.book(g.Seed.FullInstanceID))
		again.refused(http.StatusConflict, gen.ErrorCodeClassFull)
		assert.True(t, again.replayed())
		assert.Equal(t, string(full.body), string(again.body))
		assert.Equal(t, []sandbox.Result{sandbox.ResultRejected, sandbox.ResultReplayed}, g.results(sandbox.BookClass))
	})
}

func TestIdempotency_AnswersBeforeTheLayerAreNotKept(t *testing.T) {
	for _, row := range []struct {
		name   string
		spoil  func(g *rig)
		repair func(g *rig)
		status int
	}{
		{
			"401", func(g *rig) { g.header.Set("Authorization", "Bearer wrong") },
			func(g *rig) { g.header.Set("Authorization", "Bearer "+g.APIKey) }, http.StatusUnauthorized,
		},
		{
			"403 of a disabled account", func(g *rig) { g.SetAccountEnabled(false) },
			func(g *rig) { g.SetAccountEnabled(true) }, http.StatusForbidden,
		},
		{
			"500", func(g *rig) { g.Next(sandbox.IssuePass, sandbox.ServerErrorBefore(500)) },
			func(*rig) {}, http.StatusInternalServerError,
		},
		{
			"429", func(g *rig) { g.Next(sandbox.IssuePass, sandbox.TooMany(0)) },
			func(*rig) {}, http.StatusTooManyRequests,
		},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			row.spoil(g)
			assert.Equal(t, row.status, g.key("k").send(g.issue()).status)
			row.repair(g)
			fresh := g.key("k").send(g.issue())
			assert.Equal(t, http.StatusCreated, fresh.status)
			assert.False(t, fresh.replayed())
			assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
		}))
	}
}

func TestIdempotency_NoKeyNoProtection(t *testing.T) {
	inBubble(t, func(g *rig) {
		first, second := g.send(g.issue()), g.send(g.issue())
		assert.NotEqual(t, read[gen.IssuedPass](first).ID, read[gen.IssuedPass](second).ID)
		assert.False(t, second.replayed())
		assert.Equal(t, 2, g.Executed(sandbox.IssuePass))
	})
}

func TestIdempotency_KeysOfDifferentResellersNeverMeet(t *testing.T) {
	inBubble(t, func(g *rig) {
		other := g.with("Authorization", "Bearer "+g.Seed.OtherAPIKey)
		mine := read[gen.IssuedPass](g.key("k").send(g.issue()))
		theirs := read[gen.IssuedPass](other.key("k").send(g.issue()))
		assert.NotEqual(t, mine.ID, theirs.ID)
		assert.Equal(t, 2, g.Executed(sandbox.IssuePass))
	})
}

func TestIdempotency_ManyCallersUnderRandomFaults(t *testing.T) {
	inBubble(t, func(g *rig) {
		const callers, tries = 30, 40
		start := time.Now()
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				caller := g.key(string(rune('A' + i)))
				for range tries {
					if r := caller.send(g.issue()); r.err == nil && r.status == http.StatusCreated {
						return
					}
				}
			})
		}
		all.Wait()
		require.Less(t, time.Since(start), 90*time.Second)
		assert.Equal(t, callers, g.Executed(sandbox.IssuePass), "each key once")
		assert.Greater(t, g.Requests(sandbox.IssuePass), callers)
	}, sandbox.WithRandomFaults(3, 0.6))
}
