package journaltest

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/storetest"
	"github.com/bardge/bardge-go/journal"
)

// dueCases: when, and in which order, open records are adopted (J15).
var dueCases = []testCase{
	{"J15_records whose lease ended first are adopted first", dueOrder},
	{"J15_a record without an owner is due when its lease ends", dueLater},
	{"J15_a record that was passed over does not hold up the others", dueLast},
	{"J15_adopting takes the filter's operation, age and limit", dueFilter},
	{"J15_without a limit a hundred records are adopted", dueLimit},
	{"J15_each record goes to one of many concurrent adopters", dueConcurrent},
}

func dueOrder(b *bench) {
	j := b.Journal()
	for id, lease := range map[string]time.Duration{
		"ref:3": 5 * time.Second, "ref:1": time.Second, "ref:9": 7 * time.Second, "key:2": 3 * time.Second,
	} {
		rec := owned(id)
		rec.Lease = lease
		b.Save(j, rec)
	}
	b.Pass(6 * time.Second)
	assert.Equal(b.t, []string{"ref:1", "key:2"}, ids(b.adopt(j, "new", journal.Filter{Limit: 2})))
	assert.Equal(b.t, []string{"ref:3"}, ids(b.adopt(j, "new", journal.Filter{Limit: 2})))
	b.Pass(2 * time.Second)
	assert.Equal(b.t, []string{"ref:9"}, ids(b.adopt(j, "new", journal.Filter{})))
}

func dueLater(b *bench) {
	j := b.Journal()
	later := orphan("ref:later")
	later.Lease = time.Minute
	later = b.Save(j, later)
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{}), "its next look is later")
	assertRecord(b.t, later, b.Load(j, later.ID))
	b.Pass(time.Minute - hold)
	j = b.Reopen(j)
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{}))
	b.Pass(hold + time.Second)
	assert.Equal(b.t, []string{"ref:later"}, ids(b.adopt(j, "new", journal.Filter{})))

	waits := orphan("ref:waits")
	waits.Lease = time.Hour
	waits = b.Save(j, waits)
	waits.Lease = 0
	b.Save(j, waits)
	assert.Equal(b.t, []string{"ref:waits"}, ids(b.adopt(j, "new", journal.Filter{})), "a save may make it due at once")
}

func dueLast(b *bench) {
	j := b.Journal()
	for i := range 4 {
		b.Save(j, orphan(fmt.Sprint("ref:", i)))
	}
	seen := make([]string, 0, 4)
	for range 4 {
		got := b.adopt(j, "new", journal.Filter{Limit: 1})
		require.Len(b.t, got, 1)
		seen = append(seen, got[0].ID)
		got[0].Owner, got[0].Lease = "", time.Minute
		b.Save(j, got[0])
	}
	slices.Sort(seen)
	assert.Equal(b.t, []string{"ref:0", "ref:1", "ref:2", "ref:3"}, seen)
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{}))
}

func dueFilter(b *bench) {
	j := b.Journal()
	save := func(id, operation string) {
		rec := orphan(id)
		rec.Operation = operation
		b.Save(j, rec)
	}
	save("ref:1", "book")
	save("ref:2", "issuePass")
	save("ref:3", "book")
	b.Pass(time.Hour)
	save("ref:4", "book")
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{Operation: "boo"}))
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{OlderThan: 2 * time.Hour}))
	assert.Empty(b.t, b.adopt(j, "new", journal.Filter{Limit: -1}), "less than none is none")
	ignored := journal.Filter{State: journal.StateDone, After: "ref:9"}
	ignored.Operation, ignored.OlderThan, ignored.Limit = "book", time.Minute, 1
	first := ids(b.adopt(j, "new", ignored))
	require.Len(b.t, first, 1)
	second := ids(b.adopt(j, "new", ignored))
	assert.ElementsMatch(b.t, []string{"ref:1", "ref:3"}, append(first, second...))
	assert.Empty(b.t, b.adopt(j, "new", ignored))
	assert.ElementsMatch(b.t, []string{"ref:2", "ref:4"}, ids(b.adopt(j, "new", journal.Filter{})))
}

func dueLimit(b *bench) {
	j := b.Journal()
	const more = 3
	storetest.Concurrently(journal.DefaultLimit+more, func(i int) bool {
		ok, err := j.Save(b.t.Context(), orphan(fmt.Sprintf("ref:%03d", i)))
		assert.NoError(b.t, err)
		return ok
	})
	assert.Len(b.t, b.adopt(j, "new", journal.Filter{}), journal.DefaultLimit)
	assert.Len(b.t, b.adopt(j, "new", journal.Filter{}), more)
}

func dueConcurrent(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	const records = 60
	for i := range records {
		rec := orphan(fmt.Sprintf("ref:%02d", i))
		rec.Operation = []string{"book", "issuePass"}[i%2]
		b.Save(journals[0], rec)
	}
	got := storetest.Concurrently(8, func(i int) []string {
		f := journal.Filter{Limit: 4, Operation: []string{"book", "issuePass", "", ""}[i%4]}
		var mine []string
		for {
			recs, err := journals[i%2].Adopt(b.t.Context(), fmt.Sprint("adopter ", i), hold, f)
			if !assert.NoError(b.t, err) || len(recs) == 0 {
				return mine
			}
			mine = append(mine, ids(recs)...)
		}
	})
	all := slices.Sorted(slices.Values(slices.Concat(got...)))
	assert.Len(b.t, all, records)
	assert.Len(b.t, slices.Compact(all), records)
}

// failedAdopt: records that a failed adoption has taken become due when its
// lease ends, and the rest is due as before.
func failedAdopt(b *bench, fault string) {
	j := b.Journal()
	b.Save(j, orphan("ref:1"))
	b.Save(j, orphan("ref:2"))
	repair := b.Break(fault)
	recs, err := j.Adopt(b.t.Context(), "new", hold, journal.Filter{})
	repair()
	require.Error(b.t, err)
	assert.Empty(b.t, recs)
	b.Pass(hold + time.Second)
	assert.ElementsMatch(b.t, []string{"ref:1", "ref:2"}, ids(b.adopt(j, "newer", journal.Filter{})))
}
