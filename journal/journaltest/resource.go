package journaltest

import (
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// resourceCases: two operations cannot have made the same resource (J11).
var resourceCases = []testCase{
	{"J11_a resource belongs to one record", resourceTaken},
	{"J11_a resource keeps its record, until it is given up", resourceKept},
	{"J11_all who may have made something are found by its scope", inScope},
}

func made(id, resource string) journal.Record {
	rec := settled(id, journal.OutcomeDone)
	rec.Resource = resource
	return rec
}

// requireTaken: the resource belongs to another record, so nothing is written.
func (b *bench) requireTaken(j journal.Journal, rec journal.Record) {
	b.t.Helper()
	ok, err := j.Save(b.t.Context(), rec)
	require.ErrorIs(b.t, err, journal.ErrResourceTaken)
	require.ErrorIs(b.t, err, journal.ErrNotCommitted)
	assert.False(b.t, ok)
}

func resourceTaken(b *bench) {
	j := b.Journal()
	b.Save(j, made("ref:1", "booking/1"))
	b.requireTaken(j, made("ref:2", "booking/1"))
	assert.False(b.t, b.has(j, "ref:2"))

	open := b.Save(j, orphan("ref:3"))
	claim := made("ref:3", "booking/1")
	claim.Version = open.Version
	b.requireTaken(j, claim)
	assertRecord(b.t, open, b.Load(j, "ref:3"))

	claim.Version++
	ok, err := j.Save(b.t.Context(), claim)
	require.NoError(b.t, err, "the version is looked at first")
	assert.False(b.t, ok)

	b.Save(j, made("ref:4", "booking/2"))
	b.Save(j, made("ref:5", ""))
	b.Save(j, made("ref:6", ""))
}

func resourceKept(b *bench) {
	j := b.Journal()
	rec := b.Save(j, made("ref:1", "booking/1"))
	rec = b.Save(j, rec)
	j = b.Reopen(j)
	b.requireTaken(j, made("ref:2", "booking/1"))
	rec.Resource = ""
	b.Save(j, rec)
	b.Save(j, made("ref:2", "booking/1"))
}

func inScope(b *bench) {
	j := b.Journal()
	first, last := time.Now().Add(-time.Minute), time.Now().Add(time.Minute)
	within := func(rec journal.Record, scope string) journal.Record {
		rec.Scope = scope
		return b.Save(j, rec)
	}
	inside := func(scope string) map[string]journal.Record {
		b.t.Helper()
		recs, err := j.InScope(b.t.Context(), scope, first, last)
		require.NoError(b.t, err)
		found := map[string]journal.Record{}
		for _, r := range recs {
			found[r.ID] = r
		}
		require.Len(b.t, found, len(recs))
		return found
	}
	within(orphan("ref:another scope"), "ada/pilates")
	within(orphan("ref:no scope"), "")
	want := []journal.Record{
		within(orphan("ref:open"), "ada/yoga"),
		within(owned("ref:owned"), "ada/yoga"),
		within(settled("ref:done", journal.OutcomeDone), "ada/yoga"),
		within(made("ref:done and known", "booking/1"), "ada/yoga"),
	}
	within(settled("ref:rejected", journal.OutcomeRejected), "ada/yoga")
	reserved := orphan("ref:reserved and never sent")
	reserved.Reserved = true
	within(reserved, "ada/yoga")
	early, late := orphan("ref:early"), orphan("ref:late")
	early.Since, late.Since = first.Add(-tick), last.Add(tick)
	within(early, "ada/yoga")
	within(late, "ada/yoga")
	free := within(orphan("ref:not sent"), "ada/yoga")
	free.Outcome = journal.OutcomeNotSent
	b.Save(j, free)

	j = b.Reopen(j)
	found := inside("ada/yoga")
	assert.Len(b.t, found, len(want))
	for _, rec := range want {
		assertRecord(b.t, rec, found[rec.ID])
	}
	adopted := b.adopt(j, "new", journal.Filter{})
	assert.Contains(b.t, ids(adopted), "ref:open")
	assert.Equal(b.t, "ada/yoga", adopted[slices.Index(ids(adopted), "ref:open")].Scope)
	assert.Equal(b.t, "new", inside("ada/yoga")["ref:open"].Owner)
	assert.Empty(b.t, inside("ada/boxing"))
}
