package idem

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func reserved(t *testing.T, w *world, class Class) {
	t.Helper()
	in := withRef(class)
	c := w.engine.newOperation(t.Context(), &in)
	require.NoError(t, c.setLimits(in.Policy))
	e := c.intent(&in)
	e.Reserved, e.Generation, e.Since = true, 1, time.Now().Truncate(time.Microsecond)
	if class.sendsKey() {
		e.Key = derive(e.Operation, e.Method, c.url(), in.Ref, strconv.Itoa(1))
	}
	saved, err := w.engine.sealed.Save(t.Context(), e)
	require.NoError(t, err)
	require.True(t, saved)
}

func state(t *testing.T, w *world) journal.Record {
	t.Helper()
	rec, ok, err := w.engine.sealed.journal.Load(context.Background(), journal.RefID("order-1"))
	require.NoError(t, err)
	require.True(t, ok)
	return rec
}

func inReservedWorld(t *testing.T, h http.HandlerFunc, f func(*testing.T, *world, *faultyJournal)) {
	t.Helper()
	j := &faultyJournal{Memory: journal.NewMemory(), reservations: true}
	inWorld(t, h, func(t *testing.T, w *world) { f(t, w, j) }, func(c *Config) { c.Journal = j })
}

var classes = []Class{Keyed, Idempotent, KeyUnverified, NonIdempotent}

func TestJ15_AReservedOperationIsSentOnceWhateverItsClass(t *testing.T) {
	for _, class := range classes {
		t.Run(class.String(), func(t *testing.T) {
			var w *world
			inReservedWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
				rec := state(t, w)
				assert.Equal(t, journal.StateOpen, rec.State(), "recorded before the first byte")
				assert.Less(t, rec.Age, time.Second, "its window begins with its first lease")
				assert.WithinDuration(t, time.Now(), rec.Since, time.Second)
				answer(rw, 200, `{"id":"x"}`)
			}, func(t *testing.T, inner *world, _ *faultyJournal) {
				w = inner
				reserved(t, w, class)
				time.Sleep(time.Hour)
				all := collect(t, w.engine, knowing(class))
				require.Len(t, all, 1)
				assert.Equal(t, ActionSend, all[0].Action)
				assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
				require.NoError(t, all[0].Result.Err)
				assert.EqualValues(t, 1, w.hits.Load())
				assert.Empty(t, collect(t, w.engine, knowing(class)))
				assert.Equal(t, journal.StateDone, state(t, w).State())
			})
		})
	}
}

// What is lost after the first byte is an open operation like any other.
func TestJ15_AReservedOperationThatMayHaveBeenSentIsNoLongerReserved(t *testing.T) {
	for _, class := range classes {
		t.Run(class.String(), func(t *testing.T) {
			inReservedWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, _ *faultyJournal) {
				reserved(t, w, class)
				all := collect(t, w.engine, knowing(class))
				require.Len(t, all, 1)
				if !class.once() {
					assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
					assert.EqualValues(t, 2, w.hits.Load())
					return
				}
				assert.Equal(t, OutcomeUnknown, all[0].Result.Outcome)
				time.Sleep(time.Hour)
				assert.Len(t, collect(t, w.engine, knowing(class)), 1)
				assert.Equal(t, journal.StateOpen, state(t, w).State())
				assert.EqualValues(t, 1, w.hits.Load(), "never again")
			})
		})
	}
}

func TestJ15_AReservedOperationThatWasNotSentStaysReserved(t *testing.T) {
	for _, class := range classes {
		t.Run(class.String(), func(t *testing.T) {
			inReservedWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, _ *faultyJournal) {
				reserved(t, w, class)
				first := state(t, w)
				w.listener.SetDown(true)
				all := collect(t, w.engine, knowing(class))
				require.Len(t, all, 1)
				assert.Equal(t, OutcomeNotSent, all[0].Result.Outcome)
				rec := state(t, w)
				assert.Equal(t, journal.StateReserved, rec.State())
				assert.Greater(t, rec.Generation, first.Generation)
				assert.Positive(t, rec.Lease)
				assert.Empty(t, rec.Owner)
				w.listener.SetDown(false)
				assert.Empty(t, collect(t, w.engine, knowing(class)), "not at once")
				time.Sleep(firstPause)
				all = collect(t, w.engine, knowing(class))
				require.Len(t, all, 1)
				assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
				assert.EqualValues(t, 1, w.hits.Load())
			})
		})
	}
}

