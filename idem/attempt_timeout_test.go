package idem

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/journal"
)

// rollsBack is a server that takes some time for each request, and gives it up
// when its client leaves.
func rollsBack(takes time.Duration, executed *atomic.Int64) http.HandlerFunc {
	return after(takes, func(w http.ResponseWriter, _ *http.Request) {
		executed.Add(1)
		answer(w, 200, `{}`)
	})
}

// finishes is a server that takes some time for a request, whether its client
// leaves or not, has later ones with its key wait, and replays the response.
func finishes(takes time.Duration, executed *atomic.Int64) http.HandlerFunc {
	var begun, done atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if begun.CompareAndSwap(false, true) {
			time.Sleep(takes)
			executed.Add(1)
			done.Store(true)
		}
		for !done.Load() && r.Context().Err() == nil {
			time.Sleep(100 * time.Millisecond)
		}
		answer(w, 200, `{}`)
	}
}

func TestR36_SlowServers(t *testing.T) {
	kinds := map[string]func(time.Duration, *atomic.Int64) http.HandlerFunc{
		"rolls back": rollsBack, "finishes": finishes,
	}
	rows := []struct {
		takes    time.Duration
		attempts map[string]int // of those that are done; 0: unknown
	}{
		{takes: 10 * time.Second, attempts: map[string]int{"rolls back": 1, "finishes": 1}},
		{takes: 14 * time.Second, attempts: map[string]int{"rolls back": 1, "finishes": 1}},
		{takes: 16 * time.Second, attempts: map[string]int{"rolls back": 2, "finishes": 2}},
		{takes: 29 * time.Second, attempts: map[string]int{"rolls back": 2, "finishes": 2}},
		{takes: 31 * time.Second, attempts: map[string]int{"rolls back": 3, "finishes": 2}},
		{takes: 39 * time.Second, attempts: map[string]int{"rolls back": 3, "finishes": 2}},
		{takes: 41 * time.Second, attempts: map[string]int{"rolls back": 0, "finishes": 2}},
		{takes: 60 * time.Second, attempts: map[string]int{"rolls back": 0, "finishes": 3}},
		{takes: 84 * time.Second, attempts: map[string]int{"rolls back": 0, "finishes": 3}},
		{takes: 90 * time.Second, attempts: map[string]int{"rolls back": 0, "finishes": 0}},
	}
	for kind, server := range kinds {
		for _, class := range []Class{Keyed, Idempotent} {
			for _, row := range rows {
				t.Run(fmt.Sprint(kind, " ", class, " ", row.takes), func(t *testing.T) {
					var executed atomic.Int64
					inWorld(t, server(row.takes, &executed), func(t *testing.T, w *world) {
						r := w.do(post(class))
						want := row.attempts[kind]
						t.Log(kind, row.takes, r.Outcome, len(r.Attempts))
						if want == 0 {
							assert.Equal(t, OutcomeUnknown, r.Outcome)
						} else {
							require.NoError(t, r.Err)
							assert.Len(t, r.Attempts, want)
							assert.EqualValues(t, 1, executed.Load())
						}
						time.Sleep(2 * time.Minute)
					})
				})
			}
		}
	}
}

func TestR36_ADeadBackendGetsItsSixTries(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.Transport = w.dialing(func(conn *memnet.Conn) net.Conn {
				conn.Silence() // no byte is acknowledged
				return conn
			})
			c.Policy.AttemptTimeout = 5 * time.Second
		})
		r := e.Do(t.Context(), atMost(6, post(Keyed)))
		require.Len(t, r.Attempts, 6)
		for _, a := range r.Attempts {
			assert.Equal(t, 5*time.Second, a.Duration)
		}
	})
}

func TestR36_NothingIsTakenForArrivedThatCannotBeShown(t *testing.T) {
	var executed atomic.Int64
	inWorld(t, rollsBack(20*time.Second, &executed), func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.Transport = w.dialing(func(conn *memnet.Conn) net.Conn { return opaque{conn} })
		})
		r := e.Do(t.Context(), post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		for _, a := range r.Attempts[:len(r.Attempts)-1] {
			assert.Equal(t, 15*time.Second, a.Duration)
		}
	})
}

type opaque struct{ net.Conn }

func TestR36_ARealSocketShowsWhatHasArrived(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer silent.Close()
	timeout := 50 * time.Millisecond
	e, err := New(Config{Profile: testProfile(), BaseURL: silent.URL, Policy: Policy{AttemptTimeout: timeout}})
	require.NoError(t, err)
	r := e.Do(t.Context(), atMost(2, post(Keyed)))
	assert.Equal(t, OutcomeUnknown, r.Outcome)
	require.Len(t, r.Attempts, 2)
	shown := runtime.GOOS == "linux"
	assert.Equal(t, shown, r.Attempts[1].Duration >= 2*timeout)
}

