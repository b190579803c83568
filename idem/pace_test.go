package idem

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func rateLimit(n float64) func(*Config) { return func(c *Config) { c.RateLimit = n } }

func unchanged(*Config) {}

// At a limit of 50 a second, 2,000 calls take 39.8 s at best.
func TestR41_ManyCallersAtALimit(t *testing.T) {
	for name, row := range map[string]struct {
		admits func(time.Duration) bool
		change func(*Config)
		share  float64 // of 429s, at most
		took   float64 // seconds, at most
	}{
		"unknown":                 {admits: bucket(50, 10), change: unchanged, share: 0.01, took: 52},
		"unknown, a fixed window": {admits: fixedWindow(50), change: unchanged, share: 0.02, took: 55},
		"unknown, burst 1":        {admits: bucket(50, 1), change: unchanged, share: 0.02, took: 60},
		"known":                   {admits: bucket(50, 10), change: rateLimit(50), took: 42},
		"known, a fixed window":   {admits: fixedWindow(50), change: rateLimit(50), took: 42},
	} {
		t.Run(name, func(t *testing.T) {
			s := newLimitedServer(row.admits)
			inWorld(t, s.ServeHTTP, func(t *testing.T, w *world) {
				issueMany(t, w, s)
				assert.LessOrEqual(t, s.share(), row.share)
				assert.LessOrEqual(t, s.took().Seconds(), row.took)
				assert.Equal(t, int64(0), w.engine.budget.spent.Load(), "R16: a 429 takes no retry")
			}, row.change)
		})
	}
}

func TestR41_RetryAfterInAllForms(t *testing.T) {
	for name, asks := range map[string]func() []string{
		"none":   func() []string { return nil },
		"a date": func() []string { return []string{time.Now().Add(time.Second).UTC().Format(http.TimeFormat)} },
		"bad":    func() []string { return []string{"soon"} },
	} {
		t.Run(name, func(t *testing.T) {
			s := newLimitedServer(bucket(50, 10))
			s.asks = asks
			inWorld(t, s.ServeHTTP, func(t *testing.T, w *world) {
				issueMany(t, w, s)
				assert.LessOrEqual(t, s.share(), 0.05)
				assert.LessOrEqual(t, s.took(), time.Minute)
			})
		})
	}
}

func TestR41_ALimitThatChanges(t *testing.T) {
	s := newLimitedServer(nil)
	fast, slow := bucket(100, 10), bucket(25, 5)
	s.admits = func(at time.Duration) bool {
		if at > 10*time.Second && at < 30*time.Second {
			return slow(at)
		}
		return fast(at)
	}
	inWorld(t, s.ServeHTTP, func(t *testing.T, w *world) {
		issueMany(t, w, s)
		assert.LessOrEqual(t, s.share(), 0.02)
		assert.LessOrEqual(t, s.took(), 70*time.Second)
	})
}

// Reads and mutations of a client share its pace.
func TestR41_ReadsShareThePace(t *testing.T) {
	s := newLimitedServer(bucket(50, 10))
	inWorld(t, s.ServeHTTP, func(t *testing.T, w *world) {
		callers(200, 2, func(caller, call int) {
			q := read()
			q.Request.Path = "/" + strconv.Itoa(caller) + "/" + strconv.Itoa(call)
			for _, c := range []Call{post(Keyed), q} {
				assert.Equal(t, OutcomeDone, w.engine.Do(t.Context(), c).Outcome)
			}
		})
		assert.Len(t, s.executed, 800)
		assert.LessOrEqual(t, s.share(), 0.04)
	})
}

// rejects responds 429 so many times, then with a success.
func rejects(times int64, wait string) http.HandlerFunc {
	var n atomic.Int64
	limited, done := asksToWait(429, wait), says(200, `{"id":"x"}`)
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) <= times {
			limited(w, r)
			return
		}
		done(w, r)
	}
}

