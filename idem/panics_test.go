package idem

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

type panickingTransport struct {
	http.RoundTripper
	sends  bool
	panics atomic.Bool
}

func (p *panickingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !p.panics.CompareAndSwap(true, false) {
		return p.RoundTripper.RoundTrip(r)
	}
	if p.sends {
		resp, _ := p.RoundTripper.RoundTrip(r)
		_ = resp.Body.Close()
	}
	panic(errBug)
}

func TestR39_ATransportThatPanicsPassesOnAfterTheStateIsSettled(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
		rt := &panickingTransport{RoundTripper: foreignTransport(w.listener), sends: true}
		e := w.newEngine(func(c *Config) { c.Transport, c.Journal = rt, j })
		key := NewKey()
		for _, c := range []Call{withRef(Keyed), {Request: post(Keyed).Request, Key: key}} {
			rt.panics.Store(true)
			assert.PanicsWithValue(t, errBug, func() { e.Do(t.Context(), c) })
			assert.Equal(t, EventCallEnded, w.events[len(w.events)-1].Kind)
			for _, rec := range recorded(t, j) {
				assert.Empty(t, rec.Owner, "others need not wait")
			}
		}
		k := key.tracker.snapshot()
		assert.Equal(t, OutcomeUnknown, k.outcome)
		assert.Zero(t, k.pending)
		began := time.Now()
		r := e.Do(t.Context(), withRef(Keyed))
		require.NoError(t, r.Err)
		r = e.Do(t.Context(), Call{Request: post(Keyed).Request, Key: key})
		require.NoError(t, r.Err)
		assert.Zero(t, time.Since(began))
	})
}

// net/http dials on goroutines of its own.
func TestR39_APanicBeforeThereIsAConnectionHasSentNothing(t *testing.T) {
	for name, change := range map[string]func(rt *http.Transport, once func()){
		"a proxy's": func(rt *http.Transport, once func()) {
			rt.Proxy = func(r *http.Request) (*url.URL, error) { once(); return http.ProxyFromEnvironment(r) }
		},
		"a dial's": func(rt *http.Transport, once func()) {
			dial := rt.DialContext
			rt.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				once()
				return dial(ctx, network, addr)
			}
		},
	} {
		t.Run(name, journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
			var panicked atomic.Bool
			rt := &http.Transport{DialContext: w.listener.DialContext}
			change(rt, func() {
				if !panicked.Swap(true) {
					panic(errBug)
				}
			})
			e := w.newEngine(func(c *Config) { c.Journal, c.Transport = j, rt })
			c := ofKey(post(Keyed), NewKey())
			assert.PanicsWithValue(t, errBug, func() { e.Do(t.Context(), c) })
			assert.Equal(t, OutcomeNotSent, c.Key.tracker.snapshot().effectiveOutcome())
			assert.True(t, c.Key.tracker.snapshot().since.IsZero(), "its window has not begun")
			rec, _, err := j.Load(t.Context(), journal.KeyID(c.Key.String()))
			require.NoError(t, err)
			assert.Equal(t, journal.OutcomeNotSent, rec.Outcome)
			require.NoError(t, e.Do(t.Context(), c).Err)
		}))
	}
}

// A hook may also end its goroutine, as a test's FailNow does.
func TestR39_AHookThatEndsItsGoroutineLeavesNothingBehind(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		e := w.newEngine(func(cfg *Config) {
			cfg.Journal = j
			cfg.Transport = foreign{transportFunc(func(*http.Request) (*http.Response, error) {
				runtime.Goexit()
				return nil, http.ErrServerClosed
			})}
		})
		var wg sync.WaitGroup
		wg.Go(func() { e.Do(t.Context(), withRef(Idempotent)) })
		wg.Wait()
		rec := stored(t, j)
		assert.Empty(t, rec.Owner)
		assert.Equal(t, journal.StateOpen, rec.State())
	})
}

// Hooks that read what was answered pass on too.
func TestR39_HooksOfTheResponsePassOnAfterTheStateIsSettled(t *testing.T) {
	for name, change := range map[string]func(*Call, *Config){
		"Decode":   func(c *Call, _ *Config) { c.Decode = func([]byte) (any, error) { panic(errBug) } },
		"Classify": func(_ *Call, c *Config) { c.Profile.Classify = func(int, http.Header, []byte) Signal { panic(errBug) } },
		"Resource": func(_ *Call, c *Config) { c.Resource = func(string, []byte) string { panic(errBug) } },
		"Authorize": func(_ *Call, c *Config) {
			c.Authorize = func(context.Context, http.Header) error { panic(errBug) }
		},
	} {
		t.Run(name, journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
			c := withRef(Keyed)
			e := w.newEngine(func(cfg *Config) { cfg.Journal = j; change(&c, cfg) })
			assert.PanicsWithValue(t, errBug, func() { e.Do(t.Context(), c) })
			rec := stored(t, j)
			assert.Empty(t, rec.Owner)
			if name == "Authorize" {
				assert.Equal(t, journal.OutcomeNotSent, rec.Outcome)
			} else {
				assert.Equal(t, journal.StateOpen, rec.State(), "its response is gone, and the key brings it again")
			}
			require.NoError(t, w.do(withRef(Keyed)).Err)
		}))
	}
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		e := w.newEngine(func(c *Config) { c.Journal, c.Scope = j, func(Request) string { panic(errBug) } })
		assert.PanicsWithValue(t, errBug, func() { e.Do(t.Context(), withRef(Keyed)) })
		assert.Empty(t, recorded(t, j))
		assert.Zero(t, w.hits.Load())
	})
}

