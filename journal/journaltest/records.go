package journaltest

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/journal"
)

const (
	// hold is the lease of the records in the suite.
	hold = 10 * time.Second
	// tick is the precision that a stored time may lose.
	tick = time.Microsecond
)

// orphan is an open record without an owner.
func orphan(id string) journal.Record {
	return journal.Record{
		ID:         id,
		Generation: 1,
		Operation:  "issuePass",
		Key:        "key of " + id,
		Since:      time.Now(),
		Sealed:     []byte("sealed"),
	}
}

// owned is an open record with an owner.
func owned(id string) journal.Record {
	rec := orphan(id)
	rec.Owner, rec.Lease = "owner of "+id, hold
	return rec
}

// settled is a record of an operation whose outcome is known.
func settled(id string, o journal.Outcome) journal.Record {
	rec := orphan(id)
	rec.Outcome = o
	return rec
}

// assertRecord compares a stored record with what was saved, exactly except for
// clocks.
func assertRecord(t *testing.T, want, got journal.Record) {
	t.Helper()
	assert.WithinDuration(t, want.Since, got.Since, tick)
	assert.GreaterOrEqual(t, got.Age, time.Duration(0))
	assert.LessOrEqual(t, got.Lease, max(want.Lease, 0))
	assert.Equal(t, want.Lease > 0, got.Lease > 0, "a lease of %s, read as %s", want.Lease, got.Lease)
	assert.True(t, bytes.Equal(want.Sealed, got.Sealed), "sealed text")
	for _, r := range []*journal.Record{&want, &got} {
		r.Since, r.Age, r.Lease, r.Sealed = time.Time{}, 0, 0, nil
	}
	assert.Equal(t, want, got)
}

func ids(recs []journal.Record) []string {
	names := make([]string, 0, len(recs))
	for _, r := range recs {
		names = append(names, r.ID)
	}
	return names
}
