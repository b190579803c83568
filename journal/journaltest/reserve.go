package journaltest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// reserveCases: operations that are recorded inside the caller's own transactions,
// and begun later.
var reserveCases = []testCase{
	{"J4_a reservation is as durable as its transaction", reserveCommits},
	{"J4_a ref is reserved once", reserveOnce},
	{"J4_a reservation is adopted and then sent like any other", reserveAdopted},
	{"J8_the age of a reservation counts anew from its first lease", reserveAge},
}

// reserve reserves a record, or skips the case.
func (b *bench) reserve(rec idem.Record, commit bool) (idem.Record, bool) {
	b.t.Helper()
	if b.Reserve == nil {
		b.t.Skip("the store has no idem.Reserver: Store.Reserve is nil")
	}
	stored, ok, err := b.Reserve(rec, commit)
	require.NoError(b.t, err)
	return stored, ok
}

func reserveCommits(b *bench) {
	j := b.open()
	rec := reserved("ref:rolled back")
	_, ok := b.reserve(rec, false)
	assert.True(b.t, ok)
	assert.False(b.t, b.has(j, rec.ID))

	rec = reserved("ref:committed")
	stored, ok := b.reserve(rec, true)
	assert.True(b.t, ok)
	rec.Version = 1
	assertRecord(b.t, rec, stored)
	assertRecord(b.t, rec, b.load(j, rec.ID))
	assertRecord(b.t, rec, b.load(b.reopen(j), rec.ID))
}

func reserveOnce(b *bench) {
	j := b.open()
	first, ok := b.reserve(reserved("ref:1"), true)
	require.True(b.t, ok)
	again := reserved("ref:1")
	again.Operation = "another"
	stored, ok := b.reserve(again, true)
	assert.False(b.t, ok)
	assertRecord(b.t, first, stored)
	done := b.save(j, settled("ref:2", idem.OutcomeDone))
	stored, ok = b.reserve(reserved("ref:2"), true)
	assert.False(b.t, ok)
	assertRecord(b.t, done, stored)
}

func reserveAdopted(b *bench) {
	j := b.open()
	rec, _ := b.reserve(reserved("ref:1"), true)
	got := b.adopt(j, "new", idem.Filter{})
	require.Equal(b.t, []string{"ref:1"}, ids(got))
	rec.Version++
	rec.Owner, rec.Lease = "new", hold
	assertRecord(b.t, rec, got[0])
	got[0].Reserved = false
	b.save(j, got[0])
	assert.Equal(b.t, idem.RecordOpen, b.load(j, "ref:1").State())
}

// reserveAge needs no transaction: a store with a clock of its own counts the age from
// the reservation, and anew from the first lease, with which the window begins.
func reserveAge(b *bench) {
	j := b.open()
	rec := b.save(j, reserved("ref:1"))
	b.Pass(2 * time.Hour)
	rec.Owner, rec.Lease = "owner", hold
	rec = b.save(j, rec)
	if age := b.load(j, rec.ID).Age; age != 0 {
		assert.GreaterOrEqual(b.t, age, 2*time.Hour, "it is reserved still")
	}
	rec.Reserved = false
	rec = b.save(j, rec)
	assert.Less(b.t, b.load(j, rec.ID).Age, time.Hour)
	b.Pass(2 * time.Hour)
	b.save(j, rec)
	if age := b.load(j, rec.ID).Age; age != 0 {
		assert.GreaterOrEqual(b.t, age, 2*time.Hour)
	}
}
