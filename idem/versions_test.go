package idem

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

// nextVersion is the journal of an engine whose payloads have the next version,
// on a store that it shares with engines of this one. It seals as they do: the
// version is the first byte of what is sealed. It reads both.
type nextVersion struct {
	journal.Journal

	sealed sealedJournal // for its seal and account
}

func (j *nextVersion) version(rec journal.Record, from, to byte) journal.Record {
	bound := claim.AssociatedData(claim.Account(j.sealed.binder.account), &rec)
	text, err := j.sealed.seal.Open(bound, rec.Sealed)
	if err == nil && len(text) > 0 && text[0] == from {
		text[0] = to
		rec.Sealed = j.sealed.seal.Close(bound, text)
	}
	return rec
}

func (j *nextVersion) written(rec journal.Record) journal.Record {
	return j.version(rec, claim.PayloadVersion, claim.PayloadVersion+1)
}

func (j *nextVersion) read(rec journal.Record) journal.Record {
	return j.version(rec, claim.PayloadVersion+1, claim.PayloadVersion)
}

func (j *nextVersion) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	rec, ok, err := j.Journal.Load(ctx, id)
	return j.read(rec), ok, err
}

func (j *nextVersion) Save(ctx context.Context, rec journal.Record) (bool, error) {
	return j.Journal.Save(ctx, j.written(rec))
}

func (j *nextVersion) Adopt(ctx context.Context, owner string, lease time.Duration, f journal.Filter) ([]journal.Record, error) {
	all, err := j.Journal.Adopt(ctx, owner, lease, f)
	for i := range all {
		all[i] = j.read(all[i])
	}
	return all, err
}

func (j *nextVersion) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	ok, err := j.Save(ctx, rec)
	rec.Version++
	return rec, ok, err
}

type answers []http.HandlerFunc

// versions are two programs on one journal: an older one of this payload
// version, and one of the next.
type versions struct {
	*world
	t            *testing.T
	store        *journal.Memory
	older, newer *Engine
	next         *nextVersion
}

func inVersions(t *testing.T, answers answers, f func(t *testing.T, v *versions)) {
	t.Helper()
	for name, secrets := range map[string][]string{"sealed": {secretOne}, "in the clear": nil} {
		t.Run(name, func(t *testing.T) {
			store := journal.NewMemory()
			inWorld(t, script(answers...), func(t *testing.T, w *world) {
				v := &versions{world: w, t: t, store: store, older: w.engine, next: &nextVersion{Journal: store}}
				v.newer = w.newEngine(ofAccount(v.next, "a", secrets...))
				v.next.sealed = v.newer.sealed
				f(t, v)
			}, ofAccount(store, "a", secrets...))
		})
	}
}

func callOf(ref string, class Class) Call { return atMost(1, ofRef(post(class), ref)) }

func (v *versions) by(e *Engine, c Call, want Outcome) Result {
	v.t.Helper()
	r := e.Do(v.t.Context(), c)
	require.Equal(v.t, want, r.Outcome, r.Err)
	return r
}

func (v *versions) stored(ref string) journal.Record {
	v.t.Helper()
	rec, ok, err := v.store.Load(v.t.Context(), journal.RefID(ref))
	require.NoError(v.t, err)
	require.True(v.t, ok, ref)
	rec.Age, rec.Lease = 0, 0
	return rec
}

func assertVersion(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, ErrJournalVersion)
	assert.NotErrorIs(t, err, ErrJournalSecret)
	assert.ErrorContains(t, err, "written by a later version")
}

var newerRecords = map[string]struct {
	answers answers
	class   Class
	reserve bool
	leaves  journal.State
	next    journal.State // once the newer program has been asked again
}{
	"open":     {answers: answers{lose, says(200, `{"id":"x"}`)}, class: Keyed, leaves: journal.StateOpen, next: journal.StateDone},
	"reserved": {answers: answers{says(200, `{"id":"x"}`)}, class: NonIdempotent, reserve: true, leaves: journal.StateReserved, next: journal.StateDone},
	"free":     {answers: answers{says(400, errorObject), says(200, `{"id":"x"}`)}, class: NonIdempotent, leaves: journal.StateFree, next: journal.StateDone},
	"done":     {answers: answers{says(200, `{"id":"x"}`)}, class: Idempotent, leaves: journal.StateDone, next: journal.StateDone},
}

