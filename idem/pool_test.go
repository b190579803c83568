package idem

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inPool is inWorld with five idle connections in the engine's pool.
func inPool(t *testing.T, h http.HandlerFunc, f func(t *testing.T, w *world)) {
	t.Helper()
	var warm atomic.Bool
	inWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if warm.Load() {
			h(rw, r)
			return
		}
		time.Sleep(time.Second)
		answer(rw, 200, "{}")
	}, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { assert.NoError(t, w.do(post(Keyed)).Err) })
		}
		all.Wait()
		require.Len(t, w.listener.Conns(), 5)
		warm.Store(true)
		f(t, w)
	})
}

func TestR17_AnAnswerThatWasCutCostsThePoolItsTrust(t *testing.T) {
	inPool(t, script(cuts, says(200, "{}")), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 2)
		assert.True(t, r.Attempts[0].ReusedConn)
		assert.False(t, r.Attempts[1].ReusedConn, "the next has a connection of its own")
	})
	inPool(t, script(says(503, "{}"), says(200, "{}")), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 2)
		assert.True(t, r.Attempts[1].ReusedConn, "a whole answer, though of trouble, does not")
	})
}

func TestR17_OnlyTheFirstBreakOfAPooledConnectionIsNoSignOfTrouble(t *testing.T) {
	inPool(t, lose, func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Policy.MaxAttempts = 4
		r := w.do(c)
		require.Len(t, r.Attempts, 4)
		assert.True(t, r.Attempts[0].ReusedConn)
		assert.Zero(t, r.Attempts[0].Wait, "retried at once")
		assert.False(t, r.Attempts[1].ReusedConn)
		assert.NotZero(t, r.Attempts[1].Wait)
		assert.True(t, r.Attempts[2].ReusedConn)
		assert.NotZero(t, r.Attempts[2].Wait, "not a second time")
	})
}

func TestR15_PatienceEndsWhatNoWindowDoes(t *testing.T) {
	for name, c := range map[string]Call{"keyed, nothing sent": post(Keyed), "idempotent": post(Idempotent)} {
		inWorld(t, lose, func(t *testing.T, w *world) {
			if name != "idempotent" {
				_ = w.listener.Close()
			}
			began := time.Now()
			r := w.do(c)
			require.Error(t, r.Err)
			assert.Contains(t, r.Err.Error(), stopElapsed.String(), name)
			assert.InDelta(t, 80, time.Since(began).Seconds(), 5, "%s: the window's length less the margin", name)
		})
	}
}

func TestR15_AShorterWindowShortensPatience(t *testing.T) {
	for _, class := range []Class{Keyed, Idempotent} {
		inWorld(t, lose, func(t *testing.T, w *world) {
			_ = w.listener.Close() // nothing is sent: no key's window ends the call
			began := time.Now()
			require.Error(t, w.do(post(class)).Err)
			assert.InDelta(t, 23, time.Since(began).Seconds(), 5, "%s: the window's length less the margin", class)
		}, func(c *Config) { c.Policy = Policy{KeyTTL: 30 * time.Second, AttemptTimeout: time.Second} })
	}
}

func TestR15_AnswersInProgressAreAskedAtAGrowingPace(t *testing.T) {
	busy := says(409, `{"error":{"code":"in_progress"}}`)
	inWorld(t, script(busy, busy, busy, busy, says(200, "{}")), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 5)
		full := 250 * time.Millisecond
		for _, a := range r.Attempts[:4] {
			assert.GreaterOrEqual(t, a.Wait, full/2)
			assert.LessOrEqual(t, a.Wait, full)
			full *= 2
		}
	})
}
