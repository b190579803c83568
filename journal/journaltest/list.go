package journaltest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/storetest"
	"github.com/bardge/bardge-go/journal"
)

// listCases: reading a journal without changing it (J17), where it implements
// [idem.JournalReader].
var listCases = []testCase{
	{"J17_a list has the states, in the order of ids", listStates},
	{"J17_a list is filtered by operation and age", listFilter},
	{"J17_pages of a list have each record once", listPages},
	{"J17_many records are loaded at once", loadMany},
	{"J17_stats count by state, operation and age", stats},
	{"J17_looking changes no record and takes no lease", lookOnly},
}

func (b *bench) reader(j journal.Journal) journal.Reader {
	b.t.Helper()
	return optional[journal.Reader](b, j)
}

// optional returns an interface that the journal may implement, or skips the
// case.
func optional[T any](b *bench, j journal.Journal) T {
	b.t.Helper()
	has, ok := j.(T)
	if !ok {
		b.t.Skipf("the journal implements no %v", reflect.TypeFor[T]()) //nolint:forbidigo // the interface is optional
	}
	return has
}

func (b *bench) list(j journal.Journal, f journal.Filter) []journal.Record {
	b.t.Helper()
	recs, err := b.reader(j).List(b.t.Context(), f)
	require.NoError(b.t, err)
	return recs
}

// reserved is a record that no call has begun to send.
func reserved(id string) journal.Record {
	rec := orphan(id)
	rec.Reserved = true
	return rec
}

// oneOfEach saves a record of each state, and an owned one, and returns their
// ids by state.
func (b *bench) oneOfEach(j journal.Journal) map[journal.State][]string {
	b.Save(j, settled("ref:b", journal.OutcomeRejected))
	b.Save(j, settled("ref:Z", journal.OutcomeNotSent))
	b.Save(j, settled("key:done", journal.OutcomeDone))
	b.Save(j, orphan("ref:a"))
	b.Save(j, owned("call:owned"))
	b.Save(j, reserved("ref:ä"))
	return map[journal.State][]string{
		journal.StateAny:      {"call:owned", "key:done", "ref:Z", "ref:a", "ref:b", "ref:ä"},
		journal.StateReserved: {"ref:ä"},
		journal.StateOpen:     {"call:owned", "ref:a"},
		journal.StateFree:     {"ref:Z", "ref:b"},
		journal.StateDone:     {"key:done"},
	}
}

func listStates(b *bench) {
	j := b.Journal()
	b.reader(j)
	assert.Empty(b.t, b.list(j, journal.Filter{}), "a new journal is empty")
	for state, want := range b.oneOfEach(j) {
		got := b.list(j, journal.Filter{State: state})
		assert.Equal(b.t, want, ids(got), state)
		for _, rec := range got {
			assertRecord(b.t, rec, b.Load(j, rec.ID))
		}
	}
}

func listFilter(b *bench) {
	j := b.Journal()
	b.reader(j)
	save := func(id, operation string) {
		rec := orphan(id)
		rec.Operation = operation
		b.Save(j, rec)
	}
	save("ref:1", "book")
	save("ref:2", "issuePass")
	b.Pass(time.Hour)
	save("ref:3", "book")
	for want, f := range map[string]journal.Filter{
		"[ref:1 ref:3]":       {Operation: "book"},
		"[]":                  {Operation: "boo"},
		"[ref:1 ref:2]":       {OlderThan: time.Minute},
		"[ref:1]":             {OlderThan: time.Minute, Operation: "book", State: journal.StateOpen},
		"[ref:3]":             {After: "ref:2"},
		"[ref:2]":             {After: "ref:1", Limit: 1},
		"[ref:1 ref:2 ref:3]": {Limit: journal.MaxLimit + 1},
	} {
		assert.Equal(b.t, want, fmt.Sprint(ids(b.list(j, f))), "%+v", f)
	}
	assert.Empty(b.t, b.list(j, journal.Filter{OlderThan: 2 * time.Hour}))
	assert.Empty(b.t, b.list(j, journal.Filter{Limit: -1}))
}

