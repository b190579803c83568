package idem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func madeThing(id string) Resolution {
	return Resolution{Executed: true, ID: id, ResponseOf: func(string) (*Response, string) {
		return &Response{Status: 200, Body: []byte(`{"id":"` + id + `"}`), Reconstructed: true}, "thing:" + id
	}}
}

func (w *world) resolve(s Resolution) error {
	return w.engine.Resolve(w.t.Context(), journal.RefID("order-1"), s)
}

func (w *world) get() RecordedOperation {
	w.t.Helper()
	o, err := w.engine.Get(w.t.Context(), journal.RefID("order-1"), knowing(Keyed))
	require.NoError(w.t, err)
	return o
}

func recordErrorOf(t *testing.T, err, cause error) *RecordError {
	t.Helper()
	require.ErrorIs(t, err, cause)
	var e *RecordError
	require.ErrorAs(t, err, &e)
	return e
}

func TestJ17_APersonCorrectsAPerson(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		first := madeThing("1")
		first.By, first.Note = "ada", "found in the dashboard"
		require.NoError(t, w.resolve(first))
		require.NoError(t, w.resolve(madeThing("2")), "another id")
		assert.Equal(t, "thing:2", w.get().Resource)
		assert.JSONEq(t, `{"id":"2"}`, string(w.do(withRef(Keyed)).Response.Body))

		early := recordErrorOf(t, w.resolve(Resolution{}), ErrMayBeExecuting)
		assert.Equal(t, journal.StateDone, early.State)
		assert.True(t, early.ByPerson)
		time.Sleep(time.Until(early.Until) + time.Second)
		require.NoError(t, w.resolve(Resolution{By: "grace"}), "not executed after all")
		assert.Equal(t, journal.StateFree, w.get().State)
		assert.Empty(t, w.get().Resource)
		require.NoError(t, w.resolve(madeThing("3")), "executed after all")

		got := w.get()
		assert.Equal(t, journal.StateDone, got.State)
		assert.True(t, got.ByPerson)
		require.Len(t, got.Resolutions, 4)
		assert.Equal(t, "ada", got.Resolutions[0].By)
		assert.Equal(t, "found in the dashboard", got.Resolutions[0].Note)
		assert.Equal(t, "1", got.Resolutions[0].ID)
		assert.False(t, got.Resolutions[2].Executed)
		assert.Equal(t, "grace", got.Resolutions[2].By)
		require.NoError(t, w.resolve(madeThing("3")))
		require.NoError(t, w.resolve(Resolution{Executed: true}), "less is no contradiction")
		assert.Len(t, w.get().Resolutions, 4, "the same word again changes nothing")
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestJ17_TheAPIsOwnProofIsNotOverridden(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, _ *faultyJournal) {
		w.engine.resource = func(string, []byte) string { return "thing:x" }
		require.NoError(t, w.do(withRef(Keyed)).Err)
		time.Sleep(time.Hour)
		e := recordErrorOf(t, w.resolve(Resolution{}), ErrAlreadyResolved)
		assert.Equal(t, RecordError{
			ID: "ref:order-1", Ref: "order-1", Operation: "op", Generation: 1, State: journal.StateDone,
			Outcome: OutcomeDone, Resource: "thing:x", Err: ErrAlreadyResolved,
		}, *e)
		assert.EqualError(t, e, `ref "order-1" (op, generation 1, done, made "thing:x"): the API has proven another outcome`)
		recordErrorOf(t, w.resolve(madeThing("y")), ErrAlreadyResolved)
		require.NoError(t, w.resolve(madeThing("x")), "it is no other")
		assert.Empty(t, w.get().Resolutions)
	})
	inJournalledWorld(t, says(422, errorObject), func(t *testing.T, w *world, _ *faultyJournal) {
		require.Error(t, w.do(withRef(Keyed)).Err)
		recordErrorOf(t, w.resolve(madeThing("y")), ErrAlreadyResolved)
		require.NoError(t, w.resolve(Resolution{}), "it is known not to be executed")
	})
}

// The API has proven the outcome, and its answer is lost: a person names what
// was made.
func TestJ17_ALostAnswerIsNamedByAPerson(t *testing.T) {
	inJournalledWorld(t, cuts, func(t *testing.T, w *world, _ *faultyJournal) {
		require.ErrorIs(t, w.do(atMost(1, withRef(Keyed))).Err, ErrResponseLost)
		require.NoError(t, w.resolve(madeThing("1")))
		require.NoError(t, w.resolve(madeThing("2")), "corrected")
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.JSONEq(t, `{"id":"2"}`, string(r.Response.Body))
		assert.False(t, w.get().ByPerson, "the outcome is the API's")
		time.Sleep(time.Hour)
		recordErrorOf(t, w.resolve(Resolution{}), ErrAlreadyResolved)
	})
}