func TestR41_A429IsRepeatedWithinTheCallsBounds(t *testing.T) {
	for name, class := range map[string]Class{
		"keyed": Keyed, "safe": Safe, "idempotent": Idempotent, "key unverified": KeyUnverified, "non-idempotent": NonIdempotent,
	} {
		t.Run(name, worldTest(rejects(20, "3"), func(t *testing.T, w *world) {
			r := w.engine.Do(t.Context(), post(class))
			require.NoError(t, r.Err)
			assert.Len(t, r.Attempts, 21)
		}))
	}
	t.Run("no longer", worldTest(asksToWait(429, "50"), func(t *testing.T, w *world) {
		start := time.Now()
		r := w.engine.Do(t.Context(), post(Keyed))
		assert.Equal(t, OutcomeRejected, r.Outcome)
		require.ErrorIs(t, r.Err, ErrRateLimited)
		assert.EqualError(t, r.Err, "asked to slow down; the server asked for 50 s; the key's window leaves 32 s")
		assert.Equal(t, 50*time.Second, r.RetryAfter)
		assert.True(t, r.RetryHelps)
		assert.Len(t, r.Attempts, 2)
		assert.Less(t, time.Since(start), 51*time.Second, "R9: at once")
	}))
	t.Run("an explicit number is final", worldTest(asksToWait(429, "3"), func(t *testing.T, w *world) {
		r := w.engine.Do(t.Context(), atMost(3, post(Keyed)))
		require.ErrorIs(t, r.Err, ErrRateLimited)
		assert.Equal(t, 3*time.Second, r.RetryAfter)
		assert.Len(t, r.Attempts, 3)
	}))
	t.Run("429s leave the other attempts", worldTest(script(
		asksToWait(429, "1"), asksToWait(429, "1"), asksToWait(429, "1"), asksToWait(429, "1"), asksToWait(429, "1"),
		asksToWait(429, "1"), says(503, errorObject), says(200, `{"id":"x"}`),
	), func(t *testing.T, w *world) {
		assert.NoError(t, w.engine.Do(t.Context(), read()).Err)
	}))
}

// An empty budget does not end a call that is limited, and a 429 gives no retry
// back.
func TestR41_R16_A429NeedsNoBudget(t *testing.T) {
	inWorld(t, rejects(10, "1"), func(t *testing.T, w *world) {
		w.engine.budget.spent.Store(budgetCapacity)
		r := w.engine.Do(t.Context(), post(Keyed))
		require.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 11)
		assert.EqualValues(t, budgetCapacity-1, w.engine.budget.spent.Load(), "the success gave one back")
	})
}

// A wait for the pace is no sleep of the process, after which a call is tried
// once more (R32).
func TestR41_R32_AWaitForThePaceIsNoSleep(t *testing.T) {
	inWorld(t, says(503, errorObject), func(t *testing.T, w *world) {
		s := &attempts{operation: w.engine.newOperation(t.Context(), new(Call))}
		a := &attempt{start: s.started, paceWait: time.Minute, timeout: time.Second}
		a.start.Mono += time.Minute
		a.seen.End = a.start
		assert.False(t, s.wasSuspended(a))
		a.paceWait = 0
		assert.True(t, s.wasSuspended(a))
	})
}

// paused makes a 429 pause the client.
func paused(t *testing.T, w *world) {
	t.Helper()
	r := w.engine.Do(t.Context(), atMost(1, post(Keyed)))
	require.ErrorIs(t, r.Err, ErrRateLimited)
	assert.Equal(t, OutcomeRejected, r.Outcome)
}

func TestR41_ACallWhoseTurnComesTooLateEndsAtOnce(t *testing.T) {
	inWorld(t, asksToWait(429, "30"), func(t *testing.T, w *world) {
		paused(t, w)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		r := w.engine.Do(ctx, post(Keyed))
		assert.Zero(t, time.Since(start), "R9")
		assert.Equal(t, OutcomeNotSent, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrRateLimited)
		assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
		assert.EqualError(t, r.Err,
			"its turn at the client's pace did not come; the next attempt would come after the caller's deadline")
		assert.InDelta(t, 30, r.RetryAfter.Seconds(), 0.2)
		assert.True(t, r.RetryHelps)
		assert.EqualValues(t, 1, w.hits.Load(), "nothing was sent")
	})
}

func TestR41_TenThousandWaitersAreCancelledAtOnce(t *testing.T) {
	inWorld(t, script(asksToWait(429, "60"), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		paused(t, w)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		start := time.Now()
		for range 10_000 {
			all.Go(func() {
				r := w.engine.Do(ctx, post(Keyed))
				assert.Equal(t, OutcomeNotSent, r.Outcome)
				assert.ErrorIs(t, r.Err, context.Canceled)
			})
		}
		time.Sleep(10 * time.Second)
		cancel()
		all.Wait()
		assert.Equal(t, 10*time.Second, time.Since(start))
		assert.EqualValues(t, 1, w.hits.Load())
		assert.NoError(t, w.engine.Do(t.Context(), post(Keyed)).Err, "the turnstile goes on")
	}, func(c *Config) { c.Observe, c.Policy.MaxElapsedTime = nil, 45*time.Minute })
}