// J14: what a later version wrote is refused by all that begins: it is not
// sent, not taken for free, not reported as done and not changed. The later
// version then finishes it.
func TestJ14_ARecordOfTheNextVersionIsLeftToIt(t *testing.T) {
	for name, row := range newerRecords {
		t.Run(name, func(t *testing.T) {
			inVersions(t, row.answers, func(t *testing.T, v *versions) {
				c := callOf("order-1", row.class)
				if row.reserve {
					c.Reserver = v.next
				}
				first := v.newer.Do(t.Context(), c)
				before, hits := v.stored("order-1"), v.hits.Load()
				require.Equal(t, row.leaves, before.State())

				for what, begin := range beginnings {
					if slices.Contains([]string{"a call without", "a list", "a count", "lookups", "a recovery", "a dry run"}, what) {
						continue // not of this record, or not it alone
					}
					assertVersionOf(t, what, begin(t.Context(), v.older))
				}
				c.Reserver = nil
				r := v.by(v.older, c, OutcomeUnknown)
				assertVersion(t, r.Err)
				assertVersion(t, r.RecordErr)
				assert.False(t, r.RetryHelps, "not by this program")
				assert.Equal(t, before, v.stored("order-1"))
				assert.Equal(t, hits, v.hits.Load(), "nothing is sent")

				last := v.by(v.newer, c, OutcomeDone)
				assert.Equal(t, row.next, v.stored("order-1").State())
				if row.leaves == journal.StateOpen {
					assert.Equal(t, first.Key.String(), last.Key.String(), "it goes on, and begins nothing anew")
				}
				assert.EqualValues(t, len(row.answers), v.hits.Load())
			})
		})
	}
}

func assertVersionOf(t *testing.T, what string, err error) {
	t.Helper()
	if what == "a reservation" {
		return // its transaction fails before a record is read
	}
	assertVersion(t, err)
}

// J14: Recover of the older program yields such a record with its error, goes
// on with the others, and releases it unchanged, so that the newer one recovers
// it at once.
func TestJ14_RecoverLeavesRecordsOfTheNextVersion(t *testing.T) {
	inVersions(t, answers{lose}, func(t *testing.T, v *versions) {
		v.by(v.newer, callOf("newer", Keyed), OutcomeUnknown)
		v.by(v.older, callOf("older", Keyed), OutcomeUnknown)
		reserved := callOf("reserved", KeyUnverified)
		reserved.Reserver = v.next
		require.ErrorIs(t, v.newer.Do(t.Context(), reserved).Err, ErrReserved)
		before := map[string]journal.Record{"newer": v.stored("newer"), "reserved": v.stored("reserved")}

		hits := v.hits.Load()
		outcomes := map[string]error{}
		for one, err := range v.older.Recover(t.Context(), knowing(Keyed)) {
			assert.NotContains(t, outcomes, one.Pending.Ref)
			outcomes[one.Pending.Ref] = err
		}
		assert.Len(t, outcomes, 3)
		assert.NoError(t, outcomes["older"])
		assert.Greater(t, v.hits.Load(), hits, "which it sends again")
		for ref, rec := range before {
			assertVersion(t, outcomes[ref])
			now := v.stored(ref)
			assert.Equal(t, v.opened(rec), v.opened(now), "unchanged")
			assert.Equal(t, rec.Sealed, now.Sealed)
			assert.Equal(t, rec.State(), now.State())
		}

		synctest.Wait()
		recovered := map[string]bool{}
		for one, err := range v.newer.Recover(t.Context(), knowing(Keyed)) {
			require.NoError(t, err)
			recovered[one.Pending.Ref] = true
		}
		assert.True(t, recovered["newer"] && recovered["reserved"], "they are released")
	})
}

