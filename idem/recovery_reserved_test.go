package idem

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func TestJ15_AReservedOperationIsSentOnceWhateverItsClass(t *testing.T) {
	for _, class := range mutations {
		t.Run(class.String(), func(t *testing.T) {
			var j *faultyJournal
			inJournalledWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
				rec := stored(t, j)
				assert.Equal(t, journal.StateOpen, rec.State(), "recorded before the first byte")
				assert.Less(t, rec.Age, time.Second, "its window begins with its first lease")
				assert.WithinDuration(t, time.Now(), rec.Since, time.Second)
				answer(rw, 200, `{"id":"x"}`)
			}, func(t *testing.T, w *world, store *faultyJournal) {
				j = store
				reserve(t, w, j, class)
				time.Sleep(time.Hour)
				all := collect(t, w.engine, knowing(class))
				require.Len(t, all, 1)
				assert.Equal(t, ActionSend, all[0].Action)
				assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
				require.NoError(t, all[0].Result.Err)
				assert.EqualValues(t, 1, w.hits.Load())
				assert.Empty(t, collect(t, w.engine, knowing(class)))
				assert.Equal(t, journal.StateDone, stored(t, j).State())
			})
		})
	}
}

// What is lost after the first byte is an open operation like any other.
func TestJ15_AReservedOperationThatMayHaveBeenSentIsNoLongerReserved(t *testing.T) {
	for _, class := range mutations {
		t.Run(class.String(), journalledTest(script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, j *faultyJournal) {
			reserve(t, w, j, class)
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
			assert.Equal(t, journal.StateOpen, stored(t, j).State())
			assert.EqualValues(t, 1, w.hits.Load(), "never again")
		}))
	}
}

func TestJ15_AReservedOperationThatWasNotSentStaysReserved(t *testing.T) {
	for _, class := range mutations {
		t.Run(class.String(), journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
			reserve(t, w, j, class)
			first := stored(t, j)
			w.listener.SetDown(true)
			all := collect(t, w.engine, knowing(class))
			require.Len(t, all, 1)
			assert.Equal(t, OutcomeNotSent, all[0].Result.Outcome)
			rec := stored(t, j)
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
		}))
	}
}

func TestJ15_AReservedOperationThatIsRejectedFreesItsRef(t *testing.T) {
	inJournalledWorld(t, says(422, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
		reserve(t, w, j, NonIdempotent)
		all := collect(t, w.engine, knowing(NonIdempotent))
		require.Len(t, all, 1)
		assert.Equal(t, OutcomeRejected, all[0].Result.Outcome)
		assert.Equal(t, journal.StateFree, stored(t, j).State())
	})
}

// Where the first lease cannot be recorded nothing is sent, and nothing is
// lost.
func TestJ1_AReservedOperationIsNotSentBeforeThatIsRecorded(t *testing.T) {
	for name, row := range map[string]struct {
		plan  []fault
		want  Outcome
		state journal.State
		next  Outcome // of the pass after it
	}{
		"not written":        {plan: []fault{faultNotWritten}, want: OutcomeNotSent, state: journal.StateReserved, next: OutcomeDone},
		"lost":               {plan: []fault{faultLost}, want: OutcomeNotSent, state: journal.StateReserved, next: OutcomeDone},
		"in doubt":           {plan: []fault{faultInDoubt}, want: OutcomeNotSent, state: journal.StateReserved, next: OutcomeDone},
		"in doubt, then not": {plan: []fault{faultInDoubt, faultNotWritten}, want: OutcomeUnknown, state: journal.StateOpen, next: OutcomeUnknown},
		"not written, again": {plan: []fault{faultNotWritten, faultNotWritten}, want: OutcomeUnknown, state: journal.StateReserved, next: OutcomeDone},
	} {
		t.Run(name, journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
			reserve(t, w, j, NonIdempotent)
			j.plan = row.plan
			all := collect(t, w.engine, knowing(NonIdempotent))
			require.Len(t, all, 1)
			assert.Equal(t, row.want, all[0].Result.Outcome)
			assert.ErrorIs(t, all[0].Result.Err, ErrJournal)
			assert.Zero(t, w.hits.Load())
			assert.Equal(t, row.state, stored(t, j).State())
			time.Sleep(firstPause)
			assert.Equal(t, row.next, collect(t, w.engine, knowing(NonIdempotent))[0].Result.Outcome)
			assert.Equal(t, row.next == OutcomeDone, w.hits.Load() == 1)
		}))
	}
}

func TestR39_APanicBeforeTheFirstByteLeavesItReserved(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
		reserve(t, w, j, NonIdempotent)
		e := w.newEngine(func(c *Config) {
			c.Journal, c.Authorize = j, func(context.Context, http.Header) error { panic(errHookPanic) }
		})
		assert.PanicsWithValue(t, errHookPanic, func() { collect(t, e, knowing(NonIdempotent)) })
		assert.Equal(t, journal.StateReserved, stored(t, j).State())
		assert.Zero(t, w.hits.Load())
	})
}

func TestJ17_ADryRunListsAndChangesNothing(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphans(t, w, Keyed, 3)
		reserve(t, w, j, Keyed)
		time.Sleep(time.Minute)
		require.Equal(t, OutcomeUnknown, w.do(atMost(1, post(Keyed))).Outcome)
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
