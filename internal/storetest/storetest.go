// Package storetest holds what the suites of journals have in common: the
// journals and records of one test, and many callers at once.
package storetest

import (
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Fixture opens journals on the store of one test, and closes them at its end.
type Fixture struct {
	t    *testing.T
	open func() journal.Journal
}

// New returns the fixture of a store that open opens. A journal that is an
// io.Closer is closed, sometimes twice.
func New(t *testing.T, open func() journal.Journal) Fixture {
	t.Helper()
	return Fixture{t: t, open: open}
}

// Journal opens a journal.
func (f Fixture) Journal() journal.Journal {
	j := f.open()
	f.t.Cleanup(func() { f.close(j) })
	return j
}

// Reopen closes a journal and opens the store again.
func (f Fixture) Reopen(j journal.Journal) journal.Journal {
	f.close(j)
	return f.Journal()
}

func (f Fixture) close(j journal.Journal) {
	if c, ok := j.(io.Closer); ok {
		require.NoError(f.t, c.Close())
	}
}

// Save writes a record without conflicts, and returns it as stored.
func (f Fixture) Save(j journal.Journal, rec journal.Record) journal.Record {
	f.t.Helper()
	ok, err := j.Save(f.t.Context(), rec)
	require.NoError(f.t, err)
	require.True(f.t, ok, "%s at version %d", rec.ID, rec.Version)
	rec.Version++
	return rec
}

// Load reads a record that exists.
func (f Fixture) Load(j journal.Journal, id string) journal.Record {
	f.t.Helper()
	rec, ok, err := j.Load(f.t.Context(), id)
	require.NoError(f.t, err)
	require.True(f.t, ok, id)
	return rec
}

// Callers is how many callers a concurrent case has.
const Callers = 64

// Concurrently calls f n times at once, and returns the results.
func Concurrently[T any](n int, f func(i int) T) []T {
	results := make([]T, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			results[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return results
}
