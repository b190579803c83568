// Package journaltest is the suite that every [journal.Journal] must pass. Each
// case is named after the rule that it proves; package journal lists them.
package journaltest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/storetest"
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
			b.Within(t, func(t *testing.T, s Store) { c.run(newBench(t, s, b.Retention)) })
		})
	}
	for _, fault := range b.Faults {
		t.Run("J1_a failed write reports the truth: "+fault, func(t *testing.T) {
			b.Within(t, func(t *testing.T, s Store) { failedWrite(newBench(t, s, 0), fault) })
		})
		t.Run("J12_a failed binding is reported truly: "+fault, func(t *testing.T) {
			b.Within(t, func(t *testing.T, s Store) { failedBind(newBench(t, s, 0), fault) })
		})
		t.Run("J15_a failed adoption keeps the records: "+fault, func(t *testing.T) {
			b.Within(t, func(t *testing.T, s Store) { failedAdopt(newBench(t, s, 0), fault) })
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
	storetest.Fixture
	t         *testing.T
	retention time.Duration
}

func newBench(t *testing.T, s Store, retention time.Duration) *bench {
	t.Helper()
	return &bench{Store: s, Fixture: storetest.New(t, s.Open), t: t, retention: retention}
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
