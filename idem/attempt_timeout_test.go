package idem

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
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

// R36: both kinds of slow server, by how long they take.
func TestR36_SlowServers(t *testing.T) {
	kinds := map[string]func(time.Duration, *atomic.Int64) http.HandlerFunc{
		"rolls back": rollsBack, "finishes": finishes,
	}
	rows := []struct {
		takes    time.Duration
		attempts map[string]int // of those that are done; 0: unknown
	}{
		{10 * time.Second, map[string]int{"rolls back": 1, "finishes": 1}},
		{14 * time.Second, map[string]int{"rolls back": 1, "finishes": 1}},
		{16 * time.Second, map[string]int{"rolls back": 2, "finishes": 2}},
		{29 * time.Second, map[string]int{"rolls back": 2, "finishes": 2}},
		{31 * time.Second, map[string]int{"rolls back": 3, "finishes": 2}},
		{39 * time.Second, map[string]int{"rolls back": 3, "finishes": 2}},
		{41 * time.Second, map[string]int{"rolls back": 0, "finishes": 2}},
		{60 * time.Second, map[string]int{"rolls back": 0, "finishes": 3}},
		{84 * time.Second, map[string]int{"rolls back": 0, "finishes": 3}},
		{90 * time.Second, map[string]int{"rolls back": 0, "finishes": 0}},
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

// R36: only a server that has the request is waited for.
func TestR36_ADeadBackendGetsItsSixTries(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := w.listener.DialContext(ctx, network, addr)
				if err == nil {
					conn.(*memnet.Conn).Silence() // no byte is acknowledged
				}
				return conn, err
			}}
			c.Policy.AttemptTimeout = 5 * time.Second
		})
		c := post(Keyed)
		c.Policy.MaxAttempts = 6
		r := e.Do(t.Context(), c)
		require.Len(t, r.Attempts, 6)
		for _, a := range r.Attempts {
			assert.Equal(t, 5*time.Second, a.Duration)
		}
	})
}

// R36: where the platform shows nothing, nothing is known to have arrived.
func TestR36_NothingIsTakenForArrivedThatCannotBeShown(t *testing.T) {
	var executed atomic.Int64
	inWorld(t, rollsBack(20*time.Second, &executed), func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := w.listener.DialContext(ctx, network, addr)
				return opaque{conn}, err
			}}
		})
		defer e.CloseIdleConnections()
		r := e.Do(t.Context(), post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		for _, a := range r.Attempts[:len(r.Attempts)-1] {
			assert.Equal(t, 15*time.Second, a.Duration)
		}
	})
}

// opaque shows nothing of the connection that it wraps.
type opaque struct{ net.Conn }

// listening runs a server of one's own and returns its address.
func listening(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

// R36 over a real socket: Linux shows that the server's host has the request.
func TestR36_ARealSocketShowsWhatHasArrived(t *testing.T) {
	address := listening(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	timeout := 50 * time.Millisecond
	e, err := New(Config{Profile: testProfile(), BaseURL: "http://" + address, Policy: Policy{AttemptTimeout: timeout}})
	require.NoError(t, err)
	c := post(Keyed)
	c.Policy.MaxAttempts = 2
	r := e.Do(t.Context(), c)
	assert.Equal(t, OutcomeUnknown, r.Outcome)
	require.Len(t, r.Attempts, 2)
	shown := runtime.GOOS == "linux"
	assert.Equal(t, shown, r.Attempts[1].Duration >= 2*timeout)
}