func sleepsIn(machine *sleepy, d time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(14500 * time.Millisecond)
		machine.sleep(d)
		time.Sleep(time.Second) // half a second after its time
		h(w, r)
	}
}

func TestR37_ASoleAttemptMayBeReadAfterASleep(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*Call)
		done   int
	}{
		"a key of its own":              {change: func(*Call) {}, done: 1},
		"a key that may have been sent": {change: func(c *Call) { c.Key = usedKey(t, "sent-before", time.Now()) }, done: 2},
	} {
		t.Run(name, func(t *testing.T) {
			var machine sleepy
			var n atomic.Int64
			inWorld(t, func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) == 1 {
					sleepsIn(&machine, 10*time.Second, says(200, `{}`))(w, r)
					return
				}
				answer(w, 200, `{}`)
			}, func(t *testing.T, w *world) {
				c := post(Keyed)
				row.change(&c)
				r := w.do(c)
				require.NoError(t, r.Err)
				assert.Len(t, r.Attempts, row.done)
				time.Sleep(time.Minute)
			}, func(c *Config) { c.WallClock = machine.now })
		})
	}
}

// A1, narrowed: on waking, the kernel would deliver what it has not. The
// connection is closed before.
func TestA1_WhatWasNotDeliveredBeforeASleepIsNotAfterIt(t *testing.T) {
	var machine sleepy
	var executed atomic.Int64
	inWorld(t, func(w http.ResponseWriter, _ *http.Request) {
		executed.Add(1)
		answer(w, 200, `{}`)
	}, func(t *testing.T, w *world) {
		var mine atomic.Pointer[memnet.Conn]
		e := w.newEngine(func(c *Config) {
			c.WallClock = machine.now
			c.Transport = w.dialing(func(conn *memnet.Conn) net.Conn {
				mine.Store(conn)
				conn.Hold()
				return conn
			})
		})
		time.AfterFunc(3*time.Second, func() { machine.sleep(time.Hour) })
		time.AfterFunc(5*time.Second, func() { mine.Load().Release() }) // the network is back
		r := e.Do(t.Context(), post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Equal(t, "the machine slept before the request was delivered", r.Attempts[0].Reason)
		assert.LessOrEqual(t, r.Attempts[0].Duration, 4*time.Second)
		time.Sleep(time.Minute)
		assert.Zero(t, executed.Load())
	})
}

// A1, outside: what leaves before the engine looks, a second after waking at
// most, is executed, although the window is over and the call ends as unknown.
func TestAssumptions_A1_WhatIsDeliveredRightAfterASleepIsExecuted(t *testing.T) {
	var machine sleepy
	var executed atomic.Int64
	inWorld(t, func(_ http.ResponseWriter, _ *http.Request) {
		executed.Add(1)
		time.Sleep(time.Minute)
	}, func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.WallClock = machine.now
			c.Transport = w.dialing(func(held *memnet.Conn) net.Conn {
				held.Hold()
				time.AfterFunc(3100*time.Millisecond, func() {
					machine.sleep(time.Hour)
					held.Release()
				})
				return held
			})
		})
		r := e.Do(t.Context(), post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 1, executed.Load(), "an hour after it was sent")
		time.Sleep(2 * time.Minute)
	})
}

type contexts struct {
	all     []context.Context
	earlier []error
}

func (s *contexts) watch(c *Config) {
	next := c.Transport
	c.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
		if n := len(s.all); n > 0 {
			s.earlier = append(s.earlier, s.all[n-1].Err())
		}
		s.all = append(s.all, r.Context())
		return next.RoundTrip(r)
	})
}

func after(d time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices then who leaves
		select {
		case <-time.After(d):
			h(w, r)
		case <-r.Context().Done(): // nobody listens
		}
	}
}

func TestR8_EachAttemptHasItsTimeAnew(t *testing.T) {
	slow := after(14*time.Second, says(503, errorObject))
	var seen contexts
	inWorld(t, script(slow, slow, slow, says(200, `{}`)), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 4)
		for n, a := range r.Attempts {
			deadline, has := seen.all[n].Deadline()
			require.True(t, has)
			assert.Equal(t, 15*time.Second, deadline.Sub(a.Start), "attempt %d", n+1)
		}
	}, seen.watch)
}