func listPages(b *bench) {
	j := b.Journal()
	b.reader(j)
	want := make([]string, journal.DefaultLimit+5)
	for i := range want {
		want[i] = fmt.Sprintf("ref:%03d", i)
	}
	storetest.Concurrently(len(want), func(i int) bool {
		ok, err := j.Save(b.t.Context(), orphan(want[i]))
		assert.NoError(b.t, err)
		return ok
	})
	for _, limit := range []int{0, 50} {
		var got []string
		f := journal.Filter{State: journal.StateOpen, Limit: limit}
		for page := b.list(j, f); len(page) > 0; page = b.list(j, f) {
			assert.LessOrEqual(b.t, len(page), f.Page())
			got = append(got, ids(page)...)
			f.After = got[len(got)-1]
		}
		assert.Equal(b.t, want, got)
	}
}

func loadMany(b *bench) {
	j := b.Journal()
	r := b.reader(j)
	b.oneOfEach(j)
	load := func(names ...string) []string {
		b.t.Helper()
		recs, err := r.LoadMany(b.t.Context(), names)
		require.NoError(b.t, err)
		for _, rec := range recs {
			assertRecord(b.t, rec, b.Load(j, rec.ID))
		}
		return slices.Sorted(slices.Values(ids(recs)))
	}
	assert.Empty(b.t, load())
	assert.Empty(b.t, load("ref:none", "a", ""))
	assert.Equal(b.t, []string{"key:done", "ref:a", "ref:ä"}, load("ref:ä", "ref:none", "ref:a", "key:done", "ref:a"))
	names := append(make([]string, 0, 2002), oddLetters, longest())
	for i := range 2000 {
		names = append(names, fmt.Sprint("ref:", i))
	}
	b.Save(j, orphan(names[0]))
	b.Save(j, orphan(names[1]))
	b.Save(j, orphan("ref:1999"))
	assert.ElementsMatch(b.t, append(names[:2:2], "ref:1999"), load(names...))
}

func stats(b *bench) {
	j := b.Journal()
	r := b.reader(j)
	read := func() journal.Stats {
		b.t.Helper()
		s, err := r.Stats(b.t.Context())
		require.NoError(b.t, err)
		return s
	}
	assert.Equal(b.t, journal.Stats{}, read(), "a new journal is empty")
	b.oneOfEach(j)
	b.Pass(20 * time.Hour)
	book, mine := reserved("ref:2"), owned("ref:1")
	book.Operation = "book"
	b.Save(j, book)
	b.Save(j, mine)
	b.Pass(3 * time.Minute)
	b.Save(j, orphan("ref:0"))

	got := read()
	assert.Equal(b.t, 2, got.Free)
	assert.Equal(b.t, 1, got.Done)
	require.Len(b.t, got.Pending, 2)
	for i, oldest := range []time.Duration{3 * time.Minute, 20*time.Hour + 3*time.Minute} {
		assert.GreaterOrEqual(b.t, got.Pending[i].Oldest, oldest)
		assert.Less(b.t, got.Pending[i].Oldest, oldest+time.Minute)
		got.Pending[i].Oldest = 0
	}
	assert.Equal(b.t, []journal.PendingStats{
		{Operation: "book", Reserved: 1, Ages: [...]int{0, 1, 0, 0, 0}},
		{Operation: "issuePass", Reserved: 1, Open: 4, Ages: [...]int{1, 1, 0, 3, 0}},
	}, got.Pending)
}

func lookOnly(b *bench) {
	j := b.Journal()
	r := b.reader(j)
	before := map[string]journal.Record{}
	for _, id := range b.oneOfEach(j)[journal.StateAny] {
		before[id] = b.Load(j, id)
	}
	for state := range journal.StateDone + 1 {
		b.list(j, journal.Filter{State: state})
	}
	_, err := r.Stats(b.t.Context())
	require.NoError(b.t, err)
	_, err = r.LoadMany(b.t.Context(), []string{"ref:a", "ref:ä"})
	require.NoError(b.t, err)
	for id, rec := range before {
		assertRecord(b.t, rec, b.Load(j, id))
	}
	assert.ElementsMatch(b.t, []string{"ref:a", "ref:ä"}, ids(b.adopt(j, "new", journal.Filter{})))
}
