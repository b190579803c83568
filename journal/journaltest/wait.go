package journaltest

import (
	"context"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// waitCases: a caller that waits for a record is woken, where the journal
// implements [journal.Waiter].
var waitCases = []testCase{
	{"J3_waiting ends at once if the version is another one", waitAtOnce},
	{"J3_waiting ends with the write of the record", waitWoken},
	{"J3_waiting ends with the caller's context", waitEnds},
}

func (b *bench) waiter(j journal.Journal) journal.Waiter {
	b.t.Helper()
	return optional[journal.Waiter](b, j)
}

// patient bounds the waiting of a failing test.
const patient = time.Minute

func waitAtOnce(b *bench) {
	j := b.Journal()
	w := b.waiter(j)
	rec := b.Save(j, owned("ref:1"))
	ctx, cancel := context.WithTimeout(b.t.Context(), patient)
	defer cancel()
	require.NoError(b.t, w.Wait(ctx, rec.ID, rec.Version-1))
	require.NoError(b.t, w.Wait(ctx, "ref:none", 1))
	assert.NoError(b.t, ctx.Err())
}

// waitWoken has waiters on the journal that writes and on another of the store,
// for existing records and one that does not exist yet.
func waitWoken(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	b.waiter(journals[0])
	old := b.Save(journals[0], owned("ref:old"))
	fresh := owned("ref:fresh")
	ctx, cancel := context.WithTimeout(b.t.Context(), patient)
	defer cancel()
	woken := make(chan int64)
	for i := range 8 {
		rec := []journal.Record{old, fresh}[i/2%2]
		j := journals[i%2]
		go func() {
			for version := rec.Version; version == rec.Version && ctx.Err() == nil; {
				assert.NoError(b.t, b.waiter(j).Wait(ctx, rec.ID, rec.Version))
				got, _, err := j.Load(ctx, rec.ID)
				assert.NoError(b.t, err)
				version = got.Version
			}
			woken <- rec.Version
		}()
	}
	b.Save(journals[0], fresh)
	old.Outcome, old.Owner, old.Lease = journal.OutcomeDone, "", 0
	b.Save(journals[0], old)
	for range 8 {
		<-woken
	}
	assert.NoError(b.t, ctx.Err())
}

func waitEnds(b *bench) {
	j := b.Journal()
	w := b.waiter(j)
	rec := b.Save(j, owned("ref:1"))
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			if err := w.Wait(ctx, rec.ID, rec.Version); err != nil {
				assert.ErrorIs(b.t, err, context.Canceled)
			}
		}
	}()
	cancel()
	<-ended
}