func TestJ15_AReservedOperationThatIsRejectedFreesItsRef(t *testing.T) {
	inReservedWorld(t, says(422, errorObject), func(t *testing.T, w *world, _ *faultyJournal) {
		reserved(t, w, NonIdempotent)
		all := collect(t, w.engine, knowing(NonIdempotent))
		require.Len(t, all, 1)
		assert.Equal(t, OutcomeRejected, all[0].Result.Outcome)
		assert.Equal(t, journal.StateFree, state(t, w).State())
	})
}

// Where the first lease cannot be recorded nothing is sent, and nothing is
// lost.
func TestJ1_AReservedOperationIsNotSentBeforeThatIsRecorded(t *testing.T) {
	for name, f := range map[string]fault{"not written": faultNotWritten, "lost": faultLost, "in doubt": faultInDoubt} {
		t.Run(name, func(t *testing.T) {
			inReservedWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
				reserved(t, w, NonIdempotent)
				j.plan = []fault{f}
				all := collect(t, w.engine, knowing(NonIdempotent))
				require.Len(t, all, 1)
				assert.Equal(t, OutcomeNotSent, all[0].Result.Outcome)
				assert.ErrorIs(t, all[0].Result.Err, ErrJournal)
				assert.Zero(t, w.hits.Load())
				assert.Equal(t, journal.StateReserved, state(t, w).State())
				time.Sleep(firstPause)
				assert.Equal(t, OutcomeDone, collect(t, w.engine, knowing(NonIdempotent))[0].Result.Outcome)
				assert.EqualValues(t, 1, w.hits.Load())
			})
		})
	}
}

func TestR39_APanicBeforeTheFirstByteLeavesItReserved(t *testing.T) {
	inReservedWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
		reserved(t, w, NonIdempotent)
		e := w.newEngine(func(c *Config) {
			c.Journal, c.Authorize = j, func(context.Context, http.Header) error { panic(errHookPanic) }
		})
		assert.PanicsWithValue(t, errHookPanic, func() { collect(t, e, knowing(NonIdempotent)) })
		assert.Equal(t, journal.StateReserved, state(t, w).State())
		assert.Zero(t, w.hits.Load())
	})
}

func TestJ17_ADryRunListsAndChangesNothing(t *testing.T) {
	inReservedWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphans(t, w, Keyed, 3)
		reserved(t, w, Keyed)
		time.Sleep(time.Minute)
		c := atMost(1, post(Keyed))
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		sealOtherwise(t, j, journal.RefID("order-0002"), ofAnotherSecret)
		before, err := j.List(t.Context(), journal.Filter{})
		require.NoError(t, err)
		hits := w.hits.Load()
		list := func(o RecoveryOptions) (actions map[RecoveryAction]int, sealed int) {
			o.DryRun, actions = true, map[RecoveryAction]int{}
			for one, err := range w.engine.Recover(t.Context(), knowing(Keyed), o) {
				if err != nil {
					assert.ErrorIs(t, err, ErrJournalSecret)
					sealed++
					continue
				}
				assert.Error(t, one.Result.Err)
				actions[one.Action]++
			}
			return actions, sealed
		}
		actions, sealed := list(RecoveryOptions{})
		assert.Equal(t, map[RecoveryAction]int{ActionResend: 2, ActionSend: 1, ActionReport: 1}, actions)
		assert.Equal(t, 1, sealed)
		actions, _ = list(RecoveryOptions{OlderThan: 2 * time.Minute})
		assert.Empty(t, actions)
		actions, _ = list(RecoveryOptions{Limit: 1})
		assert.Len(t, actions, 1)
		time.Sleep(time.Minute)
		actions, _ = list(RecoveryOptions{})
		assert.Equal(t, map[RecoveryAction]int{ActionReconcile: 2, ActionSend: 1, ActionReport: 1}, actions)
		after, err := j.List(t.Context(), journal.Filter{})
		require.NoError(t, err)
		for i := range after {
			assert.Equal(t, before[i].Version, after[i].Version)
		}
		assert.Equal(t, hits, w.hits.Load())
		for _, err := range w.newEngine(func(c *Config) { c.Journal = struct{ journal.Journal }{j} }).
			Recover(t.Context(), knowing(Keyed), RecoveryOptions{DryRun: true}) {
			assert.ErrorAs(t, err, new(*InvalidError))
		}
	})
}
