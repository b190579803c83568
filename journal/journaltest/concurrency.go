package journaltest

import (
	"errors"
	"fmt"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/storetest"
	"github.com/bardge/bardge-go/journal"
)

// concurrencyCases: many storetest.Callers at once, over two journals on one store.
var concurrencyCases = []testCase{
	{"J3_of all who save one version one wins", oneWins},
	{"J3_of all who begin a ref one wins", oneBegins},
	{"J11_of all who claim a resource one gets it", oneGets},
	{"J1_each of many concurrent storetest.Callers gets its own result", ownAnswers},
}

func winners(saved []bool) []int {
	var won []int
	for i, ok := range saved {
		if ok {
			won = append(won, i)
		}
	}
	return won
}

func (b *bench) race(journals []journal.Journal, rec journal.Record) {
	b.t.Helper()
	won := winners(storetest.Concurrently(storetest.Callers, func(i int) bool {
		mine := rec
		mine.Owner, mine.Lease = fmt.Sprint("owner ", i), hold
		ok, err := journals[i%2].Save(b.t.Context(), mine)
		assert.NoError(b.t, err)
		return ok
	}))
	if assert.Len(b.t, won, 1) {
		stored := b.Load(journals[1-won[0]%2], rec.ID)
		assert.Equal(b.t, fmt.Sprint("owner ", won[0]), stored.Owner, "the other journal sees it")
		assert.Equal(b.t, rec.Version+1, stored.Version)
	}
}

func oneWins(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	rec := b.Save(journals[0], orphan("ref:1"))
	for range 5 {
		b.race(journals, rec)
		rec.Version++
	}
}

func oneBegins(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	for i := range 5 {
		b.race(journals, orphan(fmt.Sprint("ref:", i)))
	}
}

func oneGets(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	won := winners(storetest.Concurrently(storetest.Callers, func(i int) bool {
		ok, err := journals[i%2].Save(b.t.Context(), made(fmt.Sprint("ref:", i), "booking/1"))
		if !ok {
			assert.ErrorIs(b.t, err, journal.ErrResourceTaken)
		}
		return ok
	}))
	assert.Len(b.t, won, 1)
	for i := range storetest.Callers {
		assert.Equal(b.t, i == won[0], b.has(journals[0], fmt.Sprint("ref:", i)))
	}
}

func ownAnswers(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	b.Save(journals[0], made("ref:first", "booking/1"))
	type answer struct{ saved, taken bool }
	got := storetest.Concurrently(storetest.Callers, func(i int) answer {
		rec := orphan(fmt.Sprint("ref:", i))
		switch i % 3 {
		case 1:
			rec.Version = 5
		case 2:
			rec.Resource = "booking/1"
		}
		ok, err := journals[i%2].Save(b.t.Context(), rec)
		taken := errors.Is(err, journal.ErrResourceTaken)
		if !taken {
			assert.NoError(b.t, err)
		}
		return answer{saved: ok, taken: taken}
	})
	for i, a := range got {
		assert.Equal(b.t, answer{saved: i%3 == 0, taken: i%3 == 2}, a, i)
		assert.Equal(b.t, i%3 == 0, b.has(journals[0], fmt.Sprint("ref:", i)))
	}
}
