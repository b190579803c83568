package idem

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

func TestR4_SameKeyOtherRequestIsRefusedBeforeSending(t *testing.T) {
	changes := map[string]func(*Call){
		"operation": func(c *Call) { c.Request.Operation.Name = "other" },
		"path":      func(c *Call) { c.Request.Path = "/other" },
		"query":     func(c *Call) { c.Request.Query = map[string][]string{"a": {"b"}} },
		"body":      func(c *Call) { c.Request.Body = []byte(`{"a":2}`) },
	}
	for name, change := range changes {
		t.Run(name, worldTest(says(200, `{}`), func(t *testing.T, w *world) {
			first := ofKey(post(Keyed), NewKey())
			require.NoError(t, w.do(first).Err)
			second := first
			change(&second)
			r := w.do(second)
			assert.ErrorIs(t, r.Err, ErrKeyReused)
			assert.Equal(t, OutcomeUnknown, r.Outcome, "R12: the other request may be the same act")
			// The same key by its string alone: the client remembers it.
			again := freshKey(t, first.Key.String())
			second.Key = again
			assert.ErrorIs(t, w.do(second).Err, ErrKeyReused)
			assert.EqualValues(t, 1, w.hits.Load())
		}))
	}
}

func TestR14_CallsThatShareAnUnguardedKeySendOnce(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		e := w.newEngine(func(c *Config) {
			c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				time.Sleep(50 * time.Millisecond) // the other call comes as far
				return w.listener.DialContext(ctx, network, addr)
			}}
		})
		c := atMost(1, ofKey(post(KeyUnverified), NewKey()))
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { e.Do(context.Background(), c) })
		}
		wg.Wait()
		assert.LessOrEqual(t, w.hits.Load(), int64(1))
		time.Sleep(time.Second) // a dial may still be under way
	})
	inWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world) {
		w.listener.SetDown(true)
		c := ofKey(post(KeyUnverified), NewKey())
		var first Result
		var wg sync.WaitGroup
		wg.Go(func() { first = w.do(c) })
		synctest.Wait() // it waits to try again
		w.listener.SetDown(false)
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		wg.Wait()
		assert.Equal(t, OutcomeUnknown, first.Outcome)
		assert.ErrorContains(t, first.Err, stopClass.String())
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestR10_AKeyThatWasExpiredStaysSo(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		first := atMost(1, ofKey(post(Keyed), freshKey(t, "order-1")))
		require.Equal(t, OutcomeUnknown, w.do(first).Outcome)
		time.Sleep(89 * time.Second)
		second := ofKey(post(Keyed), freshKey(t, "order-1"))
		require.ErrorIs(t, w.do(second).Err, ErrKeyExpired)
		time.Sleep(5 * time.Minute)
		other := first
		other.Key = freshKey(t, "order-2")
		w.do(other) // lets the client forget
		r := w.do(second)
		assert.ErrorIs(t, r.Err, ErrKeyExpired)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 2, w.hits.Load())
	})
}

// A key under which another attempt is under way may be executed at this
// moment.
func TestR10_AKeyLearnsOfOthersUnderWay(t *testing.T) {
	ring, now := newKeyRegistry(time.Minute), clock.Clock{}.Now()
	ring.acquire(freshKey(t, "order-1"), now).begin(now)
	second := freshKey(t, "order-1")
	ring.acquire(second, now)
	assert.Equal(t, OutcomeUnknown, second.tracker.snapshot().effectiveOutcome())
}

// What was under way is known again when it has ended.
func TestR12_ARefusalIsOneForEachAccountOfItsKey(t *testing.T) {
	inWorld(t, takes(time.Second, says(422, errorObject)), func(t *testing.T, w *world) {
		one, another := post(Keyed), post(Keyed)
		one.Key, another.Key = freshKey(t, "order-1"), freshKey(t, "order-1")
		var wg sync.WaitGroup
		wg.Go(func() { w.do(one) })
		time.Sleep(100 * time.Millisecond)
		w.do(another)
		wg.Wait()
		assert.Equal(t, OutcomeRejected, w.do(another).Outcome)
		assert.Equal(t, OutcomeRejected, w.do(one).Outcome)
	})
}

func TestR10_TheEarlierFirstSendCounts(t *testing.T) {
	now := clock.Clock{}.Now()
	w := window{ttl: 90 * time.Second, margin: 5 * time.Second}
	for age, left := range map[time.Duration]time.Duration{9 * time.Second: 71 * time.Second, 4 * time.Second: 75 * time.Second} {
		ours, theirs := newKeyTracker(), newSentKeyTracker(now.WallTime().Add(-age))
		ours.begin(clock.Timestamp{Mono: now.Mono + -10*time.Second, Wall: now.Wall + -10*time.Second})
		theirs.anchorMonotonic(now)
		ours.merge(theirs.snapshot())
		assert.Equal(t, left, w.left(ours.snapshot(), now), age)
	}
}

