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

// holdsFirst are connections of which the first hold their bytes back for a
// while.
func holdsFirst(w *world, skip, first int64, d time.Duration) *http.Transport {
	var dials atomic.Int64
	return &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := w.listener.DialContext(ctx, network, addr)
		if n := dials.Add(1); err == nil && n > skip && n <= first {
			held := conn.(*memnet.Conn)
			held.Hold()
			time.AfterFunc(d, held.Release)
		}
		return conn, err
	}}
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
		defer e.CloseIdleConnections()
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
