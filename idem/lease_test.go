package idem

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// stoppedJournal stops its machine right after the intent is on disk, for which
// time it may give the operation to another owner.
type stoppedJournal struct {
	*journal.Memory
	machine sleepy
	taken   bool
	stopped atomic.Bool
}

func (j *stoppedJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	ok, err := j.Memory.Save(ctx, r)
	if !j.stopped.CompareAndSwap(false, true) {
		return ok, err
	}
	j.machine.sleep(30 * time.Second) // the lease is over, the window is not
	if j.taken {
		r.Version++
		r.Owner = "another"
		_, _ = j.Memory.Save(ctx, r)
	}
	return ok, err
}

// A process that stood still between the intent and the first send finds on its
// return that its claim is gone: it sends nothing, although it never has.
func TestJ7_TheFirstSendIsNotMadeForAnothersClaim(t *testing.T) {
	for _, class := range []Class{Keyed, KeyUnverified, Idempotent} {
		j := &stoppedJournal{Memory: journal.NewMemory(), taken: true}
		inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
			late := w.do(withRef(class))
			assert.Equal(t, OutcomeUnknown, late.Outcome)
			assert.ErrorIs(t, late.Err, ErrJournal)
			assert.Zero(t, w.hits.Load())
			taken := w.do(withRef(class)) // once the other owner has gone
			if class == KeyUnverified {
				assert.Equal(t, OutcomeUnknown, taken.Outcome)
				assert.Zero(t, w.hits.Load(), "it is unknown whether the first has sent")
				return
			}
			require.NoError(t, taken.Err)
			assert.EqualValues(t, 1, w.hits.Load(), class)
		}, func(c *Config) { c.Journal, c.WallClock = j, j.machine.now })
	}
}

func TestJ7_ALapsedLeaseThatWasNotTakenIsRenewed(t *testing.T) {
	j := &stoppedJournal{Memory: journal.NewMemory()}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.EqualValues(t, 1, w.hits.Load())
	}, func(c *Config) { c.Journal, c.WallClock = j, j.machine.now })
}

// A machine that sleeps between the claim and the write does not send either.
func TestJ7_TheLeaseIsAskedWhereTheBytesLeave(t *testing.T) {
	for name, row := range map[string]struct {
		taken bool
		class Class
	}{
		"and is taken": {taken: true, class: Keyed}, "and is not": {class: Keyed}, "a cancel, taken": {taken: true, class: Idempotent},
	} {
		t.Run(name, func(t *testing.T) {
			var machine sleepy
			var slept atomic.Bool
			j := journal.NewMemory()
			inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
				r := w.engine.Do(onConn(func() {
					if !slept.CompareAndSwap(false, true) {
						return
					}
					machine.sleep(30 * time.Second)
					if row.taken {
						rec, _, err := j.Load(context.Background(), "ref:order-1")
						assert.NoError(t, err)
						rec.Owner = "another"
						_, err = j.Save(context.Background(), rec)
						assert.NoError(t, err)
					}
				}), withRef(row.class))
				if row.taken {
					assert.Equal(t, OutcomeUnknown, r.Outcome)
					assert.Zero(t, w.hits.Load())
					return
				}
				require.NoError(t, r.Err)
				assert.Len(t, r.Attempts, 2, "the first was refused where it would have left")
				assert.EqualValues(t, 1, w.hits.Load())
			}, func(c *Config) { c.Journal, c.WallClock = j, machine.now })
		})
	}
}

type countingJournal struct {
	*journal.Memory
	saves, loads atomic.Int64
}

func (j *countingJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	j.saves.Add(1)
	return j.Memory.Save(ctx, r)
}

func (j *countingJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	j.loads.Add(1)
	return j.Memory.Load(ctx, id)
}

func TestJ6_TwoCommitsPerCall(t *testing.T) {
	j := &countingJournal{Memory: journal.NewMemory()}
	inWorld(t, script(says(200, `{}`), says(503, errorObject), says(200, `{}`)), func(t *testing.T, w *world) {
		require.NoError(t, w.do(withRef(Keyed)).Err)
		assert.EqualValues(t, 2, j.saves.Load(), "the intent and the result")
		assert.Zero(t, j.loads.Load(), "and nothing is read for a new operation")
		require.NoError(t, w.do(ofRef(post(Keyed), "order-2")).Err)
		assert.EqualValues(t, 5, j.saves.Load(), "each further attempt renews the lease")
	}, func(c *Config) { c.Journal = j })
}