func (v *versions) opened(rec journal.Record) journal.Record {
	rec.Version, rec.Owner, rec.Sealed = 0, "", nil
	return rec
}

// J14: the newer program reads and finishes what the older one wrote, which
// from then on is the newer one's.
func TestJ14_TheNextVersionFinishesRecordsOfThisOne(t *testing.T) {
	inVersions(t, answers{lose, says(200, `{"id":"x"}`)}, func(t *testing.T, v *versions) {
		first := v.by(v.older, callOf("order-1", Keyed), OutcomeUnknown)
		last := v.by(v.newer, callOf("order-1", Keyed), OutcomeDone)
		assert.Equal(t, first.Key.String(), last.Key.String())
		assert.JSONEq(t, `{"id":"x"}`, string(last.Response.Body))
		assertVersion(t, v.by(v.older, callOf("order-1", Keyed), OutcomeUnknown).Err)
		assert.EqualValues(t, 2, v.hits.Load())
	})
	inVersions(t, answers{says(200, `{"id":"x"}`)}, func(t *testing.T, v *versions) {
		v.by(v.older, callOf("order-1", NonIdempotent), OutcomeDone)
		r := v.by(v.newer, callOf("order-1", NonIdempotent), OutcomeDone)
		assert.True(t, r.FromJournal)
		assert.True(t, v.by(v.older, callOf("order-1", NonIdempotent), OutcomeDone).FromJournal, "reading has changed nothing")
		require.NoError(t, v.newer.Erase(t.Context(), journal.RefID("order-1")))
		assertVersion(t, v.by(v.older, callOf("order-1", NonIdempotent), OutcomeUnknown).Err)
		assert.EqualValues(t, 1, v.hits.Load())
	})
}

// J14: while both run, each does its own refs, and neither what the other has
// begun.
func TestJ14_TwoVersionsWorkSideBySide(t *testing.T) {
	inVersions(t, answers{says(200, `{"id":"x"}`)}, func(t *testing.T, v *versions) {
		for _, ref := range []string{"1", "2", "3"} {
			v.by(v.older, callOf("older-"+ref, Keyed), OutcomeDone)
			v.by(v.newer, callOf("newer-"+ref, Keyed), OutcomeDone)
		}
		list, err := v.older.List(t.Context(), journal.Filter{}, knowing(Keyed))
		require.NoError(t, err)
		require.Len(t, list, 6)
		for _, o := range list {
			assert.Equal(t, journal.StateDone, o.State)
			if o.Ref[:5] == "newer" {
				assertVersion(t, o.Err)
				continue
			}
			assert.NoError(t, o.Err)
		}
		assert.EqualValues(t, 6, v.hits.Load())
	})
}

// J14: an owner whose operation the newer program has taken over meanwhile
// records nothing that it cannot know, and leaves the record to it.
func TestJ14_TheNextVersionTakesOverFromAnOwnerThatLives(t *testing.T) {
	var take func()
	h := func(rw http.ResponseWriter, _ *http.Request) { take(); answer(rw, 400, errorObject) }
	inVersions(t, answers{h}, func(t *testing.T, v *versions) {
		take = func() {
			rec, _, err := v.store.Load(context.Background(), journal.RefID("order-1"))
			assert.NoError(t, err)
			rec.Owner = "an owner of the next version"
			_, err = v.store.Save(context.Background(), v.next.written(rec))
			assert.NoError(t, err)
		}
		r := v.by(v.older, callOf("order-1", Keyed), OutcomeUnknown)
		assert.ErrorIs(t, r.Err, ErrJournal)
		rec := v.stored("order-1")
		assert.Equal(t, journal.StateOpen, rec.State())
		assert.Equal(t, "an owner of the next version", rec.Owner)
	})
}
