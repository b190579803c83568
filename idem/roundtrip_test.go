package idem

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const rawResponse = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRequest-Id: req_1\r\nContent-Length: 2\r\n\r\n{}"

func hijack(f func(c net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		f(c)
	}
}

func quiet(t *testing.T) {
	t.Helper()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
}

func writes(c net.Conn, pieces ...string) {
	for _, p := range pieces {
		_, _ = io.WriteString(c, p)
	}
}

// R30: a response on an idle connection closes it, puts mutations on
// connections of their own for ten minutes, and warns once.
func TestR30_OneFindAndMutationsGetConnectionsOfTheirOwn(t *testing.T) {
	quiet(t)
	extra := hijack(func(c net.Conn) {
		writes(c, rawResponse)
		time.Sleep(time.Second)
		writes(c, rawResponse)
		time.Sleep(time.Second)
	})
	inWorld(t, script(extra, says(200, `{}`)), func(t *testing.T, w *world) {
		reused := func(c Call) bool {
			require.NoError(t, w.do(c).Err)
			r := w.do(c)
			require.NoError(t, r.Err)
			return r.Attempts[0].ReusedConn
		}
		require.NoError(t, w.do(post(Keyed)).Err)
		time.Sleep(2 * time.Second)
		assert.False(t, reused(post(Keyed)))
		assert.False(t, reused(post(Idempotent)))
		assert.True(t, reused(read()), "what only reads may share one")
		time.Sleep(10*time.Minute - 3*time.Second)
		assert.False(t, reused(post(Keyed)))
		time.Sleep(2 * time.Second)
		assert.True(t, reused(post(Keyed)), "it is over")

		var warnings int
		for _, e := range w.events {
			if e.UnsolicitedResponse {
				warnings++
			}
		}
		assert.Equal(t, 1, warnings)
	})
}

// R30: a response that lies behind the last one, read already, is not that of a
// call which has waited for the connection.
func TestR30_AResponseBehindTheLastOne(t *testing.T) {
	quiet(t)
	for range 50 {
		inWorld(t, script(hijack(func(c net.Conn) {
			time.Sleep(time.Second)
			writes(c, rawResponse+rawResponse)
			_, _ = bufio.NewReader(c).ReadString('}')
		}), says(200, `{}`)), func(t *testing.T, w *world) {
			var other sync.WaitGroup
			other.Go(func() { assert.NoError(t, w.do(post(Keyed)).Err) })
			synctest.Wait()
			assert.NoError(t, w.do(post(NonIdempotent)).Err)
			other.Wait()
			assert.EqualValues(t, 2, w.hits.Load(), "both were executed")
		}, func(c *Config) { c.Transport.(*http.Transport).MaxConnsPerHost = 1 })
	}
}

func TestR30_ASuccessBeforeTheRequestIsWritten(t *testing.T) {
	early := func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		writes(c, rawResponse)
		time.Sleep(time.Minute)
		_ = c.Close()
	}
	inWorld(t, script(early, after(0, says(200, `{}`))), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Request.Body = []byte(`{"a":"` + strings.Repeat("a", 1<<20) + `"}`)
		r := w.do(c)
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 2)
		assert.Equal(t, VerdictAmbiguous, r.Attempts[0].Verdict)
		assert.Equal(t, "a success before the request was written; connection closed", r.Attempts[0].Reason)
		time.Sleep(time.Minute)
	})
}

// R30 outside assumption A8: a response too many that comes after the request
// was written passes for its response, though the request was never executed.
func TestAssumptions_A8_AResponseTooManyAfterTheRequestWasWritten(t *testing.T) {
	var executed atomic.Int64
	inWorld(t, hijack(func(c net.Conn) {
		executed.Add(1)
		writes(c, rawResponse)
		_, _ = bufio.NewReader(c).ReadString('}') // the next request has come, and is dropped
		time.Sleep(time.Millisecond)
		writes(c, rawResponse)
		time.Sleep(time.Second)
	}), func(t *testing.T, w *world) {
		require.NoError(t, w.do(post(Keyed)).Err)
		r := w.do(post(Keyed))
		assert.NoError(t, r.Err)
		assert.Equal(t, OutcomeDone, r.Outcome, "which is not true")
		assert.EqualValues(t, 1, executed.Load())
		time.Sleep(time.Second)
	})
}

func onConn(hook func()) context.Context {
	return httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { hook() },
	})
}

func TestR8_TheFirstSendUnderAKeyNeedsNoWindow(t *testing.T) {
	for name, key := range map[string]Key{"of the call's own": {}, "that others may know": NewKey()} {
		t.Run(name, func(t *testing.T) {
			var machine sleepy
			inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
				c := ofKey(post(Keyed), key)
				r := w.engine.Do(onConn(func() { machine.sleep(time.Hour) }), c)
				require.NoError(t, r.Err)
				assert.Len(t, r.Attempts, 1)
				assert.EqualValues(t, 1, w.hits.Load())
			}, func(c *Config) { c.WallClock = machine.now })
		})
	}
}

func TestR8_TheFirstAttemptOfACallIsLateIfAnotherCallHasSent(t *testing.T) {
	for name, pending := range map[string]bool{"and is still under way": true, "and has ended": false} {
		t.Run(name, func(t *testing.T) {
			var machine sleepy
			inWorld(t, slowly, func(t *testing.T, w *world) {
				c := atMost(1, ofKey(post(Keyed), NewKey()))
				var other sync.WaitGroup
				r := w.engine.Do(onConn(func() {
					other.Go(func() { assert.NoError(t, w.do(c).Err) })
					synctest.Wait()
					if !pending {
						time.Sleep(11 * time.Second)
					}
					machine.sleep(time.Hour)
				}), c)
				assert.EqualValues(t, 1, w.hits.Load(), "only the other call has sent")
				assert.NotEqual(t, OutcomeNotSent, r.Outcome)
				other.Wait()
			}, func(c *Config) { c.WallClock = machine.now })
		})
	}
}

// R7: a transport that gets a connection after it has returned may still send.
func TestR7_ATransportThatGoesOnAfterItReturned(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) { c.Transport = restless{} })
		c := atMost(1, ofKey(post(Keyed), NewKey()))
		r := e.Do(context.Background(), c)
		require.Equal(t, OutcomeNotSent, r.Outcome, "as far as anybody can tell")
		time.Sleep(time.Minute)
		assert.Equal(t, OutcomeUnknown, r.Key.tracker.snapshot().effectiveOutcome(), "the key knows better")
		time.Sleep(10 * time.Minute)
		r = e.Do(context.Background(), c)
		assert.ErrorIs(t, r.Err, ErrKeyExpired, "and since when")
		assert.Equal(t, OutcomeUnknown, r.Outcome)
	})
}

func TestR14_ATransportThatGoesOnIsNotGivenAnUnkeyedOperationAgain(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.Transport = restless{}
			c.Policy.BaseDelay = 3 * time.Second // the first attempt goes on in it
		})
		r := e.Do(context.Background(), post(NonIdempotent))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Len(t, r.Attempts, 1)
	})
}

type restless struct{}

func (restless) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn("")
	time.AfterFunc(time.Second, func() { trace.GotConn(httptrace.GotConnInfo{}) })
	return nil, errors.New("gave up")
}
