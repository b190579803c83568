package idem

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
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

func TestR20_ARedirectionWithoutEndIsLeft(t *testing.T) {
	inWorld(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/op", http.StatusTemporaryRedirect)
	}, func(t *testing.T, w *world) {
		c := read()
		c.Policy.MaxAttempts = 1
		assert.Error(t, w.do(c).Err)
		assert.EqualValues(t, 10, w.hits.Load())
	})
}

func TestR20_AnotherOriginIsOfAnotherSchemeOrHost(t *testing.T) {
	from, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com/op", http.NoBody)
	require.NoError(t, err)
	for to, follows := range map[string]bool{
		"https://api.example.com/other": true, "http://api.example.com/op": false,
		"https://www.example.com/op": false, "https://api.example.com:8443/op": false,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, http.NoBody)
		require.NoError(t, err)
		assert.Equal(t, follows, sameOrigin(req, []*http.Request{from}) == nil, to)
	}
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
			assert.Contains(t, r.Err.Error(), stopPatience.String(), name)
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

func TestR25_EveryWayToDialIsTaken(t *testing.T) {
	errDial := errors.New("dialled")
	rows := map[string]struct {
		base string
		with func(*http.Transport)
	}{
		"DialContext": {"http://localhost:1", func(t *http.Transport) {
			t.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, errDial }
		}},
		"Dial": {"http://localhost:1", func(t *http.Transport) {
			t.Dial = func(string, string) (net.Conn, error) { return nil, errDial } //nolint:staticcheck // a caller may still set it
		}},
		"DialTLSContext": {"https://localhost:1", func(t *http.Transport) {
			t.DialTLSContext = func(context.Context, string, string) (net.Conn, error) { return nil, errDial }
			t.DialTLS = func(string, string) (net.Conn, error) { panic("the older one") } //nolint:staticcheck // as above
		}},
		"DialTLS": {"https://localhost:1", func(t *http.Transport) {
			t.DialTLS = func(string, string) (net.Conn, error) { return nil, errDial } //nolint:staticcheck // as above
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			rt := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
			row.with(rt)
			e, err := New(Config{Profile: testProfile(), BaseURL: row.base, Transport: rt})
			require.NoError(t, err)
			c := post(Keyed)
			c.Policy.MaxAttempts = 1
			r := e.Do(t.Context(), c)
			assert.ErrorIs(t, r.Err, errDial)
			assert.Equal(t, OutcomeNotSent, r.Outcome)
		})
	}
}