func TestR39_AnAttemptIsRecordedOnceThoughItsCodeCannotBeRead(t *testing.T) {
	inJournalledWorld(t, says(503, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
		e := w.newEngine(func(c *Config) {
			c.Journal, c.Profile.Code = j, func(int, []byte) string { panic(errBug) }
		})
		c := ofKey(post(Keyed), NewKey())
		assert.PanicsWithValue(t, errBug, func() { e.Do(t.Context(), c) })
		k := c.Key.tracker.snapshot()
		assert.Equal(t, OutcomeUnknown, k.outcome)
		assert.Zero(t, k.pending)
	})
}

type panickingJournal struct {
	*journal.Memory
	at     int64 // the write, from 1
	always bool
	writes atomic.Int64
}

func (j *panickingJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if n := j.writes.Add(1); n == j.at || j.always && n > j.at {
		panic(errBug)
	}
	return j.Memory.Save(ctx, r)
}

func TestR39_AJournalThatPanics(t *testing.T) {
	for at, hits := range map[int64]int64{1: 0, 2: 1} {
		for _, always := range []bool{false, true} {
			j := &panickingJournal{Memory: journal.NewMemory(), at: at, always: always}
			inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
				c := ofKey(post(Keyed), NewKey())
				assert.PanicsWithValue(t, errBug, func() { w.do(c) })
				assert.Equal(t, hits, w.hits.Load())
				k := c.Key.tracker.snapshot()
				assert.Zero(t, k.pending)
				assert.Equal(t, hits == 1, k.outcome == OutcomeDone)
				assert.Equal(t, EventCallEnded, w.events[len(w.events)-1].Kind, "the call has ended in order")
				time.Sleep(time.Minute)
			}, func(c *Config) { c.Journal, c.Logger = j, slog.New(slog.DiscardHandler) })
		}
	}
}

// Where no call waits for the journal its panic is a renewal that failed.
func TestR39_AJournalThatPanicsInARenewal(t *testing.T) {
	var logged lockedBuffer
	j := &panickingJournal{Memory: journal.NewMemory(), at: 2}
	inWorld(t, answersAfter(12*time.Second), func(t *testing.T, w *world) {
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.NoError(t, r.RecordErr)
	}, func(c *Config) { c.Journal, c.Logger = j, slog.New(slog.NewTextHandler(&logged, nil)) })
	assert.Contains(t, logged.String(), "journal, in a renewal, *idem.bug")
}

// armedJournal panics at each write once it is armed.
type armedJournal struct {
	*journal.Memory
	armed atomic.Bool
}

func (j *armedJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if j.armed.Load() {
		panic(errBug)
	}
	return j.Memory.Save(ctx, r)
}

// What was adopted and not begun is put back on goroutines that no call waits
// for: a panic there would end the process.
func TestR39_AJournalThatPanicsWhileRecoveryEnds(t *testing.T) {
	for name, end := range map[string]func(cancel context.CancelFunc) (goOn bool){
		"the loop is left":      func(context.CancelFunc) bool { return false },
		"its context has ended": func(cancel context.CancelFunc) bool { cancel(); return true },
	} {
		t.Run(name, func(t *testing.T) {
			var logged lockedBuffer
			j := &armedJournal{Memory: journal.NewMemory()}
			inWorld(t, lose, func(t *testing.T, w *world) {
				orphans(t, w, KeyUnverified, 8)
				time.Sleep(time.Minute)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				func() {
					defer func() { _ = recover() }() // of what had begun
					for range w.engine.Recover(ctx, knowing(KeyUnverified), RecoveryOptions{Concurrency: 2}) {
						j.armed.Store(true)
						if !end(cancel) {
							break
						}
					}
				}()
				j.armed.Store(false)
				time.Sleep(time.Hour)
				assert.Len(t, collect(t, w.engine, knowing(KeyUnverified)), 8, "nothing is lost")
			}, func(c *Config) { c.Journal, c.Logger = j, slog.New(slog.NewTextHandler(&logged, nil)) })
			assert.Contains(t, logged.String(), "*idem.bug")
		})
	}
}

func TestR39_AHookThatPanicsAfterTheLoopOverRecoverWasLeft(t *testing.T) {
	var logged lockedBuffer
	j := &armedJournal{Memory: journal.NewMemory()}
	inWorld(t, lose, func(t *testing.T, w *world) {
		orphans(t, w, KeyUnverified, 2)
		time.Sleep(time.Minute)
		with, second, left := knowing(KeyUnverified), make(chan struct{}), make(chan struct{})
		var calls atomic.Int32
		with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) {
			if calls.Add(1) > 1 {
				close(second)
				<-left
				panic(errBug)
			}
			<-second
			return ReconcileResult{}, nil
		}
		for range w.engine.Recover(t.Context(), with, RecoveryOptions{Concurrency: 2}) {
			time.AfterFunc(time.Second, func() { close(left) })
			break
		}
		assert.EqualValues(t, 2, calls.Load())
	}, func(c *Config) { c.Journal, c.Logger = j, slog.New(slog.NewTextHandler(&logged, nil)) })
	assert.Contains(t, logged.String(), "hook, after the loop over Recover was left, *idem.bug")
}
