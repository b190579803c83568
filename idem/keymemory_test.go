package idem

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

type moody struct {
	*world
	mood atomic.Value // "", "lose" or "refuse"
}

func inMoodyWorld(t *testing.T, f func(t *testing.T, w *moody)) {
	t.Helper()
	var m moody
	inWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		switch m.mood.Load() {
		case "lose":
			lose(rw, r)
		case "refuse":
			answer(rw, 422, errorObject)
		default:
			answer(rw, 200, `{"id":"x"}`)
		}
	}, func(t *testing.T, w *world) {
		m.world = w
		f(t, &m)
	})
}

// R40: a string that may have been executed under is not new because a caller
// calls it so, for a day after the engine has forgotten what it knew of it.
func TestR40_AStringThatWasSentIsNotNew(t *testing.T) {
	for name, row := range map[string]struct {
		first  func(*moody) // sets what becomes of the first call
		after  time.Duration
		second error
	}{
		"done, an hour ago":            {first: func(*moody) {}, after: time.Hour, second: ErrKeyExpired},
		"done, 23 hours ago":           {first: func(*moody) {}, after: 23 * time.Hour, second: ErrKeyExpired},
		"done, two days ago":           {first: func(*moody) {}, after: 48 * time.Hour},
		"in doubt, an hour ago":        {first: func(w *moody) { w.mood.Store("lose") }, after: time.Hour, second: ErrKeyExpired},
		"rejected, an hour ago: free":  {first: func(w *moody) { w.mood.Store("refuse") }, after: time.Hour},
		"not sent, an hour ago: free":  {first: func(w *moody) { w.listener.SetDown(true) }, after: time.Hour},
		"done, within its window: one": {first: func(*moody) {}, after: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inMoodyWorld(t, func(t *testing.T, w *moody) {
				c := post(Keyed)
				c.Policy.MaxAttempts, c.Key = 1, freshKey(t, "order-8812")
				row.first(w)
				w.do(c)
				w.mood.Store("")
				w.listener.SetDown(false)
				sent := w.hits.Load()

				time.Sleep(row.after)
				other := ofKey(post(Keyed), freshKey(t, "order-1")) // lets the engine forget
				require.NoError(t, w.do(other).Err)
				c.Key = freshKey(t, "order-8812")
				r := w.do(c)
				if row.second != nil {
					require.ErrorIs(t, r.Err, row.second)
					assert.Equal(t, OutcomeUnknown, r.Outcome)
					assert.Equal(t, sent+1, w.hits.Load(), "nothing was sent")
					return
				}
				require.NoError(t, r.Err)
				assert.Equal(t, sent+2, w.hits.Load())
			})
		})
	}
}

func TestR40_ARejectedKeyLearnsOfALaterExecution(t *testing.T) {
	inMoodyWorld(t, func(t *testing.T, w *moody) {
		c, again := post(Keyed), post(Keyed)
		c.Key, again.Key = freshKey(t, "order-8812"), freshKey(t, "order-8812")
		w.mood.Store("refuse")
		require.Equal(t, OutcomeRejected, w.do(c).Outcome)
		time.Sleep(time.Hour)
		r := w.do(c)
		require.ErrorIs(t, r.Err, ErrKeyExpired)
		assert.Equal(t, OutcomeRejected, r.Outcome, "the Key itself knows that it was sent")

		time.Sleep(time.Hour)
		w.mood.Store("")
		require.NoError(t, w.do(again).Err)
		time.Sleep(time.Hour)
		r = w.do(c)
		require.ErrorIs(t, r.Err, ErrKeyExpired)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
	})
}

func TestR40_AMintedKeyIsNotRemembered(t *testing.T) {
	inMoodyWorld(t, func(t *testing.T, w *moody) {
		require.NoError(t, w.do(post(Keyed)).Err)
		assert.Empty(t, w.engine.keys.sent.all)
	})
}

// A key in use is remembered for as long as that lasts, and its window from
// then on.
func TestR4_AKeyInUseIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := newKeyRegistry(90*time.Second), clock.Clock{}
		others := func(n int) {
			for i := range n {
				k := freshKey(t, fmt.Sprint("other-", i))
				r.release(r.acquire(k, c.Now()), c.Now())
				time.Sleep(time.Minute)
			}
		}
		first := r.acquire(freshKey(t, "order-8812"), c.Now())
		second := r.acquire(freshKey(t, "order-8812"), c.Now())
		others(60)
		assert.Same(t, first.keyTracker, second.keyTracker)
		r.release(second, c.Now())
		others(60)
		assert.Same(t, first.keyTracker, r.acquire(freshKey(t, "order-8812"), c.Now()).keyTracker, "one call still uses it")
		for range 3 { // one more than there are
			r.release(second, c.Now())
		}
		time.Sleep(20 * time.Second)
		others(1)
		again := r.acquire(freshKey(t, "order-8812"), c.Now())
		assert.Same(t, first.keyTracker, again.keyTracker, "its window counts from its last use")
		r.release(again, c.Now())
		others(4)
		assert.NotSame(t, first.keyTracker, r.acquire(freshKey(t, "order-8812"), c.Now()).keyTracker)
	})
}

