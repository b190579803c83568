package idem

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

// R10: a key of another process is as old as by its wall clock until it is
// first used here; from then on the clocks of this machine count.
func TestR10_AnAnchoredKeyIsNotAgedByAStep(t *testing.T) {
	w := window{ttl: 90 * time.Second, margin: 5 * time.Second}
	m := newMachine()
	c := clock.New(m.now, m.sleptFor)
	for name, row := range map[string]struct {
		do   func()
		left time.Duration
	}{
		"nothing happens":  {do: func() {}, left: 70 * time.Second},
		"stepped forward":  {do: func() { m.step(time.Hour) }, left: 70*time.Second - clock.PauseAllowance},
		"stepped back":     {do: func() { m.step(-time.Hour) }, left: 70 * time.Second},
		"slept for 20 s":   {do: func() { m.sleep(20 * time.Second) }, left: 50 * time.Second},
		"slept in a step ": {do: func() { m.sleep(time.Minute); m.step(-time.Minute) }, left: 10 * time.Second},
	} {
		s := newSentKeyTracker(m.now().Add(-10 * time.Second))
		s.anchorMonotonic(c.Now())
		row.do()
		assert.InDelta(t, row.left, w.left(s.snapshot(), c.Sure()), float64(time.Second), name)
	}
}

// Of two accounts of the first send the older one counts, by whichever clock. A
// wall clock that was set back between two sends makes the later one seem to be
// the first.
func TestR10_TheOlderOfTwoAccountsCountsAfterAStep(t *testing.T) {
	w := window{ttl: 90 * time.Second, margin: 5 * time.Second}
	for name, reported := range map[string]bool{"sleep is reported": true, "it is not": false} {
		m := newMachine()
		c := clock.New(m.now, m.sleptFor)
		if !reported {
			c = clock.New(m.now, nil)
		}
		first, second := newKeyTracker(), newKeyTracker()
		began := c.Now()
		first.begin(began)
		m.step(-time.Hour)
		later := c.Now()
		later.Mono += 30 * time.Second
		second.begin(later)
		second.join(first)
		assert.InDelta(t, 55*time.Second, w.left(second.snapshot(), later), float64(time.Second), name)
	}
}

// R10, R32: a wall clock that is set while a call is under way neither ends its
// key's window nor the call, as long as the platform reports no sleep.
func TestR10_ACallGoesOnAfterAStep(t *testing.T) {
	for name, by := range map[string]time.Duration{
		"5 minutes forward": 5 * time.Minute, "a year forward": 365 * 24 * time.Hour, "5 minutes back": -5 * time.Minute,
	} {
		for _, class := range []Class{Keyed, Idempotent} {
			m := newMachine()
			inWorld(t, script(loses(func() { m.step(by) }), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
				r := w.do(post(class))
				require.NoError(t, r.Err, "%s, %s", name, class)
				assert.EqualValues(t, 2, w.hits.Load())
			}, m.clocks)
		}
	}
}

// R10: the same jump is a sleep if the platform reports one, or does not report
// sleep.
func TestR10_ACallEndsAfterASleep(t *testing.T) {
	m := newMachine()
	blind := newMachine()
	for name, row := range map[string]struct {
		sleep func()
		clock func(*Config)
	}{
		"the platform reports it":              {sleep: func() { m.sleep(5 * time.Minute) }, clock: m.clocks},
		"the wall clock was set back after it": {sleep: func() { m.sleep(5 * time.Minute); m.step(-5 * time.Minute) }, clock: m.clocks},
		"the platform does not report sleep": {
			sleep: func() { blind.step(5 * time.Minute) },
			clock: func(c *Config) { c.WallClock = blind.now },
		},
	} {
		t.Run(name, worldTest(loses(row.sleep), func(t *testing.T, w *world) {
			r := w.do(post(Keyed))
			assert.Equal(t, OutcomeUnknown, r.Outcome)
			assert.EqualValues(t, 1, w.hits.Load(), "the server has forgotten the key")
		}, row.clock))
	}
}

// R8: a sleep between the check and the write shows where the bytes leave,
// although the wall clock was set back as far meanwhile.
func TestR8_ASleepThatAStepHidesIsSeenWhereTheBytesLeave(t *testing.T) {
	m := newMachine()
	var dials atomic.Int64
	inWorld(t, lose, func(t *testing.T, w *world) {
		e := w.newEngine(m.clocks, func(c *Config) {
			c.Transport = &http.Transport{
				DisableKeepAlives: true,
				DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
					c, err := w.listener.DialContext(ctx, network, addr)
					if dials.Add(1) == 2 {
						m.sleep(2 * time.Minute)
						m.step(-2 * time.Minute)
					}
					return c, err
				},
			}
		})
		r := e.Do(context.Background(), post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 2, dials.Load())
		assert.EqualValues(t, 1, w.hits.Load(), "the second attempt never left")
	})
}

func TestR10_SafeUntilAfterAStepIsWhatIsLeft(t *testing.T) {
	for by, lost := range map[time.Duration]time.Duration{
		5 * time.Minute: clock.PauseAllowance, 10 * time.Second: 10 * time.Second, -5 * time.Minute: 0,
	} {
		m := newMachine()
		inWorld(t, loses(func() { m.step(by) }), func(t *testing.T, w *world) {
			r := w.do(atMost(1, post(Keyed)))
			require.Equal(t, OutcomeUnknown, r.Outcome)
			assert.Equal(t, m.now().Add(83*time.Second-lost).Round(0), r.SafeUntil.Round(0), by)
		}, m.clocks)
	}
}

func TestR10_AResumedKeyAfterAStep(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		m := newMachine()
		inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
			c := atMost(1, post(Keyed))
			c.Key = w.do(c).Key
			m.step(by)
			time.Sleep(30 * time.Second)
			require.NoError(t, w.do(c).Err, by)
			time.Sleep(54 * time.Second)
			require.ErrorIs(t, w.do(c).Err, ErrKeyExpired, "%s: 84 s have passed", by)
			assert.EqualValues(t, 2, w.hits.Load())
		}, m.clocks)
	}
}

// J8: others judge a lease by this machine's wall clock, or by the store's. A
// step forward may have ended it for them, so it is written anew before
// anything is sent.
func TestJ8_AStepForwardMayHaveEndedALease(t *testing.T) {
	m := newMachine()
	j := &countingJournal{Memory: journal.NewMemory()}
	var stepped atomic.Bool
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		r := w.engine.Do(onConn(func() {
			if stepped.CompareAndSwap(false, true) {
				m.step(time.Minute)
			}
		}), withRef(Keyed))
		require.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 2, "the first was refused where it would have left")
		assert.EqualValues(t, 3, j.saves.Load(), "and the lease is renewed for the second")
		assert.EqualValues(t, 1, w.hits.Load())
	}, m.clocks, func(c *Config) { c.Journal = j })
}

type machine struct{ ahead, slept atomic.Int64 }

func newMachine() *machine { return &machine{} }

func (m *machine) now() time.Time { return time.Now().Add(time.Duration(m.ahead.Load())) }

// sleptFor counts from some moment, as a platform does.
func (m *machine) sleptFor() time.Duration { return time.Hour + time.Duration(m.slept.Load()) }

func (m *machine) step(d time.Duration) { m.ahead.Add(int64(d)) }

func (m *machine) sleep(d time.Duration) {
	m.ahead.Add(int64(d))
	m.slept.Add(int64(d))
}

// clocks makes an engine's clocks the machine's.
func (m *machine) clocks(c *Config) { c.WallClock, c.SleptClock = m.now, m.sleptFor }
