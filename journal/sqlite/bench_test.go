package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
)

// BenchmarkCalls compares durable calls with rows of the same size in a plain
// table, which one goroutine commits in groups of all that have arrived.
func BenchmarkCalls(b *testing.B) {
	durabletest.Measure(b, durabletest.Measured{
		Open: func(b *testing.B) journal.Journal {
			b.Helper()
			j, _ := newJournal(b)
			return j
		},
		Raw: func(b *testing.B, callers int) func(string, []byte) error {
			b.Helper()
			raw := openRaw(b, callers)
			return func(id string, data []byte) error {
				row := rawRow{id: id, data: data, done: make(chan error, 1)}
				raw.rows <- row
				return <-row.done
			}
		},
	})
}

type rawRow struct {
	id   string
	data []byte
	done chan error
}

type rawTable struct {
	db     *sql.DB
	insert *sql.Stmt
	rows   chan rawRow
}

func openRaw(b *testing.B, callers int) *rawTable {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	require.NoError(b, err)
	_, err = db.ExecContext(b.Context(), "CREATE TABLE t (id TEXT PRIMARY KEY, data BLOB)")
	require.NoError(b, err)
	insert, err := db.PrepareContext(b.Context(), "INSERT INTO t VALUES (?, ?)")
	require.NoError(b, err)
	raw := &rawTable{db: db, insert: insert, rows: make(chan rawRow, callers)}
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		raw.work()
	}()
	b.Cleanup(func() {
		close(raw.rows)
		<-worked
		require.NoError(b, insert.Close())
		require.NoError(b, db.Close())
	})
	return raw
}

func (r *rawTable) work() {
	for first := range r.rows {
		batch := []rawRow{first}
		for len(r.rows) > 0 {
			batch = append(batch, <-r.rows)
		}
		err := r.commit(batch)
		for _, row := range batch {
			row.done <- err
		}
	}
}

func (r *rawTable) commit(batch []rawRow) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	stmt := tx.Stmt(r.insert) //nolint:sqlclosecheck // it is closed with its transaction
	for _, row := range batch {
		if _, err := stmt.Exec(row.id, row.data); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// BenchmarkRecover is a full Recover of open records past their window;
// -open-records sets how many, -recovery-processes by how many processes.
func BenchmarkRecover(b *testing.B) {
	durabletest.MeasureRecovery(b, durabletest.Recoverable{
		Make: func(b *testing.B) string {
			b.Helper()
			return filepath.Join(b.TempDir(), "journal.db")
		},
		Open: func(b *testing.B, place string) journal.Journal {
			b.Helper()
			return openJournal(b, place)
		},
	})
}

// BenchmarkSizes measures a journal that holds many records; -records is how
// many.
func BenchmarkSizes(b *testing.B) {
	durabletest.MeasureSizes(b, func(b *testing.B) durabletest.Sized {
		b.Helper()
		j, path := newJournal(b)
		return durabletest.Sized{
			Journal: j,
			Bytes:   func() int64 { return j.Bytes(b) },
			Expire: func() {
				_, err := tool(b, path).ExecContext(b.Context(),
					"UPDATE operations SET settled = settled - 40 * 86400000000 WHERE outcome <> 'unknown'")
				require.NoError(b, err)
			},
			Sweep: func() error { return j.Sweep(b.Context()) },
		}
	})
}