func TestR21_APathThatCannotBeSent(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		key := usedKey(t, "order-1", time.Now().Add(-10*time.Second))
		c := post(Keyed)
		c.Key, c.Request.Path = key, "/%zz"
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorContains(t, r.Err, "could not be built")
		assert.False(t, r.SafeUntil.IsZero())
		assert.Zero(t, w.hits.Load())
	})
}

// A call that cannot be sent as given changes nothing about what was done
// before.
func TestR21_ACallThatIsRefusedKnowsWhatItsKeyKnows(t *testing.T) {
	bad := func(c *Call) { c.Request.Header = http.Header{"Connection": {"x"}} }
	for name, row := range map[string]struct {
		key  func(t *testing.T) Key
		want Outcome
	}{
		"never sent": {key: func(*testing.T) Key { return NewKey() }, want: OutcomeNotSent},
		"sent": {key: func(t *testing.T) Key {
			t.Helper()
			k := usedKey(t, "order-1", time.Now().Add(-10*time.Second))
			return k
		}, want: OutcomeUnknown},
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			c := ofKey(post(Keyed), row.key(t))
			j.plan = []fault{faultNotWritten, faultNotWritten}
			r := w.do(c)
			assert.Equal(t, row.want, r.Outcome, "the journal cannot write")
			bad(&c)
			r = w.do(c)
			assert.Equal(t, row.want, r.Outcome)
			assert.Equal(t, c.Key, r.Key)
			c.Invalid = errors.New("a bad argument")
			r = w.do(c)
			assert.Equal(t, row.want, r.Outcome)
			assert.Equal(t, c.Invalid, r.Err)
			assert.Zero(t, w.hits.Load())
		}))
	}
	inWorld(t, lose, func(t *testing.T, w *world) {
		c := atMost(1, ofKey(post(Keyed), freshKey(t, "order-1")))
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		c.Key = freshKey(t, "order-1")
		bad(&c)
		assert.Equal(t, OutcomeUnknown, w.do(c).Outcome, "the client knows the key by its string")
	})
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		c := atMost(1, withRef(Keyed))
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		bad(&c)
		assert.Equal(t, OutcomeUnknown, w.do(c).Outcome, "the ref may have been done")
	})
}

func TestR12_MismatchWithAKeyThatWasNeverSent(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		w.listener.SetDown(true)
		c := atMost(1, ofKey(post(Keyed), NewKey()))
		require.Equal(t, OutcomeNotSent, w.do(c).Outcome)
		c.Request.Body = []byte(`{"a":2}`)
		r := w.do(c)
		assert.ErrorIs(t, r.Err, ErrKeyReused)
		assert.Equal(t, OutcomeRejected, r.Outcome)
	})
}

// R11, R7: while another call's attempt is under way, nothing is certain.
func TestR7_OutcomeBelongsToTheKey(t *testing.T) {
	inWorld(t, takes(5*time.Second, says(200, `{}`)), func(t *testing.T, w *world) {
		c := ofKey(post(Keyed), NewKey())
		var wg sync.WaitGroup
		wg.Go(func() { assert.NoError(t, w.do(c).Err) })
		synctest.Wait()
		w.listener.SetDown(true)
		c.Policy.MaxAttempts = 1
		r := w.do(c)
		assert.Equal(t, VerdictNothingSent, r.Verdict)
		assert.Equal(t, OutcomeUnknown, r.Outcome, "the other call's attempt may be executed")
		wg.Wait()
		w.engine.CloseIdleConnections()
		r = w.do(c)
		assert.Equal(t, OutcomeDone, r.Outcome, "the other call knows that it was")
		assert.ErrorIs(t, r.Err, ErrResponseLost)
	})
}

func TestR4_ResumingAnUnknownOperation(t *testing.T) {
	inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		c := atMost(1, post(Keyed))
		r := w.do(c)
		require.Equal(t, OutcomeUnknown, r.Outcome)
		c.Key = r.Key
		time.Sleep(30 * time.Second)
		resumed := w.do(c)
		require.NoError(t, resumed.Err)
		assert.Equal(t, r.Key, resumed.Key)
		assert.Equal(t, r.SafeUntil, resumed.SafeUntil, "the window does not begin anew")
	})
}

func TestR7_NotSentIsProvenByTheConnectionAlone(t *testing.T) {
	for name, own := range map[string]bool{"own": true, "foreign that traces": false} {
		t.Run(name, worldTest(says(200, `{}`), func(t *testing.T, w *world) {
			w.listener.SetDown(true)
			e := w.engine
			if !own {
				e = w.newEngine(func(c *Config) { c.Transport = foreignTransport(w.listener) })
			}
			r := e.Do(context.Background(), atMost(3, post(Keyed)))
			assert.Equal(t, OutcomeNotSent, r.Outcome)
			assert.Len(t, r.Attempts, 3)
			assert.Zero(t, r.SafeUntil, "the window has not begun")
		}))
	}
}

