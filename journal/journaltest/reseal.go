package journaltest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// resealCases: what is sealed is replaced under the programs that use the
// journal, where it implements [journal.Resealer].
var resealCases = []testCase{
	{"J18_resealing replaces what is sealed and nothing else", resealOnly},
	{"J18_resealing finds its version or writes nothing", resealVersions},
	{"J18_an owner does not lose a record that is resealed", resealOwned},
	{"J18_resealing does not put off the removal", resealRemoved},
}

func (b *bench) resealer(j journal.Journal) journal.Resealer {
	b.t.Helper()
	return optional[journal.Resealer](b, j)
}

func (b *bench) reseal(j journal.Journal, rec journal.Record, sealed string) bool {
	b.t.Helper()
	ok, err := b.resealer(j).Reseal(b.t.Context(), rec.ID, rec.Version, []byte(sealed))
	require.NoError(b.t, err)
	return ok
}

func resealOnly(b *bench) {
	j := b.Journal()
	b.resealer(j)
	for _, id := range b.oneOfEach(j)[journal.StateAny] {
		want := b.Load(j, id)
		text := []byte("anew")
		ok, err := b.resealer(j).Reseal(b.t.Context(), id, want.Version, text)
		require.NoError(b.t, err)
		require.True(b.t, ok, id)
		copy(text, "lost") // it is the caller's
		want.Sealed = []byte("anew")
		assertRecord(b.t, want, b.Load(b.Journal(), id))
	}
}

func resealVersions(b *bench) {
	j := b.Journal()
	b.resealer(j)
	assert.False(b.t, b.reseal(j, journal.Record{ID: "ref:none", Version: 1}, "anew"))
	assert.False(b.t, b.reseal(j, journal.Record{ID: "ref:none"}, "anew"))
	assert.False(b.t, b.has(j, "ref:none"))
	old := b.Save(j, orphan("ref:1"))
	now := b.Save(j, old)
	assert.False(b.t, b.reseal(j, old, "anew"))
	assertRecord(b.t, now, b.Load(j, "ref:1"))
	assert.True(b.t, b.reseal(j, now, "anew"))
	assert.True(b.t, b.reseal(j, now, "once more"), "the version is the same")
	assert.Equal(b.t, "once more", string(b.Load(j, "ref:1").Sealed))
}

// resealOwned has an owner that writes, and others that reseal what it wrote.
// Each sealed text begins with the version that it belongs to.
func resealOwned(b *bench) {
	j := b.Journal()
	b.resealer(j)
	const id = "ref:1"
	rec := b.Save(j, owned(id))
	var others sync.WaitGroup
	over := make(chan struct{})
	for range 2 {
		other := b.Journal()
		others.Go(func() {
			for {
				stored, _, err := other.Load(b.t.Context(), id)
				assert.NoError(b.t, err)
				_, err = b.resealer(other).Reseal(b.t.Context(), id, stored.Version,
					fmt.Appendf(nil, "%.20s, resealed", stored.Sealed))
				assert.NoError(b.t, err)
				select {
				case <-over:
					return
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
	for range 50 {
		rec.Sealed = fmt.Appendf(nil, "of version %09d", rec.Version+1)
		rec = b.Save(j, rec)
	}
	close(over)
	others.Wait()
	got := b.Load(j, id)
	assert.Equal(b.t, rec.Version, got.Version)
	assert.Contains(b.t, string(got.Sealed), fmt.Sprintf("of version %09d", rec.Version))
}

func resealRemoved(b *bench) {
	j := b.Journal()
	b.resealer(j)
	if b.retention == 0 {
		b.t.Skip("the journal keeps settled records") //nolint:forbidigo // a retention is optional
	}
	rec := b.Save(j, settled("ref:1", journal.OutcomeDone))
	b.Pass(b.retention - time.Minute)
	assert.True(b.t, b.reseal(j, rec, "anew"))
	b.Pass(2 * time.Minute)
	j = b.Reopen(j)
	require.Eventually(b.t, func() bool {
		_, ok, err := j.Load(context.Background(), "ref:1")
		return err == nil && !ok
	}, 10*time.Second, time.Millisecond)
}
