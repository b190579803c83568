package idem

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onConn returns a context whose trace runs hook when a connection was got,
// just before the request is written.
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
				c := post(Keyed)
				c.Key = key
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
			inWorld(t, func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(10 * time.Second)
				answer(w, 200, `{}`)
			}, func(t *testing.T, w *world) {
				c := post(Keyed)
				c.Key, c.Policy.MaxAttempts = NewKey(), 1
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
		c := post(Keyed)
		c.Key, c.Policy.MaxAttempts = NewKey(), 1
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

// What nothing protects is not sent again once it may have been.
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
