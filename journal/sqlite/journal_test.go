package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
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
	tb.Cleanup(func() { require.NoError(tb, j.Close()) })
	return j
}

func newJournal(tb testing.TB, opts ...sqlite.Option) (j *sqlite.Journal, path string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "journal.db")
	return openJournal(tb, path, opts...), path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}

func orphans(tb testing.TB, path string, n int) {
	tb.Helper()
	at := time.Now().Add(-time.Hour).UnixMicro()
	_, err := tool(tb, path).ExecContext(tb.Context(), `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
		INSERT INTO operations (id, version, generation, operation, key, since, owner, lease_until, reserved, outcome,
			resource, scope, sealed, settled)
		SELECT printf('ref:open %07d', i * 7919 % ?1), 1, 1, 'issuePass', 'key ' || i, ?2, '', ?2 + i, 0, 'unknown', '',
			'', zeroblob(300), ?2 FROM n`, n, at)
	require.NoError(tb, err)
}

// Statements of calls, recoverers and sweeps read no more than they need.
func TestJ15_EachStatementUsesAnIndex(t *testing.T) {
	j, path := newJournal(t)
	orphans(t, path, 1000)
	for name, want := range map[string]string{
		"load":              "SEARCH operations USING INDEX sqlite_autoindex_operations_1 (id=?)",
		"load many":         "SEARCH operations USING INDEX sqlite_autoindex_operations_1 (id=?)",
		"due":               "SEARCH operations USING INDEX operations_turn (turn>? AND turn<?)",
		"due, filtered":     "SEARCH operations USING INDEX operations_turn (turn>? AND turn<?)",
		"due of candidates": "SEARCH operations USING INTEGER PRIMARY KEY (rowid=?)",
		"adopt":             "SEARCH operations USING INTEGER PRIMARY KEY (rowid=?)",
		"in scope":          "SEARCH operations USING INDEX operations_scope (scope=? AND since>? AND since<?)",
		"old":               "SEARCH old USING INDEX operations_turn",
		"sweep":             "SEARCH old USING INTEGER PRIMARY KEY (rowid=?)",
		"list":              "SEARCH operations USING INDEX sqlite_autoindex_operations_1 (id>?)",
		"list open":         "SEARCH operations USING INDEX operations_turn (turn>?)",
		"list reserved":     "SEARCH operations USING INDEX operations_turn (turn>?)",
		"list free":         "SEARCH operations USING INDEX operations_free (id>?)",
		"list many open":    "SEARCH operations USING INDEX sqlite_autoindex_operations_1 (id>?)",
		"pending":           "SEARCH operations USING INDEX operations_turn (turn>?)",
		"settled":           "INDEX operations_free",
	} {
		plan := strings.Join(j.Plan(t, name), "\n")
		assert.Contains(t, plan, want, name)
		assert.NotContains(t, plan, "SCAN old", name)
		if name != "settled" {
			assert.NotContains(t, plan, "SCAN operations", name)
		}
		if strings.HasPrefix(name, "due") && name != "due of candidates" {
			assert.NotContains(t, plan, "TEMP B-TREE", name)
		}
	}
}

// BenchmarkAdopt adopts one of many open records at a time.
func BenchmarkAdopt(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		for name, f := range map[string]journal.Filter{
			"all": {Limit: 1}, "filtered": {Limit: 1, Operation: "issuePass"}, "filtered in vain": {Limit: 1, Operation: "book"},
		} {
			b.Run(fmt.Sprintf("open=%d/%s", n, name), func(b *testing.B) {
				j, path := newJournal(b)
				orphans(b, path, n)
				for b.Loop() {
					_, err := j.Adopt(b.Context(), "owner", time.Hour, f)
					require.NoError(b, err)
				}
			})
		}
	}
}

// BenchmarkSweep writes while old records are examined, all of which are kept,
// and while as many are removed. The figure is the longest write.
func BenchmarkSweep(b *testing.B) {
	for _, kept := range []bool{true, false} {
		b.Run(fmt.Sprint("kept=", kept), func(b *testing.B) {
			j, path := newJournal(b)
			if kept {
				open := record("open")
				open.Since, open.Scope, open.Lease = time.Now().Add(-31*24*time.Hour), "ada/pilates", 0
				_, err := j.Save(b.Context(), open)
				require.NoError(b, err)
			}
			require.NoError(b, j.Close())
			fill(b, path, 300_000, 31*24*time.Hour)
			if kept {
				_, err := tool(b, path).ExecContext(b.Context(), "UPDATE operations SET scope = 'ada/yoga' WHERE scope = ''")
				require.NoError(b, err)
			}
			j = openJournal(b, path)
			var longest, total time.Duration
			var writes int
			for b.Loop() {
				begun := time.Now()
				_, err := j.Save(b.Context(), record(fmt.Sprint("new ", writes)))
				require.NoError(b, err)
				took := time.Since(begun)
				longest, total, writes = max(longest, took), total+took, writes+1
			}
			b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
			b.ReportMetric(float64(total.Microseconds())/1000/float64(writes), "ms-mean")
		})
	}
}