func TestR8_TheCallersDeadlineIsTheAttempts(t *testing.T) {
	for caller, want := range map[time.Duration]time.Duration{
		10 * time.Second: 10 * time.Second,
		20 * time.Second: 15 * time.Second,
	} {
		var seen contexts
		inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
			ctx, cancel := context.WithTimeout(t.Context(), caller)
			defer cancel()
			r := w.engine.Do(ctx, post(Keyed))
			require.NoError(t, r.Err)
			deadline, has := seen.all[0].Deadline()
			require.True(t, has)
			assert.Equal(t, want, deadline.Sub(r.Attempts[0].Start))
		}, seen.watch)
	}
}

func TestR25_NothingOfAnAttemptGoesOnBesideTheNext(t *testing.T) {
	for name, row := range map[string]struct {
		first http.HandlerFunc
		ended error
	}{
		"answered":  {first: says(503, errorObject)}, // there is nothing left of it
		"lost":      {first: lose, ended: context.Canceled},
		"cut":       {first: cuts, ended: context.Canceled},
		"too large": {first: says(503, strings.Repeat(" ", 1<<10)), ended: context.Canceled},
		"timed out": {first: after(16*time.Second, says(200, `{}`)), ended: context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			var seen contexts
			inWorld(t, script(row.first, says(200, `{}`)), func(t *testing.T, w *world) {
				r := w.do(post(Keyed))
				require.NoError(t, r.Err)
				require.Len(t, seen.all, 2)
				assert.Equal(t, []error{row.ended}, seen.earlier)
				for _, ctx := range seen.all {
					assert.Error(t, ctx.Err(), "nothing outlasts the call")
				}
			}, seen.watch, func(c *Config) { c.MaxResponseBytes = 1 << 9 })
		})
	}
}

func TestR17_ATransportDistinguishesATimeoutFromACallerWhoLeaves(t *testing.T) {
	for name, row := range map[string]struct {
		caller time.Duration
		ended  error
	}{
		"timed out":         {caller: time.Hour, ended: context.DeadlineExceeded},
		"the caller leaves": {caller: time.Second, ended: context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			var seen contexts
			inWorld(t, after(16*time.Second, says(200, `{}`)), func(t *testing.T, w *world) {
				ctx, cancel := context.WithCancel(t.Context())
				defer time.AfterFunc(row.caller, cancel).Stop()
				r := w.engine.Do(ctx, atMost(1, post(Keyed)))
				require.Error(t, r.Err)
				require.Len(t, seen.all, 1)
				assert.Equal(t, row.ended, seen.all[0].Err())
			}, seen.watch)
		})
	}
}

type tardyJournal struct {
	*journal.Memory
	prompt bool
}

func (j *tardyJournal) IsPrompt() bool { return j.prompt }

func (j *tardyJournal) Save(ctx context.Context, _ journal.Record) (bool, error) {
	<-ctx.Done()
	time.Sleep(2 * time.Second)
	return false, ctx.Err()
}

// A journal whose Save claims to keep to its context is believed.
func TestR39_OnlyAPromptJournalIsNotAbandoned(t *testing.T) {
	for prompt, want := range map[bool]time.Duration{
		false: defaultJournalTimeout + journalGrace,
		true:  defaultJournalTimeout + 2*time.Second,
	} {
		inWorld(t, lose, func(t *testing.T, w *world) {
			began := time.Now()
			r := w.do(withRef(Keyed))
			assert.Equal(t, want, time.Since(began))
			assert.ErrorIs(t, r.Err, ErrJournal)
			assert.Equal(t, OutcomeUnknown, r.Outcome)
			time.Sleep(2 * time.Second)
			assert.Zero(t, w.hits.Load())
		}, func(c *Config) { c.Journal = &tardyJournal{journal.NewMemory(), prompt} })
	}
}

func holdsFirst(w *world, skip, first int64, d time.Duration) *http.Transport {
	var dials atomic.Int64
	return w.dialing(func(held *memnet.Conn) net.Conn {
		if n := dials.Add(1); n > skip && n <= first {
			held.Hold()
			time.AfterFunc(d, held.Release)
		}
		return held
	})
}

// A1, R37: an attempt that begins between the sleep and the look at the clocks
// has not slept, and what it has not delivered yet goes on its way.
func TestA1_AnAttemptAfterTheSleepIsNotEnded(t *testing.T) {
	var machine sleepy
	inWorld(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(3 * time.Second)
		answer(w, 200, `{}`)
	}, func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.WallClock, c.Transport = machine.now, holdsFirst(w, 1, 2, time.Second)
		})
		first := make(chan Result)
		go func() { first <- e.Do(t.Context(), post(Keyed)) }()
		time.Sleep(1500 * time.Millisecond)
		machine.sleep(time.Minute)
		time.Sleep(100 * time.Millisecond)
		r := e.Do(t.Context(), post(Keyed))
		require.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 1)
		require.NoError(t, (<-first).Err)
	})
}