// An operation in doubt is sent once more, late, although the pause is longer
// than what is left for it (R34).
func TestR41_R34_APauseDoesNotLeaveDoubt(t *testing.T) {
	lost := make(chan struct{})
	handle := func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/limited":
			asksToWait(429, "50")(rw, r)
		case r.Header.Get("X-Attempt") == "" && isFirst(lost):
			lose(rw, r)
		default:
			says(200, `{"id":"x"}`)(rw, r)
		}
	}
	inWorld(t, handle, func(t *testing.T, w *world) {
		limited := atMost(1, post(Keyed))
		limited.Request.Path = "/limited"
		go func() {
			<-lost
			w.engine.Do(context.Background(), limited)
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		start := time.Now()
		r := w.engine.Do(ctx, post(Keyed))
		require.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 2)
		assert.Less(t, time.Since(start), 20*time.Second)
		assert.Positive(t, r.Attempts[1].PaceWait)
	})
}

func isFirst(done chan struct{}) bool {
	select {
	case <-done:
		return false
	default:
		close(done)
		return true
	}
}

// A retry, whose key's window runs, goes before calls that have sent nothing.
func TestR41_RetriesGoFirst(t *testing.T) {
	var order []string
	var mu sync.Mutex
	var n atomic.Int64
	handle := func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		order = append(order, r.URL.Path)
		mu.Unlock()
		if r.URL.Path == "/retried" && n.Add(1) < 5 {
			asksToWait(429, "2")(rw, r)
			return
		}
		says(200, `{"id":"x"}`)(rw, r)
	}
	inWorld(t, handle, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		call := func(path string) {
			c := post(Keyed)
			c.Request.Path = path
			assert.NoError(t, w.engine.Do(t.Context(), c).Err)
		}
		all.Go(func() { call("/retried") })
		synctest.Wait()
		for range 50 {
			all.Go(func() { call("/new") })
		}
		all.Wait()
		assert.Len(t, order, 55)
		var at []int
		for i, path := range order {
			if path == "/retried" {
				at = append(at, i)
			}
		}
		assert.Equal(t, []int{0, 1, 2, 3, 4}, at, "each goes first when the pause ends")
	})
}

func TestR41_MaxConcurrentBoundsWhatIsUnderWay(t *testing.T) {
	for name, row := range map[string]struct {
		limit, most int
	}{
		"a limit": {limit: 7, most: 7}, "none": {most: 200},
	} {
		t.Run(name, func(t *testing.T) {
			var under, most atomic.Int64
			inWorld(t, func(rw http.ResponseWriter, r *http.Request) {
				most.Store(max(most.Load(), under.Add(1)))
				time.Sleep(time.Second)
				under.Add(-1)
				says(200, `{"id":"x"}`)(rw, r)
			}, func(t *testing.T, w *world) {
				callers(200, 3, func(int, int) { assert.NoError(t, w.engine.Do(t.Context(), post(Keyed)).Err) })
				assert.EqualValues(t, row.most, most.Load())
			}, func(c *Config) { c.MaxConcurrent = row.limit })
		})
	}
}

// A 503 with a Retry-After pauses the client once a 429 has shown a limit, and
// before that its own call alone.
func TestR41_A503PausesAClientThatIsLimited(t *testing.T) {
	for name, row := range map[string]struct {
		before http.HandlerFunc
		pauses bool
	}{
		"limited": {before: asksToWait(429, "1"), pauses: true}, "not": {before: says(200, `{"id":"x"}`)},
	} {
		t.Run(name, worldTest(script(row.before, asksToWait(503, "20"), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
			w.engine.Do(t.Context(), atMost(1, post(Keyed)))
			w.engine.Do(t.Context(), atMost(1, post(Keyed)))
			r := w.engine.Do(t.Context(), post(Keyed))
			require.NoError(t, r.Err)
			assert.Equal(t, row.pauses, r.Attempts[0].PaceWait >= 20*time.Second, r.Attempts[0].PaceWait)
		}))
	}
}

type limiterFunc func(context.Context) error

func (f limiterFunc) Wait(ctx context.Context) error { return f(ctx) }

func limiter(f limiterFunc) func(*Config) { return func(c *Config) { c.Limiter = f } }

