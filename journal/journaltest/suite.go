// Package journaltest is the suite that every [journal.Journal] must pass. Each
// case is named after the rule that it proves; package journal lists them.
package journaltest

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Backend describes one kind of journal to the suite.
type Backend struct {
	// Within runs f with a new, empty store. If the store uses the process's
	// clock, f runs in a testing/synctest bubble, so that time costs nothing: f
	// starts no subtests, and uses the given t.
	Within func(t *testing.T, f func(t *testing.T, s Store))
	// Retention is how long the journal keeps settled records. Zero: for ever.
	Retention time.Duration
	// Faults name the failures that Store.Break can cause; nil: none.
	Faults []string
}

// Store holds the records of one case.
type Store struct {
	// Open opens a journal on the store, like a process that shares it with
	// others or follows them. The suite closes a journal that is an io.Closer,
	// sometimes twice.
	Open func() journal.Journal
	// Pass advances the store's clock.
	Pass func(time.Duration)
	// Break makes writes to the store fail in the named way until repair is
	// called. Nil where Backend.Faults is empty.
	Break func(fault string) (repair func())
	// Reserve reserves a record with the store's [journal.Reserver] in a
	// transaction of its own, and then commits it or rolls it back. Nil where
	// the store has none.
	Reserve func(rec journal.Record, commit bool) (stored journal.Record, reserved bool, err error)
}

// Run runs the suite, one subtest for each case. A case of an optional
// interface ([journal.Reader], [journal.Waiter], [journal.Reserver],
// [journal.Resealer]) is skipped, with the reason, where the journal does not implement it.
func Run(t *testing.T, b Backend) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			b.Within(t, func(t *testing.T, s Store) { c.run(&bench{t: t, Store: s, retention: b.Retention}) })
		})
	}
	for _, fault := range b.Faults {
		t.Run("J1_a failed write reports the truth: "+fault, func(t *testing.T) {
			b.Within(t, func(t *testing.T, s Store) { failedWrite(&bench{t: t, Store: s}, fault) })
		})
		t.Run("J12_a failed binding is reported truly: "+fault, func(t *testing.T) {
			b.Within(t, func(t *testing.T, s Store) { failedBind(&bench{t: t, Store: s}, fault) })
		})
		t.Run("J15_a failed adoption keeps the records: "+fault, func(t *testing.T) {
			b.Within(t, func(t *testing.T, s Store) { failedAdopt(&bench{t: t, Store: s}, fault) })
		})
	}
}

type testCase struct {
	name string
	run  func(*bench)
}

func cases() []testCase {
	var all []testCase
	for _, part := range [][]testCase{
		contractCases, resourceCases, adoptCases, dueCases, concurrencyCases, timeCases, bindCases,
		listCases, waitCases, reserveCases, resealCases,
	} {
		all = append(all, part...)
	}
	return all
}

// bench is the environment of one case.
type bench struct {
	Store
	t         *testing.T
	retention time.Duration
}

func (b *bench) open() journal.Journal {
	j := b.Open()
	b.t.Cleanup(func() { b.close(j) })
	return j
}

func (b *bench) close(j journal.Journal) {
	if c, ok := j.(io.Closer); ok {
		require.NoError(b.t, c.Close())
	}
}

// reopen closes a journal and opens the store again.
func (b *bench) reopen(j journal.Journal) journal.Journal {
	b.close(j)
	return b.open()
}

// save writes a record without conflicts, and returns it as stored.
func (b *bench) save(j journal.Journal, rec journal.Record) journal.Record {
	b.t.Helper()
	ok, err := j.Save(b.t.Context(), rec)
	require.NoError(b.t, err)
	require.True(b.t, ok, "%s at version %d", rec.ID, rec.Version)
	rec.Version++
	return rec
}

// load reads an existing record.
func (b *bench) load(j journal.Journal, id string) journal.Record {
	b.t.Helper()
	rec, ok, err := j.Load(b.t.Context(), id)
	require.NoError(b.t, err)
	require.True(b.t, ok, id)
	return rec
}

func (b *bench) has(j journal.Journal, id string) bool {
	b.t.Helper()
	_, ok, err := j.Load(b.t.Context(), id)
	require.NoError(b.t, err)
	return ok
}

func (b *bench) adopt(j journal.Journal, owner string, f journal.Filter) []journal.Record {
	b.t.Helper()
	recs, err := j.Adopt(b.t.Context(), owner, hold, f)
	require.NoError(b.t, err)
	return recs
}
