package sqlite_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
	"github.com/bardge/bardge-go/journal/sqlite"
)

func TestSuite(t *testing.T) {
	journaltest.Run(t, journaltest.Backend{
		Within: func(t *testing.T, f func(*testing.T, journaltest.Store)) {
			synctest.Test(t, func(t *testing.T) { f(t, newStore(t)) })
		},
		Retention: 30 * 24 * time.Hour,
		Faults:    sqlite.Faults,
	})
}

func TestSuite_DurableCalls(t *testing.T) {
	durabletest.Run(t, func(t *testing.T, f func(*testing.T, durabletest.Store)) {
		path := filepath.Join(t.TempDir(), "journal.db")
		synctest.Test(t, func(t *testing.T) {
			f(t, durabletest.Store{
				Open: func() journal.Journal { return openJournal(t, path) },
				Pass: time.Sleep,
				Raw:  func() []byte { return slices.Concat(read(t, path), read(t, path+"-wal")) },
			})
		})
	})
}

func newStore(t *testing.T) journaltest.Store {
	path := filepath.Join(t.TempDir(), "journal.db")
	var last *sqlite.Journal
	return journaltest.Store{
		Open: func() journal.Journal {
			last = openJournal(t, path)
			return last
		},
		Break: func(fault string) func() {
			repair, err := last.Break(fault)
			require.NoError(t, err)
			return repair
		},
		Pass: time.Sleep,
		Reserve: func(rec journal.Record, commit bool) (stored journal.Record, reserved bool, err error) {
			tx, err := tool(t, path).BeginTx(t.Context(), nil)
			require.NoError(t, err)
			stored, reserved, err = last.Reserver(tx).Reserve(t.Context(), rec)
			if !commit {
				require.NoError(t, tx.Rollback())
			} else {
				require.NoError(t, tx.Commit())
			}
			return stored, reserved, err
		},
	}
}

func openJournal(tb testing.TB, path string, opts ...sqlite.Option) *sqlite.Journal {
	tb.Helper()
	j, err := sqlite.Open(path, opts...)
	require.NoError(tb, err)
	return j
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}
