package journaltest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/storetest"
	"github.com/bardge/bardge-go/journal"
)

// adoptCases: adoption of records that others have left open. dueCases have the
// order.
var adoptCases = []testCase{
	{"J3_only open records without a live lease are adopted", adoptWhich},
	{"J3_adopted records come as they are stored", adoptStored},
	{"J3_two never adopt the same record", adoptOnce},
	{"J7_an owner that was slow finds its claim gone", adoptGone},
}

func adoptWhich(b *bench) {
	j := b.Journal()
	b.Save(j, orphan("ref:without an owner"))
	b.Save(j, owned("ref:owned"))
	lapsed := owned("ref:lapsed")
	lapsed.Lease = 0
	b.Save(j, lapsed)
	for _, o := range []journal.Outcome{journal.OutcomeNotSent, journal.OutcomeRejected, journal.OutcomeDone} {
		b.Save(j, settled("ref:"+o.String(), o))
	}
	assert.ElementsMatch(b.t, []string{"ref:lapsed", "ref:without an owner"}, ids(b.adopt(j, "new", journal.Filter{})))
	assert.Empty(b.t, b.adopt(j, "newer", journal.Filter{}), "they are owned now")
}

func adoptStored(b *bench) {
	j := b.Journal()
	rec := b.Save(j, orphan("ref:1"))
	got := b.adopt(j, "new", journal.Filter{Limit: 1})
	require.Len(b.t, got, 1)
	rec.Version++
	rec.Owner, rec.Lease = "new", hold
	assertRecord(b.t, rec, got[0])
	assertRecord(b.t, rec, b.Load(j, rec.ID))

	got[0].Outcome, got[0].Owner, got[0].Lease = journal.OutcomeDone, "", 0
	b.Save(j, got[0])
}

func adoptOnce(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	const records = 40
	for i := range records {
		b.Save(journals[0], orphan(fmt.Sprintf("ref:%02d", i)))
	}
	got := storetest.Concurrently(8, func(i int) []string {
		var mine []string
		for {
			recs, err := journals[i%2].Adopt(b.t.Context(), fmt.Sprint("adopter ", i), hold, journal.Filter{Limit: 3})
			if !assert.NoError(b.t, err) || len(recs) == 0 {
				return mine
			}
			mine = append(mine, ids(recs)...)
		}
	})
	seen := map[string]int{}
	for i, mine := range got {
		for _, id := range mine {
			seen[id]++
			assert.Equal(b.t, fmt.Sprint("adopter ", i), b.Load(journals[0], id).Owner)
		}
	}
	assert.Len(b.t, seen, records, "each one is adopted")
	for id, times := range seen {
		assert.Equal(b.t, 1, times, id)
	}
}

func adoptGone(b *bench) {
	j := b.Journal()
	slow := b.Save(j, owned("ref:1"))
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{}))
	b.Pass(hold - time.Second)
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{}), "the lease has not run out")
	b.Pass(time.Second + 1)
	require.Equal(b.t, []string{"ref:1"}, ids(b.adopt(j, "new", journal.Filter{})))
	slow.Outcome, slow.Owner = journal.OutcomeNotSent, ""
	ok, err := j.Save(b.t.Context(), slow)
	require.NoError(b.t, err)
	assert.False(b.t, ok, "it settles nothing")
	assert.Equal(b.t, "new", b.Load(j, "ref:1").Owner)
}
