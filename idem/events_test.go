package idem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

type testKey struct{}

func TestR21_TheEndOfACallIsReportedWhole(t *testing.T) {
	inWorld(t, script(says(503, "{}"), says(200, "{}")), func(t *testing.T, w *world) {
		ctx := context.WithValue(t.Context(), testKey{}, "caller")
		began := time.Now()
		r := w.engine.Do(ctx, post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, w.events, 5)
		for _, e := range w.events {
			assert.Equal(t, "caller", e.Context().Value(testKey{}), "%s", e.Kind)
			assert.Equal(t, "op", e.Operation)
			assert.Equal(t, w.engine.base, e.BaseURL)
			assert.True(t, began.Equal(e.Started))
		}
		end := w.events[4]
		assert.Equal(t, EventCallEnded, end.Kind)
		assert.Equal(t, r.Attempts, end.Attempts)
		assert.Equal(t, time.Since(began), end.Duration)
		assert.Positive(t, end.Duration, "it waited")
		assert.Equal(t, OutcomeDone, end.Outcome)
		assert.Empty(t, end.Reason)
		assert.Equal(t, "req_1", end.RequestID)
		assert.Equal(t, 99, w.events[1].Budget, "the retry was taken")
		assert.Equal(t, 100, end.Budget, "and given back")
		assert.Equal(t, r.Attempts[0], w.events[1].Attempt)
		for i, number := range []int{1, 1, 2, 2, 0} {
			assert.Equal(t, number, w.events[i].Attempt.Number)
		}
	})
	assert.Equal(t, context.Background(), Event{}.Context())
}

func TestR21_AnAttemptReportsTheKeysAge(t *testing.T) {
	for class, aged := range map[Class]bool{Keyed: true, Idempotent: false} {
		inWorld(t, takes(time.Second, says(503, "{}")), func(t *testing.T, w *world) {
			r := w.do(atMost(2, post(class)))
			require.Len(t, r.Attempts, 2)
			first, second := time.Second, 2*time.Second+r.Attempts[0].Wait
			if !aged {
				first, second = 0, 0
			}
			assert.Equal(t, first, r.Attempts[0].KeyAge, "%s: from the first byte to the attempt's end", class)
			assert.Equal(t, second, r.Attempts[1].KeyAge, "%s", class)
		})
	}
}

func TestR21_TheEndOfACallReportsWhyItReturnsNoValue(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		c := atMost(1, post(Keyed))
		r := w.do(c)
		end := w.events[len(w.events)-1]
		assert.Equal(t, r.Err.Error(), end.Reason)
		assert.Equal(t, OutcomeUnknown, end.Outcome)

		c.Policy.MaxAttempts = -1
		r = w.do(c)
		end = w.events[len(w.events)-1]
		assert.Equal(t, r.Err.Error(), end.Reason, "refused before sending")
		assert.Empty(t, end.Attempts)
	})
}

func TestR21_TheEndOfACallReportsWhereItsResponseIsFrom(t *testing.T) {
	inWorld(t, script(lose, says(409, `{"error":{"code":"already"}}`)), func(t *testing.T, w *world) {
		c := post(Idempotent)
		c.Refetch = func(context.Context) (*Response, State) { return &Response{Status: 200}, StateHolds }
		require.NoError(t, w.do(c).Err)
		end := w.events[len(w.events)-1]
		assert.True(t, end.Recovered)
		assert.False(t, end.FromJournal)
	})
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		c := withRef(Keyed)
		require.NoError(t, w.do(c).Err)
		require.NoError(t, w.do(c).Err)
		end := w.events[len(w.events)-1]
		assert.True(t, end.FromJournal)
		assert.False(t, end.Recovered)
	}, func(c *Config) { c.Journal = journal.NewMemory() })
}

func TestR21_AnOperationThatRecoverSendsIsReportedAsACall(t *testing.T) {
	inJournalledWorld(t, script(lose, says(200, "{}")), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		first := w.events[0].CallID
		w.events = nil
		all := w.recover(knowing(Keyed))
		require.Len(t, all, 1)
		var kinds []EventKind
		for _, e := range w.events {
			kinds = append(kinds, e.Kind)
			assert.Equal(t, "order-1", e.Ref)
			assert.NotEqual(t, first, e.CallID, "another call")
		}
		require.Equal(t, []EventKind{EventAttemptStarted, EventAttemptEnded, EventCallEnded}, kinds)
		assert.Equal(t, all[0].Result.Attempts, w.events[2].Attempts)
	})
}

