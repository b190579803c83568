package idem

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// oneOfEach makes an open record, a done one and a free one.
func oneOfEach(t *testing.T, w *world) {
	t.Helper()
	orphan(t, w, Keyed)
	for ref, want := range map[string]Outcome{"done": OutcomeDone, "free": OutcomeRejected} {
		c := withRef(Keyed)
		c.Ref, c.Request.Path = ref, "/"+ref
		require.Equal(t, want, w.do(c).Outcome, ref)
	}
}

// perPath answers by the path.
func perPath(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/done":
		answer(w, 200, `{"id":"x"}`)
	case "/free":
		answer(w, 422, errorObject)
	default:
		lose(w, r)
	}
}

// inStore are all records of a journal, without what changes with the time.
func inStore(t *testing.T, j journal.Reader) map[string]journal.Record {
	t.Helper()
	found, err := j.List(t.Context(), journal.Filter{})
	require.NoError(t, err)
	all := map[string]journal.Record{}
	for _, rec := range found {
		rec.Age, rec.Lease = 0, 0
		all[rec.ID] = rec
	}
	return all
}

func withoutSeal(all map[string]journal.Record) map[string]journal.Record {
	bare := map[string]journal.Record{}
	for id, rec := range all {
		rec.Sealed = nil
		bare[id] = rec
	}
	return bare
}

func TestJ18_ResealingMovesAllRecordsToTheFirstSecret(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, perPath, func(t *testing.T, w *world) {
		oneOfEach(t, w)
		before := inStore(t, j)
		rotated := w.newEngine(ofAccount(j, "a", secretTwo, secretOne))

		r, err := rotated.Reseal(t.Context(), ResealOptions{DryRun: true})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{Previous: 3}, r)
		assert.Equal(t, before, inStore(t, j), "a dry run changes nothing")
		_, _, err = BoundAccount(t.Context(), j, []byte(secretTwo))
		require.ErrorIs(t, err, ErrJournalSecret)

		r, err = rotated.Reseal(t.Context(), ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{Previous: 3, Resealed: 3}, r)
		assert.Equal(t, withoutSeal(before), withoutSeal(inStore(t, j)))
		r, err = rotated.Reseal(t.Context(), ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{Current: 3}, r)

		after := w.newEngine(ofAccount(j, "a", secretTwo)) // the old one is dropped
		all, err := after.List(t.Context(), journal.Filter{}, knowing(Keyed))
		require.NoError(t, err)
		for _, o := range all {
			assert.NoError(t, o.Err, o.ID)
		}
		c := withRef(Keyed)
		c.Ref, c.Request.Path = "done", "/done"
		again := after.Do(t.Context(), c)
		require.NoError(t, again.Err)
		assert.JSONEq(t, `{"id":"x"}`, string(again.Response.Body))
	}, ofAccount(j, "a", secretOne))
}

func TestJ18_ResealingMovesRecordsOfAnAccountBefore(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, perPath, func(t *testing.T, w *world) {
		oneOfEach(t, w)
		from := w.engine.sealed.binder.account
		moved := w.newEngine(ofAccount(j, "renamed", secretOne))
		_, err := moved.Reseal(t.Context(), ResealOptions{})
		require.ErrorIs(t, err, ErrOtherAccount)
		require.NoError(t, moved.Rebind(t.Context(), from))
		r, err := moved.Reseal(t.Context(), ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{Previous: 3, Resealed: 3}, r)

		bound, before, err := BoundAccount(t.Context(), j, []byte(secretOne))
		require.NoError(t, err)
		assert.Equal(t, moved.sealed.binder.account, bound)
		assert.Equal(t, []Account{from}, before)
	}, ofAccount(j, "a", secretOne))
}

func TestJ18_WhatLiesInTheClearIsResealedIfAsked(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, perPath, func(t *testing.T, w *world) {
		oneOfEach(t, w)
		before := inStore(t, j)
		sealing := w.newEngine(ofAccount(j, "a", secretOne))
		_, err := sealing.Reseal(t.Context(), ResealOptions{})
		require.ErrorIs(t, err, ErrJournalSecret)
		r, err := sealing.Reseal(t.Context(), ResealOptions{InTheClear: true, DryRun: true})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{InTheClear: 3}, r)
		assert.Equal(t, before, inStore(t, j))

		r, err = sealing.Reseal(t.Context(), ResealOptions{InTheClear: true})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{InTheClear: 3, Resealed: 3}, r)
		assert.Equal(t, withoutSeal(before), withoutSeal(inStore(t, j)))
		found, err := sealing.Get(t.Context(), "ref:order-1", knowing(Keyed))
		require.NoError(t, err)
		assert.Equal(t, 1, found.Attempts)

		rec := inStore(t, j)["ref:done"]
		rec.Sealed = []byte("\x00\x01{}") // someone writes the table
		_, err = j.Save(t.Context(), rec)
		require.NoError(t, err)
		r, err = sealing.Reseal(t.Context(), ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{Current: 2, InTheClear: 1}, r)
	}, ofAccount(j, "a"))
}

