package idem

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
)

func TestR15_RestartsOfTheServer(t *testing.T) {
	for _, class := range []Class{Keyed, Idempotent, KeyUnverified} {
		for _, outage := range []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second, 60 * time.Second} {
			t.Run(fmt.Sprint(class, " ", outage), worldTest(says(200, `{}`), func(t *testing.T, w *world) {
				w.listener.SetDown(true)
				time.AfterFunc(outage, func() { w.listener.SetDown(false) })
				r := w.do(post(class))
				assert.NoError(t, r.Err)
			}))
		}
	}
}

func TestR15_ANumberOfAttemptsThatWasSetIsFinal(t *testing.T) {
	for _, h := range []http.HandlerFunc{lose, says(503, errorObject), says(429, ``)} {
		inWorld(t, h, func(t *testing.T, w *world) {
			r := w.do(atMost(3, post(Keyed)))
			assert.Len(t, r.Attempts, 3)
			assert.ErrorContains(t, r.Err, "all attempts are used")
		})
		inWorld(t, h, func(t *testing.T, w *world) {
			assert.Len(t, w.do(post(Keyed)).Attempts, 1)
		}, func(c *Config) { c.Policy.MaxAttempts = 1 })
	}
}

func TestR15_ReadsGiveUpAfterSixAttempts(t *testing.T) {
	inWorld(t, says(503, errorObject), func(t *testing.T, w *world) {
		r := w.do(read())
		assert.Len(t, r.Attempts, 6)
		assert.Equal(t, OutcomeUnknown, r.Outcome, "no answer came")
	})
}

func TestR16_BudgetEndsRetriesButNotTheOneThatCouldSettle(t *testing.T) {
	inWorld(t, says(503, errorObject), func(t *testing.T, w *world) {
		w.engine.budget.spent.Store(budgetCapacity)
		start := time.Now()
		r := w.do(post(Keyed))
		assert.ErrorContains(t, r.Err, "retry budget")
		require.Len(t, r.Attempts, 2)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.InDelta(t, 70, r.Attempts[1].Start.Sub(start).Seconds(), 1, "late in the window, with an attempt's time left")

		r = w.do(read())
		assert.Len(t, r.Attempts, 1)
		assert.ErrorContains(t, r.Err, "retry budget")

		w.listener.SetDown(true)
		w.engine.CloseIdleConnections()
		assert.Len(t, w.do(atMost(4, post(Keyed))).Attempts, 4, "retries where nothing was sent are free")
	})
}

func TestR17_SilentlyDeadPool(t *testing.T) {
	inPool(t, says(200, `{}`), func(t *testing.T, w *world) {
		for _, c := range w.listener.Conns() {
			c.Silence()
		}
		start := time.Now()
		r := w.do(post(Keyed))
		assert.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 2, "one attempt burns on a dead connection, the next has its own")
		assert.Less(t, time.Since(start), 18*time.Second)
	})
}

func TestR17_TheAttemptsTimeoutIsNotTheCallers(t *testing.T) {
	inWorld(t, script(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Minute) }, says(200, `{}`)), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		assert.NoError(t, r.Err)
		assert.Equal(t, "attempt timed out", r.Attempts[0].Reason)
		assert.Equal(t, 15*time.Second, r.Attempts[0].Duration)
		time.Sleep(time.Minute)
	})
}