func TestR7_ATransportWithoutTracingProvesNothing(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		w.listener.SetDown(true)
		base := &http.Transport{DialContext: w.listener.DialContext}
		e := w.newEngine(func(c *Config) { c.Transport = untraced{base} })
		c := atMost(1, post(Keyed))
		start := time.Now()
		r := e.Do(context.Background(), c)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Equal(t, start.Add(83*time.Second).UnixMilli(), r.SafeUntil.UnixMilli(), "the window began when it was handed over")
		base.CloseIdleConnections()
	})
}

type untraced struct{ base http.RoundTripper }

func (u untraced) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(r.Context(), cancel)
	defer stop()
	return u.base.RoundTrip(r.WithContext(ctx))
}

func TestR4_TheEarlierWordAboutAKeyCounts(t *testing.T) {
	inWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world) {
		c := atMost(1, ofKey(post(Keyed), freshKey(t, "order-8812")))
		start := time.Now()
		require.Equal(t, start.Add(83*time.Second).UnixMilli(), w.do(c).SafeUntil.UnixMilli())
		sent := usedKey(t, "order-8812", start.Add(-60*time.Second))
		second := c
		second.Key = sent
		require.NoError(t, w.do(second).Err)
		assert.Equal(t, start.Add(18*time.Second).UnixMilli(), w.do(c).SafeUntil.UnixMilli(), "for every call with this key")
	})
}

func TestR4_AKeyRemembersWhatTheClientForgets(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		c := ofKey(post(Keyed), freshKey(t, "order-8812"))
		require.NoError(t, w.do(c).Err)
		c.Key = freshKey(t, "order-8812") // another Key of the same string
		require.NoError(t, w.do(c).Err)

		other := w.newEngine()
		stranger := c
		stranger.Request.Body = []byte(`{"a":2}`)
		assert.ErrorIs(t, other.Do(context.Background(), stranger).Err, ErrKeyReused, "to whom it belongs")

		time.Sleep(10 * time.Minute)
		r := w.do(c)
		assert.ErrorIs(t, r.Err, ErrKeyExpired)
		assert.Equal(t, OutcomeDone, r.Outcome)
		assert.EqualValues(t, 2, w.hits.Load())
	})
}

// Two clients that were each given the same string as a fresh key know of each
// other through the Key that both use: what one has sent, the other knows (R7).
func TestR7_TwoClientsOfOneKeyKnowOfEachOther(t *testing.T) {
	// bring lets another client remember the key from an attempt that sent
	// nothing.
	bring := func(t *testing.T, w *world, class Class, opts ...func(*Config)) (*Engine, Call) {
		t.Helper()
		other := w.newEngine(opts...)
		c := post(class)
		c.Policy.MaxAttempts, c.Key = 1, freshKey(t, "order-17")
		w.listener.SetDown(true)
		require.Equal(t, OutcomeNotSent, other.Do(context.Background(), c).Outcome)
		c.Policy.MaxAttempts, c.Key = 4, freshKey(t, "order-17")
		return other, c
	}
	for class, outcome := range map[Class]Outcome{Keyed: OutcomeDone, KeyUnverified: OutcomeDone} {
		for _, down := range []bool{true, false} {
			inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
				other, c := bring(t, w, class)
				var r Result
				var wg sync.WaitGroup
				wg.Go(func() { r = other.Do(context.Background(), c) }) // refused, and waits
				time.Sleep(time.Millisecond)
				w.listener.SetDown(false)
				require.NoError(t, w.do(c).Err)
				w.listener.SetDown(down)
				wg.Wait()
				assert.Equal(t, outcome, r.Outcome, "%s, down %t", class, down)
				if class == KeyUnverified || down {
					assert.EqualValues(t, 1, w.hits.Load(), "%s, down %t", class, down)
				}
			})
		}
	}
	inWorld(t, slowly, func(t *testing.T, w *world) {
		other, c := bring(t, w, Keyed)
		w.listener.SetDown(false)
		var wg sync.WaitGroup
		wg.Go(func() { assert.NoError(t, w.do(c).Err) })
		time.Sleep(time.Second)
		w.listener.SetDown(true)
		c.Policy.MaxAttempts = 1
		r := other.Do(context.Background(), c)
		assert.Equal(t, OutcomeUnknown, r.Outcome, "the other's request is under way")
		assert.Equal(t, 82*time.Second, time.Until(r.SafeUntil), "and so is the window")
		wg.Wait()
	})
}