func TestR41_ALimiterOfTheCallers(t *testing.T) {
	ok := says(200, `{"id":"x"}`)
	t.Run("it is asked before each attempt", func(t *testing.T) {
		asked := 0
		inWorld(t, script(says(503, errorObject), ok), func(t *testing.T, w *world) {
			require.NoError(t, w.engine.Do(t.Context(), post(Keyed)).Err)
			assert.Equal(t, 2, asked)
		}, limiter(func(context.Context) error { asked++; return nil }))
	})
	t.Run("it fails", func(t *testing.T) {
		broken := errors.New("the store is away")
		inWorld(t, ok, func(t *testing.T, w *world) {
			r := w.engine.Do(t.Context(), post(Keyed))
			assert.Equal(t, OutcomeNotSent, r.Outcome)
			require.ErrorIs(t, r.Err, broken)
			assert.NotErrorIs(t, r.Err, ErrRateLimited)
			assert.EqualError(t, r.Err, "the limiter failed")
			assert.Zero(t, w.hits.Load())
		}, limiter(func(context.Context) error { return broken }))
	})
	t.Run("it refuses for want of time", func(t *testing.T) { // the text of golang.org/x/time/rate v0.16.0
		inWorld(t, ok, func(t *testing.T, w *world) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			r := w.engine.Do(ctx, post(Keyed))
			assert.Equal(t, OutcomeNotSent, r.Outcome)
			require.ErrorIs(t, r.Err, ErrRateLimited)
			assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
		}, limiter(func(context.Context) error { return errors.New("rate: Wait(n=1) would exceed context deadline") }))
	})
	t.Run("it waits for ever", worldTest(ok, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		r := w.engine.Do(ctx, post(Keyed))
		assert.Equal(t, OutcomeNotSent, r.Outcome)
		assert.ErrorIs(t, r.Err, context.Canceled)
	}, limiter(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })))
	t.Run("it panics", func(t *testing.T) {
		panics := true
		inWorld(t, ok, func(t *testing.T, w *world) {
			assert.PanicsWithValue(t, "no", func() { w.engine.Do(t.Context(), post(Keyed)) })
			panics = false
			assert.NoError(t, w.engine.Do(t.Context(), post(Keyed)).Err, "R39: the turnstile goes on")
		}, limiter(func(context.Context) error {
			if panics {
				panic("no")
			}
			return nil
		}))
	})
}

func TestR41_TheWaitIsReported(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		var waits []time.Duration
		var mu sync.Mutex
		callers(3, 1, func(int, int) {
			r := w.engine.Do(t.Context(), post(Keyed))
			mu.Lock()
			defer mu.Unlock()
			waits = append(waits, r.Attempts[0].PaceWait)
		})
		second := time.Second
		assert.ElementsMatch(t, []time.Duration{0, second, 2 * second}, waits)
	}, rateLimit(1/0.96))
}

// Close waits for the calls that wait for their turn.
func TestR41_CloseWaitsForTurns(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { assert.NoError(t, w.engine.Do(t.Context(), post(Keyed)).Err) })
		}
		synctest.Wait()
		require.NoError(t, w.engine.Close(t.Context()))
		assert.ErrorIs(t, w.engine.Do(t.Context(), post(Keyed)).Err, ErrClosed)
		all.Wait()
		assert.EqualValues(t, 10, w.hits.Load())
	}, rateLimit(1))
}

func TestR41_BadLimitsAreRefused(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"RateLimit":     rateLimit(-1),
		"MaxConcurrent": func(c *Config) { c.MaxConcurrent = -1 },
		"limiter":       func(c *Config) { c.Limiter = (*nothing)(nil) },
	} {
		c := Config{Profile: testProfile(), BaseURL: "http://127.0.0.1"}
		change(&c)
		_, err := New(c)
		assertInvalid(t, field, err)
	}
	_, err := New(Config{
		Profile: testProfile(), BaseURL: "http://127.0.0.1", RateLimit: 1,
		Limiter: limiterFunc(func(context.Context) error { return nil }),
	})
	assertInvalid(t, "RateLimit", err)
}

type nothing struct{}

func (*nothing) Wait(context.Context) error { return nil }

// Two calls of one ref wait for their turn. The second one gets it when the
// first, which owns the record by then, waits to retry and needs it again.
func TestR41_ACallOfARefLeavesTheTurnToTheOwner(t *testing.T) {
	server := script(takes(time.Second, says(200, `{"id":"x"}`)), says(503, errorObject), says(200, `{"id":"x"}`))
	inWorld(t, server, func(t *testing.T, w *world) {
		start := time.Now()
		var all sync.WaitGroup
		for _, ref := range []string{"", "order-1", "order-1"} {
			all.Go(func() { assert.NoError(t, w.engine.Do(t.Context(), ofRef(post(Keyed), ref)).Err) })
			synctest.Wait()
		}
		all.Wait()
		assert.EqualValues(t, 3, w.hits.Load())
		assert.Less(t, time.Since(start), 5*time.Second, "of virtual time")
	}, func(c *Config) { c.Journal, c.MaxConcurrent = journal.NewMemory(), 1 })
}

// What is recorded needs no turn, also while the client is paused.
func TestR41_J5_AResultOfTheJournalNeedsNoTurn(t *testing.T) {
	inWorld(t, script(says(200, `{"id":"x"}`), asksToWait(429, "30")), func(t *testing.T, w *world) {
		require.NoError(t, w.engine.Do(t.Context(), ofRef(post(Keyed), "order-1")).Err)
		paused(t, w)
		start := time.Now()
		r := w.engine.Do(t.Context(), ofRef(post(Keyed), "order-1"))
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.Zero(t, time.Since(start))
	}, func(c *Config) { c.Journal = journal.NewMemory() })
}
