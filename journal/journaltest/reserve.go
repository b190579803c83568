package journaltest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// reserveCases: operations that are recorded in the caller's own transactions,
// and begun later.
var reserveCases = []testCase{
	{"J4_a reservation is as durable as its transaction", reserveCommits},
	{"J4_a ref is reserved once", reserveOnce},
	{"J2_a ref whose operation was not sent is reserved anew", reserveNext(journal.OutcomeNotSent)},
	{"J2_a ref whose operation was rejected is reserved anew", reserveNext(journal.OutcomeRejected)},
	{"J2_a record that is gone is not reserved in its version", reserveNone},
	{"J4_a reservation is adopted and then sent like any other", reserveAdopted},
	{"J8_the age of a reservation counts anew from its first lease", reserveAge},
}

func (b *bench) reserve(rec journal.Record, commit bool) (journal.Record, bool) {
	b.t.Helper()
	if b.Reserve == nil {
		b.t.Skip("the store has no journal.Reserver: Store.Reserve is nil") //nolint:forbidigo // it is optional
	}
	stored, ok, err := b.Reserve(rec, commit)
	require.NoError(b.t, err)
	return stored, ok
}

func reserveCommits(b *bench) {
	j := b.Journal()
	rec := reserved("ref:rolled back")
	_, ok := b.reserve(rec, false)
	assert.True(b.t, ok)
	assert.False(b.t, b.has(j, rec.ID))

	rec = reserved("ref:committed")
	stored, ok := b.reserve(rec, true)
	assert.True(b.t, ok)
	rec.Version = 1
	assertRecord(b.t, rec, stored)
	assertRecord(b.t, rec, b.Load(j, rec.ID))
	assertRecord(b.t, rec, b.Load(b.Reopen(j), rec.ID))
}

func reserveOnce(b *bench) {
	j := b.Journal()
	first, ok := b.reserve(reserved("ref:1"), true)
	require.True(b.t, ok)
	again := reserved("ref:1")
	again.Operation = "another"
	stored, ok := b.reserve(again, true)
	assert.False(b.t, ok)
	assertRecord(b.t, first, stored)
	done := b.Save(j, settled("ref:2", journal.OutcomeDone))
	stored, ok = b.reserve(reserved("ref:2"), true)
	assert.False(b.t, ok)
	assertRecord(b.t, done, stored)
}

// reserveNext: a record that ended unexecuted is replaced by the next, for
// callers who have seen its version.
func reserveNext(free journal.Outcome) func(*bench) {
	return func(b *bench) {
		j := b.Journal()
		ended := b.Save(j, settled("ref:1", free))
		b.Pass(time.Hour)
		next := reserved("ref:1")
		next.Version, next.Generation, next.Operation = ended.Version, 2, "another"
		next.Key, next.Scope, next.Sealed = "second", "scope", []byte("second")
		_, ok := b.reserve(next, false)
		assert.True(b.t, ok)
		assertRecord(b.t, ended, b.Load(j, "ref:1")) // it was rolled back

		stored, ok := b.reserve(next, true)
		assert.True(b.t, ok)
		next.Version++
		assertRecord(b.t, next, stored)
		loaded := b.Load(j, "ref:1")
		assertRecord(b.t, next, loaded)
		assert.Less(b.t, loaded.Age, time.Minute, "it counts from the reservation")
		b.refusesReservations(j, next)
		assert.Equal(b.t, []string{"ref:1"}, ids(b.adopt(j, "new", journal.Filter{})), "it is due")
	}
}

// refusesReservations: only the stored version can be reserved.
func (b *bench) refusesReservations(j journal.Journal, stored journal.Record) {
	b.t.Helper()
	for _, version := range []int64{0, stored.Version - 1, stored.Version + 1} {
		other := reserved(stored.ID)
		other.Version, other.Generation = version, stored.Generation+1
		found, ok := b.reserve(other, true)
		assert.False(b.t, ok, "version %d", version)
		assertRecord(b.t, stored, found)
		assertRecord(b.t, stored, b.Load(j, stored.ID))
	}
}

// reserveNone: a version that was seen and has been removed cannot be reserved.
func reserveNone(b *bench) {
	j := b.Journal()
	rec := reserved("ref:1")
	rec.Version = 3
	stored, ok := b.reserve(rec, true)
	assert.False(b.t, ok)
	assert.Zero(b.t, stored)
	assert.False(b.t, b.has(j, rec.ID))
}

func reserveAdopted(b *bench) {
	j := b.Journal()
	rec, _ := b.reserve(reserved("ref:1"), true)
	got := b.adopt(j, "new", journal.Filter{})
	require.Equal(b.t, []string{"ref:1"}, ids(got))
	rec.Version++
	rec.Owner, rec.Lease = "new", hold
	assertRecord(b.t, rec, got[0])
	got[0].Reserved = false
	b.Save(j, got[0])
	assert.Equal(b.t, journal.StateOpen, b.Load(j, "ref:1").State())
}

// reserveAge needs no transaction: a store with its own clock counts the age
// from the reservation, and again from the first lease, with which the window
// begins.
func reserveAge(b *bench) {
	j := b.Journal()
	rec := b.Save(j, reserved("ref:1"))
	b.Pass(2 * time.Hour)
	rec.Owner, rec.Lease = "owner", hold
	rec = b.Save(j, rec)
	if age := b.Load(j, rec.ID).Age; age != 0 {
		assert.GreaterOrEqual(b.t, age, 2*time.Hour, "it is reserved still")
	}
	rec.Reserved = false
	rec = b.Save(j, rec)
	assert.Less(b.t, b.Load(j, rec.ID).Age, time.Hour)
	b.Pass(2 * time.Hour)
	b.Save(j, rec)
	if age := b.Load(j, rec.ID).Age; age != 0 {
		assert.GreaterOrEqual(b.t, age, 2*time.Hour)
	}
}
