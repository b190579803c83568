// Package durabletest runs the engine on a journal: the suite of the engine's
// promises that any backend must keep for it, and the benchmarks of durable
// calls. The tests of each backend run it beside package journaltest. Cases are
// named after the rules in docs/rules.md.
package durabletest

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/storetest"
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
				within(t, func(t *testing.T, s Store) {
					c.run(&fixture{Store: s, Fixture: storetest.New(t, s.Open), t: t})
				})
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
	storetest.Fixture
	t *testing.T
}

// lease is how long a call holds its record.
const lease = 10 * time.Second

// assertSame compares two readings of a record; age and lease change with time.
func (f *fixture) assertSame(want, got journal.Record) {
	f.t.Helper()
	assert.True(f.t, bytes.Equal(want.Sealed, got.Sealed), "sealed text")
	for _, r := range []*journal.Record{&want, &got} {
		r.Age, r.Lease, r.Sealed = 0, 0, nil
	}
	assert.Equal(f.t, want, got)
}
