package durabletest

import (
	"bytes"
	"context"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// versionCases: two programs share a store, and one of them writes payloads of
// a later version.
var versionCases = []testCase{
	{"J14_two versions of the payload work side by side", sideBySide},
}

// nextVersion is the journal of the newer program, which reads both versions.
// Without a secret, the version is the second byte of what is sealed.
type nextVersion struct{ journal.Journal }

const thisVersion = 1

func versioned(rec journal.Record, from, to byte) journal.Record {
	if len(rec.Sealed) > 1 && rec.Sealed[1] == from {
		rec.Sealed = bytes.Clone(rec.Sealed)
		rec.Sealed[1] = to
	}
	return rec
}

func (j nextVersion) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	rec, ok, err := j.Journal.Load(ctx, id)
	return versioned(rec, thisVersion+1, thisVersion), ok, err
}

func (j nextVersion) Save(ctx context.Context, rec journal.Record) (bool, error) {
	return j.Journal.Save(ctx, versioned(rec, thisVersion, thisVersion+1))
}

// sideBySide: each program handles its own refs. The older one neither sends
// nor changes what the newer one has begun, and releases it; the newer one
// finishes what either has begun.
func sideBySide(f *fixture) {
	s, j := f.serve(), f.Journal()
	older, newer := s.engine(j), s.engine(nextVersion{f.Journal()})
	begun := map[string]*idem.Engine{"order-1": older, "order-2": newer}
	for ref, e := range begun {
		s.loseNext(func() {})
		require.Equal(f.t, idem.OutcomeUnknown, e.Do(f.t.Context(), order(ref)).Outcome)
	}
	left := f.Load(j, "ref:order-2")

	r := older.Do(f.t.Context(), order("order-2"))
	require.ErrorIs(f.t, r.Err, idem.ErrJournalVersion)
	assert.Equal(f.t, idem.OutcomeUnknown, r.Outcome)
	with := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	outcomes := map[string]idem.Outcome{}
	for one, err := range older.Recover(f.t.Context(), with) {
		if one.Pending.Ref == "order-2" {
			require.ErrorIs(f.t, err, idem.ErrJournalVersion)
			continue
		}
		require.NoError(f.t, err)
		outcomes[one.Pending.Ref] = one.Result.Outcome
	}
	assert.Equal(f.t, map[string]idem.Outcome{"order-1": idem.OutcomeDone}, outcomes)
	now := f.Load(j, "ref:order-2")
	assert.Equal(f.t, left.Sealed, now.Sealed, "unchanged")
	assert.LessOrEqual(f.t, now.Lease, time.Duration(0), "and released")

	for ref := range begun {
		r := newer.Do(f.t.Context(), order(ref))
		require.NoError(f.t, r.Err)
		assert.Equal(f.t, ref == "order-1", r.FromJournal)
	}
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1, bodyOf("order-2"): 1})
}
