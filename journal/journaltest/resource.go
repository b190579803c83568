package journaltest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// resourceCases: what one operation made, no other one made (J11).
var resourceCases = []testCase{
	{"J11_a resource belongs to one record", resourceTaken},
	{"J11_a resource keeps its record, until it is given up", resourceKept},
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
	require.ErrorIs(b.t, err, idem.ErrNotWritten)
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