func TestR23_ARequestIDThatIsNoIdentifierIsNotShown(t *testing.T) {
	for name, row := range map[string]struct{ header, told string }{
		"an identifier":      {header: "req_09-AZaz", told: "req_09-AZaz"},
		"words":              {header: "Ada Okafor", told: ""},
		"the longest":        {header: strings.Repeat("a", 64), told: strings.Repeat("a", 64)},
		"longer than any is": {header: strings.Repeat("a", 65), told: ""},
	} {
		t.Run(name, worldTest(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			rw.Header().Set("Request-Id", row.header)
			_, _ = rw.Write([]byte("{}"))
		}, func(t *testing.T, w *world) {
			require.NoError(t, w.do(read()).Err)
			assert.Equal(t, row.told, w.events[1].RequestID, "the attempt's")
			assert.Equal(t, row.told, w.events[2].RequestID, "the call's")
		}))
	}
}

func TestR21_EventsOfOneCallHaveItsNames(t *testing.T) {
	inJournalledWorld(t, script(says(503, "{}"), says(200, "{}")), func(t *testing.T, w *world, _ *faultyJournal) {
		ids := map[string]bool{}
		for _, ref := range []string{"order-17/pay", "order-17/refund"} {
			w.events = nil
			r := w.do(ofRef(post(Keyed), ref))
			require.NoError(t, r.Err)
			require.NotEmpty(t, w.events)
			for _, e := range w.events {
				assert.Equal(t, w.events[0].CallID, e.CallID)
				assert.Equal(t, ref, e.Ref)
				assert.Equal(t, r.Key.String(), e.Key.String())
				assert.NoError(t, e.RecordErr)
			}
			assert.NoError(t, uuid.Validate(w.events[0].CallID))
			ids[w.events[0].CallID] = true
		}
		assert.Len(t, ids, 2, "one for each call")
	})
}

func TestR21_ACallWithoutRefAndKeyHasNeitherInItsEvents(t *testing.T) {
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		require.NoError(t, w.do(read()).Err)
		require.Len(t, w.events, 3)
		for _, e := range w.events {
			assert.Empty(t, e.Ref)
			assert.True(t, e.Key.IsZero())
			assert.NotEmpty(t, e.CallID)
		}
	})
}

func TestJ5_TheEndOfACallReportsThatTheJournalFailed(t *testing.T) {
	refuse := says(422, errorObject)
	for name, row := range map[string]struct {
		handle http.HandlerFunc
		plan   []fault
	}{
		"done, not recorded":     {handle: says(200, "{}"), plan: []fault{faultNone, faultLost, faultLost, faultLost, faultLost, faultLost}},
		"refused, not recorded":  {handle: refuse, plan: []fault{faultNone, faultLost, faultLost, faultLost, faultLost, faultLost}},
		"the intent is in doubt": {handle: says(200, "{}"), plan: []fault{faultLost}},
	} {
		t.Run(name, journalledTest(row.handle, func(t *testing.T, w *world, j *faultyJournal) {
			j.plan = row.plan
			w.do(withRef(Keyed))
			end := w.events[len(w.events)-1]
			assert.Equal(t, EventCallEnded, end.Kind)
			require.ErrorIs(t, end.RecordErr, ErrJournal)
			assert.ErrorIs(t, end.RecordErr, errDisk)
			assert.NotContains(t, fmt.Sprintf("%v %+v %s", end, end, end.RecordErr), errDisk.Error())
		}))
	}
}

type bug struct{ secret string }

var errBug = &bug{secret: "s3cret"}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestR39_AnObserverThatPanicsChangesNothing(t *testing.T) {
	for name, row := range map[string]struct {
		class Class
		ref   string
	}{"keyed": {class: Keyed}, "with a ref": {class: Keyed, ref: "order-1"}, "idempotent": {class: Idempotent}} {
		t.Run(name, func(t *testing.T) {
			var logged lockedBuffer
			inJournalledWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, j *faultyJournal) {
				e := w.newEngine(func(c *Config) {
					c.Journal = j
					c.Observe = func(Event) { panic(errBug) }
					c.Logger = slog.New(slog.NewTextHandler(&logged, nil))
				})
				r := e.Do(t.Context(), ofRef(post(row.class), row.ref))
				require.NoError(t, r.Err)
				assert.Equal(t, OutcomeDone, r.Outcome)
				assert.Equal(t, row.class == Keyed, !r.Key.IsZero())
				assert.Len(t, r.Attempts, 2)
				for _, rec := range recorded(t, j) {
					assert.Equal(t, journal.OutcomeDone, rec.Outcome)
				}
			})
			assert.Equal(t, 1, strings.Count(logged.String(), "a panic was contained"), "reported once")
			assert.Contains(t, logged.String(), "level=ERROR")
			assert.Contains(t, logged.String(), "*idem.bug")
			assert.NotContains(t, logged.String(), "s3cret")
		})
	}
}

