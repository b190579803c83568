// Package durabletest runs the engine on a journal: the suite of the engine's
// promises that any backend must keep for it, and the benchmarks of durable
// calls. The tests of each backend run it beside package journaltest. Cases are
// named after the rules in docs/rules.md.
package durabletest

import (
	"bytes"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Store holds the records of one case.
type Store struct {
	// Open opens a journal on the store, like a process that shares it with
	// others or follows them. The suite closes a journal that is an io.Closer,
	// sometimes twice.
	Open func() journal.Journal
	// Pass advances the store's clock.
	Pass func(time.Duration)
	// Raw returns everything that is stored, as it is stored.
	Raw func() []byte
}

// Run runs the suite, one subtest for each case. within runs f with a fresh,
// empty store, in a testing/synctest bubble where the store uses the process's
// own clock.
func Run(t *testing.T, within func(t *testing.T, f func(t *testing.T, s Store))) {
	t.Helper()
	for _, cases := range [][]testCase{callCases, sealCases, accountCases, versionCases} {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				within(t, func(t *testing.T, s Store) { c.run(&fixture{t: t, Store: s}) })
			})
		}
	}
}

type testCase struct {
	name string
	run  func(*fixture)
}

// fixture is the store of one case, and its test.
type fixture struct {
	Store
	t *testing.T
}

// lease is how long a call holds its record.
const lease = 10 * time.Second

func (f *fixture) open() journal.Journal {
	j := f.Open()
	f.t.Cleanup(func() { f.close(j) })
	return j
}

func (f *fixture) close(j journal.Journal) {
	if c, ok := j.(io.Closer); ok {
		require.NoError(f.t, c.Close())
	}
}

// reopen closes a journal and opens the store again.
func (f *fixture) reopen(j journal.Journal) journal.Journal {
	f.close(j)
	return f.open()
}

// save writes a record at the stored version, and returns it as it is then.
func (f *fixture) save(j journal.Journal, rec journal.Record) journal.Record {
	f.t.Helper()
	ok, err := j.Save(f.t.Context(), rec)
	require.NoError(f.t, err)
	require.True(f.t, ok, "%s at version %d", rec.ID, rec.Version)
	rec.Version++
	return rec
}

// load reads a record that exists.
func (f *fixture) load(j journal.Journal, id string) journal.Record {
	f.t.Helper()
	rec, ok, err := j.Load(f.t.Context(), id)
	require.NoError(f.t, err)
	require.True(f.t, ok, id)
	return rec
}

// assertSame compares two readings of a record; age and lease change with time.
func (f *fixture) assertSame(want, got journal.Record) {
	f.t.Helper()
	assert.True(f.t, bytes.Equal(want.Sealed, got.Sealed), "sealed text")
	for _, r := range []*journal.Record{&want, &got} {
		r.Age, r.Lease, r.Sealed = 0, 0, nil
	}
	assert.Equal(f.t, want, got)
}

// callers is how many callers a concurrent case has.
const callers = 64

// concurrently calls f n times at once, and returns the results.
func concurrently[T any](n int, f func(i int) T) []T {
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
