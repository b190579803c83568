package idem

import (
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

func TestR7_WindowArithmetic(t *testing.T) {
	w := window{ttl: 90 * time.Second, margin: 5 * time.Second}
	since := clock.Clock{}.Now()
	after := func(m, wl time.Duration) clock.Timestamp {
		return clock.Timestamp{Mono: since.Mono + m, Wall: since.Wall + wl}
	}
	for name, row := range map[string]struct {
		k    keySnapshot
		now  clock.Timestamp
		left time.Duration
		open bool
	}{
		"never sent":                      {k: keySnapshot{}, now: after(time.Hour, time.Hour), left: 85 * time.Second, open: true},
		"begun":                           {k: keySnapshot{since: since}, now: after(0, 0), left: 85 * time.Second, open: true},
		"R8 2 s remain":                   {k: keySnapshot{since: since}, now: after(83*time.Second, 83*time.Second), left: 2 * time.Second, open: true},
		"R8 less than 2 s remain":         {k: keySnapshot{since: since}, now: after(83001*time.Millisecond, 0), left: 1999 * time.Millisecond},
		"R10 the monotonic clock ran":     {k: keySnapshot{since: since}, now: after(100*time.Second, 0), left: -15 * time.Second},
		"R10 the wall clock ran":          {k: keySnapshot{since: since}, now: after(0, 100*time.Second), left: -15 * time.Second},
		"R10 the wall clock was set back": {k: keySnapshot{since: since}, now: after(10*time.Second, -time.Hour), left: 75 * time.Second, open: true},
		"R10 another process: skew":       {k: keySnapshot{since: clock.Timestamp{Wall: since.Wall}, fromOtherProcess: true}, now: after(0, 10*time.Second), left: 70 * time.Second, open: true},
		"R10 another process, 77 s old":   {k: keySnapshot{since: clock.Timestamp{Wall: since.Wall}, fromOtherProcess: true}, now: after(0, 79*time.Second), left: time.Second},
		"R10 from the future, as far as clocks differ": {
			k: keySnapshot{since: clock.Timestamp{Wall: since.Wall}, fromOtherProcess: true}, now: after(0, -skewAllowance),
			left: 85 * time.Second, open: true,
		},
		"R10 and a nanosecond more": {
			k: keySnapshot{since: clock.Timestamp{Wall: since.Wall}, fromOtherProcess: true}, now: after(0, -skewAllowance-1),
		},
		"R10 from the future within skew":   {k: keySnapshot{since: clock.Timestamp{Wall: since.Wall}, fromOtherProcess: true}, now: after(0, -4*time.Second), left: 84 * time.Second, open: true},
		"R10 from the future beyond skew":   {k: keySnapshot{since: clock.Timestamp{Wall: since.Wall}, fromOtherProcess: true}, now: after(0, -6*time.Second)},
		"R10 from the far future: no clock": {k: keySnapshot{since: clock.Timestamp{Wall: since.Wall}, fromOtherProcess: true}, now: after(0, -time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, row.left, w.left(row.k, row.now))
			assert.Equal(t, row.open, w.open(row.k, row.now))
		})
	}
	wall := since.WallTime()
	assert.Equal(t, wall.Add(83*time.Second), w.safeUntil(keySnapshot{since: since}, since))
	assert.Equal(t, wall.Add(78*time.Second), w.safeUntil(keySnapshot{since: since, fromOtherProcess: true}, since))
	assert.Zero(t, w.safeUntil(keySnapshot{}, since))
}

