package idem

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
)

// sleepsIn has the machine sleep while an attempt is under way: the wall clock
// goes on.
func sleepsIn(machine *sleepy, d time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(14500 * time.Millisecond)
		machine.sleep(d)
		time.Sleep(time.Second) // half a second after its time
		h(w, r)
	}
}

// R37: on waking, a sole attempt whose request has arrived is read for a second
// more.
func TestR37_ASoleAttemptMayBeHeardAfterASleep(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*Call)
		done   int
	}{
		"a key of its own": {func(*Call) {}, 1},
		"a key that may have been sent": {func(c *Call) {
			var err error
			c.Key, err = SentKey("sent-before", time.Now())
			require.NoError(t, err)
		}, 2},
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
			c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := w.listener.DialContext(ctx, network, addr)
				if err == nil {
					mine.Store(conn.(*memnet.Conn))
					mine.Load().Hold()
				}
				return conn, err
			}}
		})
		defer e.CloseIdleConnections()
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
			c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := w.listener.DialContext(ctx, network, addr)
				if err == nil {
					held := conn.(*memnet.Conn)
					held.Hold()
					time.AfterFunc(3100*time.Millisecond, func() {
						machine.sleep(time.Hour)
						held.Release()
					})
				}
				return conn, err
			}}
		})
		defer e.CloseIdleConnections()
		r := e.Do(t.Context(), post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 1, executed.Load(), "an hour after it was sent")
		time.Sleep(2 * time.Minute)
	})
}