// agedJournal has a clock of its own, by which everything is older.
type agedJournal struct {
	*journal.Memory
	older time.Duration
}

func (j *agedJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	r, ok, err := j.Memory.Load(ctx, id)
	r.Age += j.older
	return r, ok, err
}

func TestJ8_TheOlderOfTwoClocksCounts(t *testing.T) {
	for older, resumed := range map[time.Duration]bool{0: true, 80 * time.Second: false} {
		j := &agedJournal{Memory: journal.NewMemory(), older: older}
		inWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world) {
			orphan(t, w, Keyed)
			r := w.do(withRef(Keyed))
			if resumed {
				assert.NoError(t, r.Err)
				return
			}
			assert.ErrorIs(t, r.Err, ErrKeyExpired, "by the store's clock")
			assert.EqualValues(t, 1, w.hits.Load())
		}, func(c *Config) { c.Journal = j })
	}
}

// An observer that takes its time makes an outcome old: another call under the
// same key may have been executed before the first one returns.
func TestR39_AnOutcomeIsTrueWhenItIsReturned(t *testing.T) {
	for name, other := range map[string]bool{"R39 another call under the key": true, "R39 no other call": false} {
		t.Run(name, func(t *testing.T) {
			key := NewKey()
			var inner bool
			inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
				w.listener.SetDown(true)
				c := atMost(1, ofKey(post(Keyed), key))
				w.engine.observe = func(e Event) {
					if e.Kind != EventCallEnded || inner || !other {
						return
					}
					inner = true
					w.listener.SetDown(false)
					second := ofKey(post(Keyed), key)
					require.NoError(t, w.engine.Do(context.Background(), second).Err)
				}
				r := w.do(c)
				require.Error(t, r.Err)
				if other {
					assert.Equal(t, OutcomeUnknown, r.Outcome)
				} else {
					assert.Equal(t, OutcomeNotSent, r.Outcome)
				}
			})
		})
	}
}

// An owner whose lease has lapsed may await its response for a window. That is
// kept by the owner who takes the record over, and not where the owner has left
// by itself.
func TestR39_ALapsedOwnerIsKeptInMind(t *testing.T) {
	for name, row := range map[string]struct {
		lapses bool
		take   func(t *testing.T, w *world, j *faultyJournal)
	}{
		"lapsed, found by recovery": {lapses: true, take: func(t *testing.T, w *world, _ *faultyJournal) {
			t.Helper()
			require.Len(t, w.recover(knowingNone), 1)
		}},
		"lapsed, found by a call": {lapses: true, take: func(t *testing.T, w *world, _ *faultyJournal) {
			t.Helper()
			w.listener.SetDown(true)
			require.Equal(t, OutcomeUnknown, w.do(atMost(1, withRef(Idempotent))).Outcome)
		}},
		"lapsed, adopted twice": {lapses: true, take: func(t *testing.T, w *world, j *faultyJournal) {
			t.Helper()
			_, err := j.Adopt(t.Context(), "another", time.Nanosecond, journal.Filter{Limit: 1})
			require.NoError(t, err)
			time.Sleep(time.Microsecond)
			require.Len(t, w.recover(knowingNone), 1)
		}},
		"left, found by recovery": {take: func(t *testing.T, w *world, _ *faultyJournal) {
			t.Helper()
			require.Len(t, w.recover(knowingNone), 1)
		}},
		"left, adopted by one that then lapsed": {lapses: true, take: func(t *testing.T, w *world, j *faultyJournal) {
			t.Helper()
			require.Len(t, w.recover(knowingNone), 1)
			time.Sleep(firstPause)
			adopted, err := j.Adopt(t.Context(), "another", lease, journal.Filter{Limit: 1})
			require.NoError(t, err)
			require.Len(t, adopted, 1)
			time.Sleep(lease)
			require.Len(t, w.recover(knowingNone), 1)
		}},
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			c := atMost(1, withRef(Idempotent))
			if row.lapses {
				j.plan = []fault{faultNone, faultNotWritten} // it cannot say that it has left
			}
			require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
			time.Sleep(lease)
			row.take(t, w, j)
			still := w.engine.policy.KeyTTL + w.engine.policy.KeyTTLMargin + skewAllowance
			if row.lapses {
				still += w.engine.policy.KeyTTL
			}
			time.Sleep(still - time.Second)
			require.ErrorIs(t, w.resolve(Resolution{}), ErrMayBeExecuting)
			time.Sleep(2 * time.Second)
			assert.NoError(t, w.resolve(Resolution{}))
		}))
	}
}
