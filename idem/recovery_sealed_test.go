package idem

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

func sealOtherwise(t *testing.T, j journal.Journal, id string, sealed []byte) {
	t.Helper()
	rec, ok, err := j.Load(t.Context(), id)
	require.NoError(t, err)
	require.True(t, ok)
	rec.Sealed = sealed
	saved, err := j.Save(t.Context(), rec)
	require.NoError(t, err)
	require.True(t, saved)
}

func another(t *testing.T, w *world, ref string) {
	t.Helper()
	require.Equal(t, OutcomeUnknown, w.do(callOf(ref, Keyed)).Outcome)
}

// The first byte of what is sealed.
const inTheClear, encrypted = 0, 1

var (
	ofAnotherSecret = append([]byte{encrypted}, make([]byte, 64)...)
	ofALaterVersion = []byte{inTheClear, claim.PayloadVersion + 1, '{', '}'}
)

func TestJ15_ARecordThatCannotBeOpenedIsAnErrorOfItsOwnAndReleasedAtOnce(t *testing.T) {
	for name, row := range map[string]struct {
		sealed []byte
		err    error
	}{"another secret": {sealed: ofAnotherSecret, err: ErrJournalSecret}, "a later version": {sealed: ofALaterVersion, err: ErrJournalVersion}} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			orphan(t, w, Keyed)
			another(t, w, "order-2")
			sealOtherwise(t, j, journal.RefID("order-2"), row.sealed)
			before := w.hits.Load()
			var outcomes, failures int
			for one, err := range w.engine.Recover(context.Background(), knowing(KeyUnverified)) {
				if err == nil {
					outcomes++
					continue
				}
				require.ErrorIs(t, err, row.err)
				assert.Equal(t, "order-2", one.Pending.Ref)
				assert.Equal(t, "op", one.Pending.Request.Operation.Name)
				failures++
				synctest.Wait() // the pass itself may adopt it once more, and release it
				due, err := j.Adopt(t.Context(), "one with the secret", lease, journal.Filter{})
				require.NoError(t, err)
				require.Len(t, due, 1, "it is free for another recoverer")
				assert.Equal(t, row.sealed, due[0].Sealed)
			}
			assert.Equal(t, 1, outcomes)
			assert.Equal(t, 1, failures, "the loop goes on, and ends without an error")
			assert.Equal(t, before, w.hits.Load())
		}))
	}
}

// What could not be opened comes up again and again, since it was released.
// That does not end a pass which has an operation to send again.
func TestJ15_APassGoesOnBesideARecordThatCannotBeOpened(t *testing.T) {
	steps := script(lose, lose, lose, lose, says(200, `{"id":"x"}`))
	inJournalledWorld(t, steps, func(t *testing.T, w *world, j *faultyJournal) {
		another(t, w, "order-2")
		sealOtherwise(t, j, journal.RefID("order-2"), ofAnotherSecret)
		orphan(t, w, Keyed)
		outcomes := map[string]Outcome{}
		for one, err := range w.engine.Recover(context.Background(), knowing(Keyed)) {
			if err == nil {
				outcomes[one.Pending.Ref] = one.Result.Outcome
			}
		}
		assert.Equal(t, map[string]Outcome{"order-1": OutcomeDone}, outcomes)
		assert.EqualValues(t, 5, w.hits.Load())
	})
}

func TestJ15_IfNoRecordCanBeOpenedTheLoopEndsWithTheReason(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		another(t, w, "order-2")
		sealOtherwise(t, j, journal.RefID("order-1"), ofAnotherSecret)
		sealOtherwise(t, j, journal.RefID("order-2"), ofAnotherSecret)
		var ids []string
		for one, err := range w.engine.Recover(context.Background(), knowing(Keyed)) {
			require.ErrorIs(t, err, ErrJournalSecret)
			require.ErrorIs(t, err, ErrJournal)
			assert.EqualError(t, err, "the journal was sealed with another secret")
			ids = append(ids, one.Pending.ID)
		}
		assert.ElementsMatch(t, []string{"ref:order-1", "ref:order-2", ""}, ids)
		assert.Empty(t, ids[2], "the last one is the loop's own")
	})
}

func othersRecords(t *testing.T, j journal.Journal, n int) {
	t.Helper()
	for i := range n {
		saved, err := j.Save(t.Context(), journal.Record{
			ID: journal.RefID(fmt.Sprintf("other-%05d", i)), Operation: "op", Since: time.Now(), Sealed: ofAnotherSecret,
		})
		require.NoError(t, err)
		require.True(t, saved)
	}
}

func recoverAmongOthers(t *testing.T, w *world) (unopened int, outcomes map[string]Outcome) {
	t.Helper()
	outcomes = map[string]Outcome{}
	for one, err := range w.engine.Recover(t.Context(), knowing(Keyed)) {
		if err == nil {
			outcomes[one.Pending.Ref] = one.Result.Outcome
			continue
		}
		require.ErrorIs(t, err, ErrJournalSecret)
		unopened++
	}
	return unopened, outcomes
}

var done = says(http.StatusOK, `{"id":"x"}`)

func TestJ15_ManyRecordsThatCannotBeOpenedHideNoneThatIsDue(t *testing.T) {
	for name, row := range map[string]struct {
		steps           []http.HandlerFunc
		others, yielded int
	}{
		"it is due behind them":             {steps: []http.HandlerFunc{lose, done}, others: 600, yielded: 600},
		"behind more than a pass reports":   {steps: []http.HandlerFunc{lose, done}, others: maxUnopened + 600, yielded: maxUnopened},
		"it is sent again, and becomes due": {steps: []http.HandlerFunc{lose, lose, lose, lose, done}, others: 600, yielded: 600},
	} {
		t.Run(name, journalledTest(script(row.steps...), func(t *testing.T, w *world, j *faultyJournal) {
			othersRecords(t, j, row.others)
			time.Sleep(time.Second)
			orphan(t, w, Keyed)
			time.Sleep(time.Second)
			unopened, outcomes := recoverAmongOthers(t, w)
			assert.Equal(t, map[string]Outcome{"order-1": OutcomeDone}, outcomes)
			assert.Equal(t, row.yielded, unopened, "each is reported once")
		}))
	}
}

// A released record does not look as if no owner had ever awaited a response.
func TestJ10_ARecordThatCannotBeOpenedKeepsThatAnOwnerHasLapsed(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		sealOtherwise(t, j, journal.RefID("order-1"), ofAnotherSecret)
		for _, err := range w.engine.Recover(context.Background(), knowing(Keyed)) {
			require.Error(t, err)
		}
		rec := stored(t, j)
		assert.NotEmpty(t, rec.Owner)
		assert.LessOrEqual(t, rec.Lease, 0*lease)
	})
}