func TestJ18_WhatCannotBeOpenedStaysAsItIs(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, perPath, func(t *testing.T, w *world) {
		oneOfEach(t, w)
		rec := inStore(t, j)["ref:done"]
		rec.Resource = "someone else's"
		_, err := j.Save(t.Context(), rec)
		require.NoError(t, err)
		before := inStore(t, j)
		rotated := w.newEngine(ofAccount(j, "a", secretTwo, secretOne))
		r, err := rotated.Reseal(t.Context(), ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{Previous: 2, Unopened: 1, Resealed: 2}, r)
		assert.Equal(t, before["ref:done"], inStore(t, j)["ref:done"])
	}, ofAccount(j, "a", secretOne))
}

// A payload of a later version is not decoded, and stays as it is.
func TestJ18_ALaterVersionIsResealed(t *testing.T) {
	inVersions(t, answers{says(200, `{"id":"x"}`)}, func(t *testing.T, v *versions) {
		if v.older.sealed.seal == nil {
			return // there is no secret to reseal with
		}
		v.by(v.newer, callOf("order-1", Keyed), OutcomeDone)
		rotated := v.newEngine(ofAccount(v.store, "a", secretTwo, secretOne))
		r, err := rotated.Reseal(t.Context(), ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, ResealResult{Previous: 1, Resealed: 1}, r)
		_, err = rotated.Get(t.Context(), "ref:order-1", knowing(Keyed))
		require.ErrorIs(t, err, ErrJournalVersion)
	})
}

// A call whose record is resealed under it records its result, and sends
// nothing twice.
func TestJ18_ACallUnderWayKeepsItsRecord(t *testing.T) {
	j := journal.NewMemory()
	var rotated *Engine
	inWorld(t, func(w http.ResponseWriter, r *http.Request) {
		got, err := rotated.Reseal(r.Context(), ResealOptions{})
		assert.NoError(t, err)
		assert.Equal(t, 1, got.Resealed)
		answer(w, 200, `{"id":"x"}`)
	}, func(t *testing.T, w *world) {
		rotated = w.newEngine(ofAccount(j, "a", secretTwo, secretOne))
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		require.NoError(t, r.RecordErr)
		again := rotated.Do(t.Context(), withRef(Keyed))
		require.NoError(t, again.Err)
		assert.EqualValues(t, 1, w.hits.Load())
	}, ofAccount(j, "a", secretOne, secretTwo))
}

func TestJ18_ResealingNeedsASecretAndAResealer(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no journal":  func(*Config) {},
		"no secret":   ofAccount(journal.NewMemory(), "a"),
		"no Resealer": ofAccount(struct{ journal.Journal }{journal.NewMemory()}, "a", secretOne),
	} {
		t.Run(name, worldTest(lose, func(t *testing.T, w *world) {
			_, err := w.engine.Reseal(t.Context(), ResealOptions{})
			assert.ErrorAs(t, err, new(*InvalidError))
		}, change))
	}
}

func TestJ12_TheBoundAccountIsReadWithoutAClient(t *testing.T) {
	j := journal.NewMemory()
	bound, before, err := BoundAccount(t.Context(), j, []byte(secretOne))
	require.NoError(t, err)
	assert.Zero(t, bound, "it was never used")
	assert.Empty(t, before)
	stored, err := j.Bind(t.Context(), nil, nil)
	require.NoError(t, err)
	assert.Empty(t, stored, "nothing is bound by looking")
	_, _, err = BoundAccount(t.Context(), nil)
	require.ErrorAs(t, err, new(*InvalidError))
	inWorld(t, perPath, func(t *testing.T, w *world) {
		oneOfEach(t, w)
		bound, _, err := BoundAccount(t.Context(), j, []byte(secretTwo), []byte(secretOne))
		require.NoError(t, err)
		assert.Equal(t, w.engine.sealed.binder.account, bound)
		_, _, err = BoundAccount(t.Context(), j)
		require.ErrorIs(t, err, ErrJournalSecret)
		require.ErrorIs(t, err, ErrJournal)
	}, ofAccount(j, "a", secretOne))
}