func TestJ17_AResolutionNamesItsGeneration(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(time.Hour)
		require.NoError(t, w.resolve(Resolution{By: "ada"}))
		orphan(t, w, Keyed)
		time.Sleep(time.Hour)
		for _, stale := range []Resolution{{}, {Generation: 1}, {Generation: 3}, madeThing("1")} {
			e := recordErrorOf(t, w.resolve(stale), ErrOtherGeneration)
			assert.Equal(t, 2, e.Generation)
		}
		assert.Equal(t, journal.StateOpen, w.get().State)
		require.NoError(t, w.resolve(Resolution{Generation: 2, By: "grace"}))
		got := w.get()
		assert.Equal(t, journal.StateFree, got.State)
		require.Len(t, got.Resolutions, 2, "the history outlives a generation")
		assert.Equal(t, []int{1, 2}, []int{got.Resolutions[0].Generation, got.Resolutions[1].Generation})
	})
}

func TestJ17_TheHistoryIsBounded(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		for i := range maxHistory + 5 {
			require.NoError(t, w.resolve(madeThing(fmt.Sprint(i))))
		}
		history := w.get().Resolutions
		require.Len(t, history, maxHistory)
		assert.Equal(t, fmt.Sprint(maxHistory+4), history[maxHistory-1].ID, "the newest stay")
	})
}

func TestJ17_TooEarlyReportsUntilWhen(t *testing.T) {
	for class, wait := range map[Class]time.Duration{Keyed: 280 * time.Second, Idempotent: 100 * time.Second, NonIdempotent: 100 * time.Second} {
		inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
			orphan(t, w, class)
			s := Resolution{Class: func(string) Class { return class }}
			e := recordErrorOf(t, w.resolve(s), ErrMayBeExecuting)
			assert.InDelta(t, wait.Seconds(), time.Until(e.Until).Seconds(), 1, class)
			assert.Contains(t, e.Error(), " until "+e.Until.UTC().Format(time.RFC3339))
			time.Sleep(time.Until(e.Until) - time.Second)
			recordErrorOf(t, w.resolve(s), ErrMayBeExecuting)
			time.Sleep(2 * time.Second)
			require.NoError(t, w.resolve(s), class)
		})
	}
}

func TestJ17_ExecutedIsVerifiedBeforeItIsBelieved(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		asked, answer := 0, errors.New("no such thing")
		s := madeThing("1")
		s.Verify = func(_ context.Context, o PendingOperation) (bool, error) {
			asked++
			assert.Equal(t, "/op", o.Request.Path)
			assert.JSONEq(t, `{"a":1}`, string(o.Request.Body))
			return answer == nil, answer
		}
		e := recordErrorOf(t, w.resolve(s), ErrNotVerified)
		require.ErrorIs(t, e, answer)
		assert.Equal(t, journal.StateOpen, w.get().State)
		answer = nil
		require.NoError(t, w.resolve(s))
		require.NoError(t, w.resolve(s))
		assert.Equal(t, 2, asked, "what changes nothing is not read")
		assert.True(t, w.get().Resolutions[0].Verified)
		other := madeThing("2")
		require.NoError(t, w.resolve(other))
		assert.False(t, w.get().Resolutions[1].Verified)
	})
}

func TestJ17_AResolutionIsConditional(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		s, asked := madeThing("1"), 0
		s.Verify = func(ctx context.Context, _ PendingOperation) (bool, error) {
			asked++
			if asked == 1 { // meanwhile, another person
				other := madeThing("2")
				other.By = "grace"
				return true, w.engine.Resolve(ctx, journal.RefID("order-1"), other)
			}
			return true, nil
		}
		require.NoError(t, w.resolve(s))
		got := w.get()
		assert.Equal(t, 1, asked, "it is read once")
		assert.Len(t, got.Resolutions, 2)
		assert.Equal(t, "thing:1", got.Resource)
	})
}

func TestJ17_AReservedOperationIsCancelledAtAnyTime(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		reserve(t, w, j, Keyed)
		assert.Equal(t, journal.StateReserved, w.get().State)
		assert.True(t, w.get().SafeUntil.IsZero(), "its window has not begun")
		require.NoError(t, w.resolve(Resolution{By: "ada"}))
		got := w.get()
		assert.Equal(t, journal.StateFree, got.State)
		assert.Equal(t, OutcomeNotSent, got.Outcome)
		assert.EqualValues(t, 0, w.hits.Load())
	})
}

func TestResolve_RefusesWhatItCannotKeep(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		for field, s := range map[string]Resolution{
			"by":         {By: strings.Repeat("x", MaxResolutionBy+1)},
			"note":       {Note: "\xff"},
			"id":         {Executed: true, ID: strings.Repeat("x", journal.MaxRef+1)},
			"generation": {Generation: -1},
		} {
			assertInvalid(t, field, w.resolve(s))
		}
	})
}

func TestJ9_TheNoteIsSealed(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, lose, func(t *testing.T, w *world) {
		orphan(t, w, Keyed)
		s := madeThing("1")
		s.By, s.Note = "ada lovelace", "the client called"
		require.NoError(t, w.resolve(s))
		rec := stored(t, j)
		got := w.get()
		assert.Equal(t, "ada lovelace", got.Resolutions[0].By)
		for _, text := range []string{
			string(rec.Sealed), fmt.Sprintf("%+v", got), fmt.Sprintf("%#v", got.Resolutions), got.LogValue().String(),
		} {
			assert.NotContains(t, text, "lovelace")
			assert.NotContains(t, text, "called")
		}
	}, func(c *Config) { c.Journal, c.JournalSecrets = j, [][]byte{[]byte(secretOne)} })
}
