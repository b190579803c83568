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

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/internal/memnet"
)

func at(mono, wall time.Duration) clock.Timestamp {
	return clock.Timestamp{Mono: time.Duration(time.Hour + mono), Wall: time.Duration(1000*time.Hour + wall)}
}

// R37: a sleep counts for the attempts that it has interrupted, and for no later one.
func TestR37_ASleepIsOfTheAttemptsUnderWay(t *testing.T) {
	const s = time.Second
	for name, row := range map[string]struct {
		began, now clock.Timestamp
		slept      bool
	}{
		"in time":                             {at(0, 0), at(s, s), false},
		"a little late":                       {at(0, 0), at(s+maxLate, s+maxLate), false},
		"late: the process was stopped":       {at(0, 0), at(3*s, 3*s), true},
		"began while the timer was due":       {at(900*time.Millisecond, 900*time.Millisecond), at(3*s, 3*s), true},
		"began after the process was stopped": {at(2900*time.Millisecond, 2900*time.Millisecond), at(3*s, 3*s), false},
		"the machine slept":                   {at(0, 0), at(s, 11*s), true},
		"began after the machine slept":       {at(500*time.Millisecond, 10500*time.Millisecond), at(s, 11*s), false},
		"the wall clock was set back":         {at(0, 0), at(s, -11*s), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := period{from: at(0, 0), due: at(s, 0).Mono}
			assert.Equal(t, row.slept, w.since(row.began).slept(row.now))
		})
	}
}

// holdsFirst are connections of which the first hold their bytes back for a while.
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

// A1, R37: one timer finds out for all attempts under way that the machine slept.
func TestR37_OneTimerWatchesAllAttempts(t *testing.T) {
	const calls = 5
	var machine sleepy
	var executed atomic.Int64
	inWorld(t, func(w http.ResponseWriter, _ *http.Request) {
		executed.Add(1)
		answer(w, 200, `{}`)
	}, func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.WallClock, c.Transport = machine.now, holdsFirst(w, 0, calls, 10*time.Second)
		})
		defer e.CloseIdleConnections()
		done := make(chan Result, calls)
		for i := range calls {
			time.AfterFunc(time.Duration(i)*300*time.Millisecond, func() { done <- e.Do(t.Context(), post(Keyed)) })
		}
		time.Sleep(1500 * time.Millisecond)
		machine.sleep(10 * time.Second)
		assert.Len(t, e.pulse.list(), calls)
		for range calls {
			r := <-done
			require.NoError(t, r.Err)
			assert.Equal(t, "the machine slept before the request was delivered", r.Attempts[0].Reason)
			assert.LessOrEqual(t, r.Attempts[0].Duration, 2*time.Second)
		}
		assert.EqualValues(t, calls, executed.Load())
		assert.Empty(t, e.pulse.list())
		time.Sleep(tick + time.Millisecond)
		assert.False(t, e.pulse.beats(), "nothing is under way")
		require.NoError(t, e.Do(t.Context(), post(Keyed)).Err)
		assert.True(t, e.pulse.beats())
	})
}

// A1, R37: an attempt that begins between the sleep and the look at the clocks has not
// slept, and what it has not delivered yet goes on its way.
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

func (p *pulse) list() (all []*alarm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for a := p.first; a != nil; a = a.next {
		all = append(all, a)
	}
	return all
}

func (p *pulse) beats() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.beating
}