// What a call knows grows old while its observer runs: another call with the
// ref, which may be the observer's own, may send the operation meanwhile.
func TestR39_WhatAnObserversTimeBringsIsSeen(t *testing.T) {
	again := func(t *testing.T, other *Engine, _ *faultyJournal) {
		require.NoError(t, other.Do(t.Context(), withRef(Keyed)).Err)
	}
	refused := func() http.HandlerFunc { return script(says(422, errorObject), says(200, `{"id":"x"}`)) }
	unclaimed := []fault{faultNotWritten, faultNotWritten}
	rows := map[string]struct {
		server http.HandlerFunc
		claim  []fault
		pause  time.Duration
		then   func(*testing.T, *Engine, *faultyJournal)
		want   Outcome
	}{
		"rejected, and then sent by another": {server: refused(), pause: time.Minute, then: again, want: OutcomeUnknown},
		"at once":                            {server: refused(), then: again, want: OutcomeUnknown},
		"rejected, and nothing then":         {server: refused(), pause: time.Minute, want: OutcomeRejected},
		"rejected, and rejected again": {server: says(422, errorObject), want: OutcomeRejected, then: func(t *testing.T, other *Engine, _ *faultyJournal) {
			assert.Equal(t, OutcomeRejected, other.Do(t.Context(), withRef(Keyed)).Outcome)
		}},
		"rejected, and then reserved": {server: refused(), want: OutcomeRejected, then: func(t *testing.T, other *Engine, j *faultyJournal) {
			c := withRef(Keyed)
			c.Reserver = j.Memory
			require.ErrorIs(t, other.Do(t.Context(), c).Err, ErrReserved)
		}},
		"rejected, and then unreadable": {server: refused(), want: OutcomeUnknown, then: func(t *testing.T, other *Engine, j *faultyJournal) {
			again(t, other, j)
			j.load = errDisk
		}},
		"not claimed, and then sent by another": {server: says(200, `{"id":"x"}`), claim: unclaimed, pause: time.Minute, then: again, want: OutcomeUnknown},
		"not claimed, and nothing then":         {claim: unclaimed, pause: time.Minute, want: OutcomeNotSent},
		"not claimed, and then unreadable": {claim: unclaimed, want: OutcomeUnknown, then: func(_ *testing.T, _ *Engine, j *faultyJournal) {
			j.load = errDisk
		}},
	}
	for name, row := range rows {
		t.Run(name, journalledTest(row.server, func(t *testing.T, w *world, j *faultyJournal) {
			other := w.newEngine(func(c *Config) { c.Journal, c.Observe = j, nil })
			require.NoError(t, other.sealed.admit(t.Context()))
			j.plan = row.claim
			r := w.newEngine(func(c *Config) {
				c.Journal = j
				c.Observe = func(e Event) {
					if e.Kind == EventCallEnded {
						time.Sleep(row.pause)
						if row.then != nil {
							row.then(t, other, j)
						}
					}
				}
			}).Do(t.Context(), withRef(Keyed))
			assert.Equal(t, row.want, r.Outcome)
			require.Error(t, r.Err)
		}))
	}
}

func TestR39_WhatAnObserversTimeBringsIsSeenByRecover(t *testing.T) {
	for name, row := range map[string]struct {
		then bool
		want Outcome
	}{
		"sent by another": {then: true, want: OutcomeUnknown},
		"nothing then":    {want: OutcomeRejected},
	} {
		stored := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Replayed", "true")
			says(http.StatusUnprocessableEntity, errorObject)(w, r)
		}
		server := script(lose, stored, says(200, `{"id":"x"}`))
		t.Run(name, journalledTest(server, func(t *testing.T, w *world, j *faultyJournal) {
			orphan(t, w, Keyed)
			other := w.newEngine(func(c *Config) { c.Journal, c.Observe = j, nil })
			recovering := w.newEngine(func(c *Config) {
				c.Journal = j
				c.Observe = func(e Event) {
					if e.Kind == EventCallEnded && row.then {
						require.NoError(t, other.Do(t.Context(), withRef(Keyed)).Err)
					}
				}
			})
			all := collect(t, recovering, knowing(Keyed))
			require.Len(t, all, 1)
			assert.Equal(t, row.want, all[0].Result.Outcome)
		}))
	}
}