// A sweep is no call's work: keys go in whole generations, whose number is
// bounded.
func TestR4_KeysAreForgottenInGenerations(t *testing.T) {
	r, now := newKeyRegistry(time.Hour), clock.Clock{}.Now()
	for i := range 100_000 {
		now = now.Back(-time.Second)
		k := Key{value: fmt.Sprint("k", i), tracker: newKeyTracker()}
		r.release(r.acquire(k, now), now)
		require.LessOrEqual(t, len(r.idle.all), 6)
	}
	assert.Equal(t, 4500, (remembered(r)+899)/900*900, "a window and a quarter at most")
	assert.Empty(t, r.inUse)
	k := Key{value: "again and again", tracker: newKeyTracker()}
	for range 10 {
		now = now.Back(-time.Hour / 5)
		r.release(r.acquire(k, now), now)
	}
	assert.Equal(t, 1, remembered(r), "a key is in one generation")
}

func TestR4_AStepForgetsNoKey(t *testing.T) {
	m := newMachine()
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		c := ofKey(post(Keyed), freshKey(t, "order-8812"))
		require.NoError(t, w.do(c).Err)
		m.step(72 * time.Hour)
		c.Key = freshKey(t, "order-8812")
		c.Request.Body = []byte(`{"a":2}`)
		require.ErrorIs(t, w.do(c).Err, ErrKeyReused)
		assert.EqualValues(t, 1, w.hits.Load())
	}, func(c *Config) { c.WallClock = m.now })
}

// R40: memory is bounded, and nothing that was put in within a day is lost up
// to it.
func TestR40_ThePastIsBounded(t *testing.T) {
	sent := newKeyRegistry(time.Hour).sent
	first := clock.Clock{}.Now()
	now := first
	hash := func(i int) (text sentHash) {
		binary.LittleEndian.PutUint64(text[:], uint64(i))
		return text
	}
	const most = sentGenerations * sentPerGen
	for i := range most {
		sent.put(hash(i), struct{}{}, now)
		now = now.Back(-(time.Hour / most))
	}
	assert.Len(t, sent.all, sentGenerations)
	for _, g := range sent.all {
		assert.Len(t, g.values, sentPerGen)
	}
	for i := 0; i < most; i += 997 {
		g := sent.find(hash(i), now)
		require.NotNil(t, g)
		require.LessOrEqual(t, g.began.Mono, first.Mono+time.Hour/most*time.Duration(i), "not after it was put in")
	}
	assert.Nil(t, sent.find(hash(most), now), "one that was not")
	sent.put(hash(most), struct{}{}, now)
	assert.Nil(t, sent.find(hash(0), now), "the oldest go first")
	assert.Nil(t, sent.find(hash(most), now.Back(-25*time.Hour)), "and all of them after a day")
	assert.Empty(t, sent.all)
}

// BenchmarkKeyMemory gives an engine 500,000 keys in one window of 12 hours and
// 500,000 in the next one. It reports what a key costs in memory, and how long
// the slowest call waits for its own: of each call the shortest time of all
// passes, so that what holds up the machine now and then does not count
// (-benchtime 5x).
func BenchmarkKeyMemory(b *testing.B) {
	const keys, window = 500_000, 12 * time.Hour
	took := make([]time.Duration, 2*keys)
	for i := range took {
		took[i] = time.Hour
	}
	for b.Loop() {
		var before, after runtime.MemStats
		ring, now := newKeyRegistry(window), clock.Clock{}.Now()
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range took {
			if i == keys {
				runtime.GC()
				runtime.ReadMemStats(&after)
			}
			now.Mono, now.Wall = now.Mono+window/keys, now.Wall+window/keys
			k := Key{value: fmt.Sprintf("order-%030d", i), tracker: newKeyTracker()}
			start := time.Now()
			h := ring.acquire(k, now)
			h.begin(now)
			h.end(VerdictDone)
			ring.release(h, now)
			took[i] = min(took[i], time.Since(start))
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/keys, "B/key")
		runtime.KeepAlive(ring)
	}
	b.ReportMetric(float64(slices.Max(took).Microseconds()), "worst-µs")
}

// BenchmarkKeyMemoryHold is one call's use of a key that is given again and
// again.
func BenchmarkKeyMemoryHold(b *testing.B) {
	ring, now := newKeyRegistry(time.Minute), clock.Clock{}.Now()
	k := Key{value: "order-8812-0123456789-0123456789", tracker: newKeyTracker()}
	b.ReportAllocs()
	for b.Loop() {
		ring.release(ring.acquire(k, now), now)
	}
}

// BenchmarkClock measures a stamp while the clocks do not drift apart, one with
// a fresh reading of the machine's sleep, and one without any.
func BenchmarkClock(b *testing.B) {
	for name, now := range map[string]func() clock.Timestamp{
		"without": clock.Clock{}.Now,
		"now":     clock.New(nil, nil).Now,
		"sure":    clock.New(nil, nil).Sure,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				now()
			}
		})
	}
}

// R4: a window of days brings more keys than a process should remember.
func TestR4_TheKeysOfALongWindowAreBounded(t *testing.T) {
	r, now := newKeyRegistry(30*24*time.Hour), clock.Clock{}.Now()
	assert.LessOrEqual(t, r.idle.most*r.idle.size, 2_000_000)
	r.idle.size = 10
	for i := range 100 {
		k := r.acquire(freshKey(t, fmt.Sprint("k", i)), now)
		k.begin(now)
		k.end(VerdictDone)
		r.release(k, now)
		now = now.Back(-time.Second)
	}
	assert.Equal(t, idleGenerations*10, remembered(r))
	again := r.acquire(freshKey(t, "k0"), now)
	assert.Equal(t, OutcomeUnknown, again.snapshot().effectiveOutcome(), "it may have been executed")
	assert.NotEqual(t, unsent, again.snapshot().since)
}
