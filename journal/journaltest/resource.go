package journaltest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// resourceCases: what one operation made, no other one made (J11).
var resourceCases = []testCase{
	{"J11_a resource belongs to one record", resourceTaken},
	{"J11_a resource keeps its record, until it is given up", resourceKept},
	{"J11_all who may have made something are found by its scope", inScope},
}

// made is a record of an operation that made something.
func made(id, resource string) idem.Record {
	rec := settled(id, idem.OutcomeDone)
	rec.Resource = resource
	return rec
}

// requireTaken: the resource is another record's, so nothing is written.
func (b *bench) requireTaken(j idem.Journal, rec idem.Record) {
	b.t.Helper()
	ok, err := j.Save(b.t.Context(), rec)
	require.ErrorIs(b.t, err, idem.ErrResourceTaken)
	require.ErrorIs(b.t, err, idem.ErrNotCommitted)
	assert.False(b.t, ok)
}

func resourceTaken(b *bench) {
	j := b.open()
	b.save(j, made("ref:1", "booking/1"))
	b.requireTaken(j, made("ref:2", "booking/1"))
	assert.False(b.t, b.has(j, "ref:2"))

	open := b.save(j, orphan("ref:3"))
	claim := made("ref:3", "booking/1")
	claim.Version = open.Version
	b.requireTaken(j, claim)
	assertRecord(b.t, open, b.load(j, "ref:3"))

	claim.Version++
	ok, err := j.Save(b.t.Context(), claim)
	require.NoError(b.t, err, "the version is looked at first")
	assert.False(b.t, ok)

	b.save(j, made("ref:4", "booking/2"))
	b.save(j, made("ref:5", ""))
	b.save(j, made("ref:6", ""))
}

func resourceKept(b *bench) {
	j := b.open()
	rec := b.save(j, made("ref:1", "booking/1"))
	rec = b.save(j, rec)
	j = b.reopen(j)
	b.requireTaken(j, made("ref:2", "booking/1"))
	rec.Resource = ""
	b.save(j, rec)
	b.save(j, made("ref:2", "booking/1"))
}

func inScope(b *bench) {
	j := b.open()
	first, last := time.Now().Add(-time.Minute), time.Now().Add(time.Minute)
	within := func(rec idem.Record, scope string) idem.Record {
		rec.Scope = scope
		return b.save(j, rec)
	}
	inside := func(scope string) map[string]idem.Record {
		b.t.Helper()
		recs, err := j.InScope(b.t.Context(), scope, first, last)
		require.NoError(b.t, err)
		found := map[string]idem.Record{}
		for _, r := range recs {
			found[r.ID] = r
		}
		require.Len(b.t, found, len(recs))
		return found
	}
	within(orphan("ref:another scope"), "ada/pilates")
	within(orphan("ref:no scope"), "")
	want := []idem.Record{
		within(orphan("ref:open"), "ada/yoga"),
		within(owned("ref:owned"), "ada/yoga"),
		within(settled("ref:done", idem.OutcomeDone), "ada/yoga"),
		within(made("ref:done and known", "booking/1"), "ada/yoga"),
	}
	within(settled("ref:rejected", idem.OutcomeRejected), "ada/yoga")
	early, late := orphan("ref:early"), orphan("ref:late")
	early.Since, late.Since = first.Add(-tick), last.Add(tick)
	within(early, "ada/yoga")
	within(late, "ada/yoga")
	free := within(orphan("ref:not sent"), "ada/yoga")
	free.Outcome = idem.OutcomeNotSent
	b.save(j, free)

	j = b.reopen(j)
	found := inside("ada/yoga")
	assert.Len(b.t, found, len(want))
	for _, rec := range want {
		assertRecord(b.t, rec, found[rec.ID])
	}
	for _, adopted := range b.adopt(j, "new", 99) {
		if rec, ok := inside("ada/yoga")[adopted.ID]; ok {
			assert.Equal(b.t, "new", rec.Owner)
		}
	}
	assert.Empty(b.t, inside("ada/boxing"))
}