// An observer is given the call's key, and may send the operation under it.
func TestR39_AnObserverUsesTheKeyThatItWasGiven(t *testing.T) {
	for name, row := range map[string]struct {
		key  Key
		then bool
		want Outcome
	}{
		"the engine's":               {then: true, want: OutcomeUnknown},
		"the caller's":               {key: NewKey(), then: true, want: OutcomeUnknown},
		"the engine's, and not used": {want: OutcomeRejected},
	} {
		t.Run(name, worldTest(script(says(429, ``), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
			other := w.newEngine(func(c *Config) { c.Observe = nil })
			c := post(Keyed)
			c.Key, c.Policy.MaxAttempts = row.key, 1
			r := w.newEngine(func(c *Config) {
				c.Observe = func(e Event) {
					if e.Kind == EventCallEnded && row.then {
						again := post(Keyed)
						again.Key = e.Key
						require.NoError(t, other.Do(t.Context(), again).Err)
					}
				}
			}).Do(t.Context(), c)
			assert.Equal(t, row.want, r.Outcome)
			require.Error(t, r.Err)
		}))
	}
}

type panicking struct{ slog.Handler }

func (panicking) Enabled(context.Context, slog.Level) bool  { return true }
func (panicking) Handle(context.Context, slog.Record) error { panic(errBug) }

func TestR39_ALoggerThatPanicsLeavesTheReportToAnother(t *testing.T) {
	var logged lockedBuffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&logged)
	for _, logger := range []*slog.Logger{nil, slog.New(panicking{slog.DiscardHandler})} {
		(&panics{logger: logger}).report("observer or logger", errBug)
	}
	assert.Equal(t, 2, strings.Count(logged.String(), "observer or logger, *idem.bug"))
}

// A trace's hooks run on goroutines of net/http, where a panic would end the
// process.
func TestR39_ATraceThatPanicsChangesNothing(t *testing.T) {
	var logged lockedBuffer
	var fired atomic.Int64
	fire := func() { fired.Add(1); panic(errBug) }
	trace := &httptrace.ClientTrace{
		GetConn:              func(string) { fire() },
		GotConn:              func(httptrace.GotConnInfo) { fire() },
		PutIdleConn:          func(error) { fire() },
		GotFirstResponseByte: fire,
		WroteHeaderField:     func(string, []string) { fire() },
		WroteHeaders:         fire,
		WroteRequest:         func(httptrace.WroteRequestInfo) { fire() },
	}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		r := w.engine.Do(httptrace.WithClientTrace(t.Context(), trace), post(Keyed))
		require.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 1)
		time.Sleep(time.Second)
	}, func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
	assert.Greater(t, fired.Load(), int64(6))
	assert.Equal(t, 1, strings.Count(logged.String(), "hook of a trace"))
}

func TestR39_TheContainedTraceHasAllHooks(t *testing.T) {
	raw := &httptrace.ClientTrace{
		GetConn:  func(s string) { assert.Equal(t, "host", s); panic(errBug) },
		DNSStart: func(i httptrace.DNSStartInfo) { assert.Equal(t, "host", i.Host); panic(errBug) },
		ConnectDone: func(network, addr string, err error) {
			assert.Equal(t, "tcp addr EOF", network+" "+addr+" "+err.Error())
			panic(errBug)
		},
		ConnectStart:      func(network, addr string) { assert.Equal(t, "tcp addr", network+" "+addr); panic(errBug) },
		TLSHandshakeStart: func() { panic(errBug) },
	}
	p := &panics{logger: slog.New(slog.DiscardHandler)}
	type key struct{}
	parent := context.WithValue(httptrace.WithClientTrace(t.Context(), raw), key{}, "kept")
	ctx := p.containTrace(parent)
	assert.Equal(t, "kept", ctx.Value(key{}))
	c := httptrace.ContextClientTrace(ctx)
	assert.NotPanics(t, func() {
		c.GetConn("host")
		c.DNSStart(httptrace.DNSStartInfo{Host: "host"})
		c.ConnectDone("tcp", "addr", errors.New("EOF"))
		c.ConnectStart("tcp", "addr")
		c.TLSHandshakeStart()
	})
	assert.Nil(t, c.GotConn)
	assert.Equal(t, t.Context(), p.containTrace(t.Context()), "without a trace nothing is wrapped")
}