// R10: a key from before all windows is expired, and so is one from after all
// clocks.
func TestR10_AKeyFromTheEdgeOfTimeIsExpired(t *testing.T) {
	now := clock.Clock{}.Now()
	w := window{ttl: 24 * time.Hour, margin: time.Minute}
	sent := []time.Time{now.WallTime().Add(math.MaxInt64).Add(math.MaxInt64)} // 64 bits of nanoseconds later
	for _, year := range []int{-5000, 1, 1677, 1969, 1970, 1971, 2261, 2263, 9999, 300000} {
		sent = append(sent, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	for _, since := range sent {
		s := newSentKeyTracker(since)
		assert.False(t, s.snapshot().since.IsZero(), "%s: a send all the same", since)
		assert.False(t, w.open(s.snapshot(), now), "%s", since)
		s.anchorMonotonic(now)
		assert.False(t, w.open(s.snapshot(), now), "%s, seen by both clocks", since)
	}
	assert.Equal(t, now.Wall, clock.AtWall(now.WallTime()).Wall)
	end := clock.New(func() time.Time { return sent[len(sent)-1] }, nil).Now()
	assert.True(t, w.safeUntil(keySnapshot{since: end}, end).After(end.WallTime()), "a year is left to count on")
}

func TestR8_NoAttemptOutsideTheWindow(t *testing.T) {
	var last atomic.Int64
	var start time.Time
	inWorld(t, loses(func() {
		last.Store(int64(time.Since(start)))
		time.Sleep(14 * time.Second)
	}), func(t *testing.T, w *world) {
		start = time.Now()
		r := w.do(post(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.LessOrEqual(t, time.Since(start), 85*time.Second, "ends inside the window less the margin")
		assert.Greater(t, time.Since(start), 70*time.Second, "and not long before")
		assert.LessOrEqual(t, time.Duration(last.Load()), 83*time.Second)
		assert.Equal(t, start.Add(83*time.Second).UnixMilli(), r.SafeUntil.UnixMilli())
		time.Sleep(time.Minute)
	})
}

func TestR9_RetryAfterLongerThanWhatIsLeftEndsTheCall(t *testing.T) {
	for value, attempts := range map[string]int{"5": 2, "84": 1, "120": 1, "9300000000": 1} {
		inWorld(t, script(asksToWait(429, value), says(200, `{}`)), func(t *testing.T, w *world) {
			start := time.Now()
			r := w.do(post(Keyed))
			assert.EqualValues(t, attempts, w.hits.Load(), value)
			if attempts == 1 {
				assert.Zero(t, time.Since(start), "at once")
				assert.Equal(t, OutcomeRejected, r.Outcome)
				assert.Regexp(t, `the server asked for \d+ s; the key's window leaves 83 s$`, r.Err.Error())
				assert.True(t, r.RetryHelps, "later")
				assert.Positive(t, r.RetryAfter)
				return
			}
			assert.GreaterOrEqual(t, time.Since(start), 5*time.Second, "a floor for the wait")
			assert.Equal(t, OutcomeDone, r.Outcome)
		})
	}
}

func TestR10_AKeyPastItsWindowIsRefused(t *testing.T) {
	inWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world) {
		r := w.do(atMost(1, post(Keyed)))
		require.Equal(t, OutcomeUnknown, r.Outcome)
		resume := ofKey(post(Keyed), r.Key)

		time.Sleep(84 * time.Second)
		late := w.do(resume)
		assert.ErrorIs(t, late.Err, ErrKeyExpired)
		assert.Equal(t, OutcomeUnknown, late.Outcome)
		assert.EqualValues(t, 1, w.hits.Load(), "nothing was sent")

		// The key itself remembers, also after the client has forgotten it.
		time.Sleep(time.Hour)
		late = w.engine.Do(context.Background(), resume)
		assert.ErrorIs(t, late.Err, ErrKeyExpired)
		other := w.newEngine()
		assert.ErrorIs(t, other.Do(context.Background(), resume).Err, ErrKeyExpired, "in every client")
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestR10_KeysOfOtherProcesses(t *testing.T) {
	for name, row := range map[string]struct {
		age     time.Duration
		expired bool
	}{
		"old, but for the skew":     {age: 79 * time.Second, expired: true},
		"future beyond the skew":    {age: -6 * time.Second, expired: true},
		"just inside, skew allowed": {age: 77 * time.Second},
	} {
		t.Run(name, worldTest(says(200, `{}`), func(t *testing.T, w *world) {
			r := w.do(ofKey(post(Keyed), usedKey(t, "order-8812", time.Now().Add(-row.age))))
			if row.expired {
				assert.ErrorIs(t, r.Err, ErrKeyExpired)
				assert.Equal(t, OutcomeUnknown, r.Outcome)
				assert.Zero(t, w.hits.Load())
				return
			}
			assert.NoError(t, r.Err)
		}))
	}
}

func TestR10_AStoredKeyThatWasNeverSentIsAsGoodAsNew(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		c := ofKey(post(Keyed), NewKey())
		time.Sleep(time.Hour)
		assert.NoError(t, w.do(c).Err)
		time.Sleep(2 * time.Minute)
		assert.ErrorIs(t, w.do(c).Err, ErrKeyExpired, "but it does once it was")
		assert.Equal(t, OutcomeDone, w.do(c).Outcome, "what is known stays known")
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

// sleepy is a machine that falls asleep: its wall clock jumps, its monotonic
// one does not.
type sleepy struct{ slept atomic.Int64 }

func (s *sleepy) now() time.Time        { return time.Now().Add(time.Duration(s.slept.Load())) }
func (s *sleepy) sleep(d time.Duration) { s.slept.Add(int64(d)) }

func TestR8_AMachineThatSleptBeforeTheWriteDoesNotSend(t *testing.T) {
	for name, row := range map[string]struct {
		own  bool
		body []byte
	}{
		"own connection":                     {own: true, body: []byte(`{"a":1}`)},
		"own connection, no body":            {own: true},
		"somebody else's transport":          {body: []byte(`{"a":1}`)},
		"somebody else's transport, no body": {},
	} {
		t.Run(name, func(t *testing.T) {
			var machine sleepy
			var dials, whole atomic.Int64
			inWorld(t, func(_ http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err == nil {
					whole.Add(1)
				}
				panic(http.ErrAbortHandler)
			}, func(t *testing.T, w *world) {
				base := &http.Transport{
					DisableKeepAlives: true,
					DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
						c, err := w.listener.DialContext(ctx, network, addr)
						if dials.Add(1) == 2 {
							machine.sleep(2 * time.Minute) // between the check and the write
						}
						return c, err
					},
				}
				var rt http.RoundTripper = base
				if !row.own {
					rt = foreign{base}
				}
				e := w.newEngine(func(c *Config) { c.Transport, c.WallClock = rt, machine.now })
				c := post(Keyed)
				c.Request.Body = row.body
				r := e.Do(context.Background(), c)
				assert.EqualValues(t, 1, whole.Load(), "the second attempt never left")
				assert.Equal(t, OutcomeUnknown, r.Outcome)
				assert.EqualValues(t, 2, dials.Load())
				assert.Len(t, r.Attempts, 2)
			})
		})
	}
}

// A3: a key from another process is seen by its wall clock, and from its first
// use here by the monotonic one too.
func TestR10_AStoppedWallClockDoesNotKeepAKeyYoung(t *testing.T) {
	var wall sleepy
	inWorld(t, loses(func() {
		time.Sleep(10 * time.Second)
		wall.sleep(-10 * time.Second) // the wall clock stands still
	}), func(t *testing.T, w *world) {
		start := time.Now()
		r := w.do(ofKey(post(Keyed), usedKey(t, "order-8812", time.Now())))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.LessOrEqual(t, time.Since(start), 80*time.Second)
		time.Sleep(time.Minute) // let the last handler end
	}, func(c *Config) { c.WallClock = wall.now })
}

func TestPolicy_WhatCannotBeKeptIsRefused(t *testing.T) {
	for field, p := range map[string]Policy{
		"AttemptTimeout": {AttemptTimeout: 86 * time.Second},
		"KeyTTL":         {KeyTTL: 91 * time.Second},
		"MaxAttempts":    {MaxAttempts: -1},
		"BaseDelay":      {BaseDelay: -1},
		"MaxDelay":       {BaseDelay: time.Second, MaxDelay: time.Millisecond},
		"KeyTTLMargin":   {KeyTTLMargin: -time.Second},
	} {
		_, err := New(Config{Profile: testProfile(), BaseURL: "https://x", Policy: p})
		assertInvalid(t, field, err)
	}
	for _, endless := range []Policy{{AttemptTimeout: math.MaxInt64}, {KeyTTLMargin: math.MaxInt64}} {
		_, err := New(Config{Profile: testProfile(), BaseURL: "https://x", Policy: endless})
		assert.ErrorContains(t, err, "exceed the window", "and do not overflow")
	}
	for _, p := range []Policy{{AttemptTimeout: 85 * time.Second}, {BaseDelay: time.Second, MaxDelay: time.Second}} {
		_, err := New(Config{Profile: testProfile(), BaseURL: "https://x", Policy: p})
		assert.NoError(t, err)
	}
}