func TestR19_AnswersAreReadWholeInsideTheAttempt(t *testing.T) {
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte(`{"id":`))
	}
	big := bytes.Repeat([]byte("a"), 2000)
	for name, row := range map[string]struct {
		handle   http.HandlerFunc
		ok       bool
		attempts int
	}{
		"cut, then replayed": {handle: script(cut, says(200, `{}`)), ok: true, attempts: 2},
		"over the limit": {handle: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Replayed", "true")
			says(200, `{"a":"`+string(big)+`"}`)(w, r)
		}, attempts: 1},
		"a small gzip that unpacks to more than the limit": {handle: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Replayed", "true")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = fmt.Fprintf(z, `{"a":"%s"}`, big)
			_ = z.Close()
		}, attempts: 1},
		"stalls in the body": {handle: script(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"id":`))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, says(200, `{}`)), ok: true, attempts: 2},
	} {
		t.Run(name, worldTest(row.handle, func(t *testing.T, w *world) {
			r := w.do(post(Keyed))
			assert.Equal(t, OutcomeDone, r.Outcome)
			assert.Equal(t, row.ok, r.Err == nil)
			assert.Len(t, r.Attempts, row.attempts)
			if !row.ok {
				assert.ErrorIs(t, r.Err, ErrResponseLost)
			}
		}, func(c *Config) { c.MaxResponseBytes = 1000 }))
	}
}

func TestR20_RedirectsStayWhereTheyAre(t *testing.T) {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) }
	}
	inWorld(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/op", r.URL.Path)
		redirect("/other")(w, r)
	}, func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 3, w.hits.Load(), "a mutation is asked for again, and never redirected")
	})
	inWorld(t, script(redirect("/other"), says(200, `{}`)), func(t *testing.T, w *world) {
		assert.NoError(t, w.do(read()).Err, "a read is, within its origin")
		assert.EqualValues(t, 2, w.hits.Load())
	})
	wordy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/other")
		answer(w, http.StatusFound, strings.Repeat("x", 2000))
	}
	inWorld(t, script(wordy, says(200, `{}`)), func(t *testing.T, w *world) {
		assert.NoError(t, w.do(read()).Err, "what led elsewhere is forgotten")
	}, func(c *Config) { c.MaxResponseBytes = 1000 })
	inWorld(t, script(redirect("/other"), says(404, errorObject)), func(t *testing.T, w *world) {
		r := w.do(read())
		assert.Equal(t, OutcomeRejected, r.Outcome)
		assert.Len(t, r.Attempts, 1)
		kinds := make([]EventKind, 0, len(w.events))
		for _, e := range w.events {
			kinds = append(kinds, e.Kind)
		}
		assert.Equal(t, []EventKind{EventAttemptStarted, EventAttemptEnded, EventCallEnded}, kinds, "one attempt")
	})
	inWorld(t, redirect("http://127.0.0.1:1/"), func(t *testing.T, w *world) {
		r := w.do(read())
		assert.Error(t, r.Err)
		assert.EqualValues(t, 1, w.hits.Load(), "and nowhere else")
	})
}

func TestR7_NotOneByteOnAPooledConnection(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		var broken atomic.Bool
		e := w.newEngine(func(c *Config) {
			c.Transport = w.dialing(func(conn *memnet.Conn) net.Conn { return &refusingConn{conn, &broken} })
		})
		broken.Store(true)
		r := e.Do(context.Background(), atMost(2, post(Keyed)))
		assert.Equal(t, OutcomeNotSent, r.Outcome)
		assert.Len(t, r.Attempts, 2)
	})
}

type refusingConn struct {
	net.Conn
	broken *atomic.Bool
}

func (c *refusingConn) Write(b []byte) (int, error) {
	if c.broken.Load() {
		return 0, errors.New("no")
	}
	return c.Conn.Write(b)
}

func TestR17_TheCallersOwnConnectionsStayOpen(t *testing.T) {
	inWorld(t, script(says(200, `{}`), lose), func(t *testing.T, w *world) {
		theirs := &http.Transport{DialContext: w.listener.DialContext}
		client := &http.Client{Transport: theirs}
		resp, err := client.Get("http://" + w.listener.Addr().String())
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		require.NoError(t, resp.Body.Close())
		synctest.Wait()
		e := w.newEngine(func(c *Config) { c.Transport = theirs })
		require.Error(t, e.Do(context.Background(), atMost(2, post(Keyed))).Err)
		synctest.Wait()
		assert.Len(t, w.listener.Conns(), 1, "the caller's idle connection is still there")
		theirs.CloseIdleConnections()
	})
}
