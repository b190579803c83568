package sendonce

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/internal/memnet"
)

func at(mono, wall time.Duration) clock.Timestamp {
	return clock.Timestamp{Mono: time.Hour + mono, Wall: 1000*time.Hour + wall}
}

// R37: a sleep counts for the attempts that it has interrupted, and for no
// later one.
func TestR37_ASleepIsOfTheAttemptsUnderWay(t *testing.T) {
	const s = time.Second
	for name, row := range map[string]struct {
		began, now clock.Timestamp
		slept      bool
	}{
		"in time":                             {began: at(0, 0), now: at(s, s)},
		"a little late":                       {began: at(0, 0), now: at(s+maxLate, s+maxLate)},
		"late: the process was stopped":       {began: at(0, 0), now: at(3*s, 3*s), slept: true},
		"began while the timer was due":       {began: at(900*time.Millisecond, 900*time.Millisecond), now: at(3*s, 3*s), slept: true},
		"began after the process was stopped": {began: at(2900*time.Millisecond, 2900*time.Millisecond), now: at(3*s, 3*s)},
		"the machine slept":                   {began: at(0, 0), now: at(s, 11*s), slept: true},
		"began after the machine slept":       {began: at(500*time.Millisecond, 10500*time.Millisecond), now: at(s, 11*s)},
		"the wall clock was set back":         {began: at(0, 0), now: at(s, -11*s)},
	} {
		t.Run(name, func(t *testing.T) {
			w := period{from: at(0, 0), due: at(s, 0).Mono}
			assert.Equal(t, row.slept, w.since(row.began).slept(row.now))
		})
	}
}

type sleepy struct{ ahead atomic.Int64 }

func (s *sleepy) now() time.Time        { return time.Now().Add(time.Duration(s.ahead.Load())) }
func (s *sleepy) sleep(d time.Duration) { s.ahead.Add(int64(d)) }

func TestR37_OneTimerWatchesAllAttempts(t *testing.T) {
	const attempts = 5
	inWorld(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		says(http.StatusOK, `{}`)(w, r)
	}, func(t *testing.T, w *world) {
		var machine sleepy
		var dials atomic.Int64
		session := NewSession(&http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := w.listener.DialContext(ctx, network, addr)
			if err == nil && dials.Add(1) <= attempts {
				conn.(*memnet.Conn).Hold()
			}
			return conn, err
		}}, clock.New(machine.now, nil), maxBody)
		defer session.CloseIdleConnections()
		done := make(chan Evidence, attempts)
		for i := range attempts {
			time.AfterFunc(time.Duration(i)*300*time.Millisecond, func() {
				s := sending{session: session, body: `{"a":1}`}
				done <- s.send(t.Context(), w.url)
			})
		}
		time.Sleep(1500 * time.Millisecond)
		machine.sleep(10 * time.Second)
		assert.Len(t, session.pulse.list(), attempts)
		for range attempts {
			e := <-done
			require.ErrorIs(t, e.Err, ErrSlept)
			assert.Equal(t, ProofNone, e.Proof)
		}
		assert.Zero(t, w.hits.Load(), "what was not delivered is not delivered any more")
		assert.Empty(t, session.pulse.list())
		time.Sleep(tick + time.Millisecond)
		assert.False(t, session.pulse.beats(), "nothing is under way")
		s := sending{session: session, body: `{"a":1}`}
		require.NoError(t, s.send(t.Context(), w.url).Err)
		assert.True(t, session.pulse.beats())
		session.Close()
		assert.False(t, session.pulse.beats(), "no timer runs any more")
	})
}

func (p *pulse) list() (all []*alarm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.under))
}

func (p *pulse) beats() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.beating
}
