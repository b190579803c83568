package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	driver "modernc.org/sqlite"

	"github.com/bardge/bardge-go/journal"
)

// A script, of which only the first statement is checked before it runs, fails
// at once or after all.
const (
	failsAtOnce   = "SELECT 1; SELECT x FROM nowhere"
	failsAfterAll = "; SELECT x FROM nowhere"
)

// Faults name what Break can cause.
var Faults = []string{"it cannot begin", "the commit fails", "the commit's answer is lost"}

// Break makes the journal's transactions fail until repair is called: those of
// one write, and those of many.
func (j *Journal) Break(fault string) (repair func(), err error) {
	j.group.idle.Wait()
	whole := *j.writer
	switch fault {
	case Faults[0]:
		err = errors.Join(
			whole.replace(&j.writer.begin, failsAtOnce),
			whole.replace(&j.writer.insert, failsAtOnce), whole.replace(&j.writer.update, failsAtOnce),
			whole.replace(&j.writer.progress, failsAtOnce),
			whole.replace(&j.writer.bind, failsAtOnce),
		)
	case Faults[1]:
		err = j.writer.watch(1)
	default:
		err = errors.Join(
			whole.replace(&j.writer.commit, "COMMIT"+failsAfterAll),
			whole.replace(&j.writer.insert, insertSQL+failsAfterAll), whole.replace(&j.writer.update, updateSQL+failsAfterAll),
			whole.replace(&j.writer.progress, progressSQL+failsAfterAll),
			whole.replace(&j.writer.bind, bindSQL+failsAfterAll),
		)
	}
	return func() {
		j.group.idle.Wait()
		*j.writer = whole
		if err := j.writer.watch(0); err != nil {
			panic(err)
		}
	}, err
}

// BreakMany is Break for failures after the commit of several writes.
func (j *Journal) BreakMany(fault string) (repair func(), err error) {
	whole := *j.writer
	repair, err = j.Break(fault)
	j.writer.insert, j.writer.progress, j.writer.update = whole.insert, whole.progress, whole.update
	return repair, err
}

func (w *writer) replace(stmt **sql.Stmt, text string) (err error) {
	*stmt, err = w.conn.PrepareContext(context.Background(), text) //nolint:sqlclosecheck // the connection does
	return err
}

func (j *Journal) Exec(statement string) error {
	j.group.idle.Wait()
	_, err := j.writer.conn.ExecContext(context.Background(), statement)
	return err
}

// Pragma returns what the connection that writes is set to.
func (j *Journal) Pragma(tb testing.TB, name string) string {
	tb.Helper()
	var value string
	require.NoError(tb, j.writer.conn.QueryRowContext(tb.Context(), "PRAGMA "+name).Scan(&value))
	return value
}

// Hold stops the commits, each before its transaction begins, until resume is
// called.
func (j *Journal) Hold() (resume func()) {
	gate := make(chan struct{})
	commit := j.group.commit
	j.group.commit = func(batch []*write) bool {
		<-gate
		return commit(batch)
	}
	return func() { close(gate) }
}

func (j *Journal) CountCommits() (count func() int) {
	var n atomic.Int64
	commit := j.group.commit
	j.group.commit = func(batch []*write) bool {
		n.Add(1)
		return commit(batch)
	}
	return func() int { return int(n.Load()) }
}

func (j *Journal) Count(tb testing.TB) int {
	tb.Helper()
	var n int
	require.NoError(tb, j.db.QueryRowContext(tb.Context(), "SELECT count(*) FROM operations").Scan(&n))
	return n
}

func (j *Journal) OnCommit(f func()) error {
	j.group.idle.Wait()
	return j.writer.conn.Raw(func(conn any) error {
		conn.(driver.HookRegisterer).RegisterCommitHook(func() int32 {
			j.writer.committing = true
			f()
			return 0
		})
		return nil
	})
}

func (j *Journal) DropReaders() {
	j.db.SetMaxIdleConns(0)
	j.db.SetMaxIdleConns(readers + 2)
}

// Plan returns SQLite's plan for a statement of the package, by its name.
func (j *Journal) Plan(tb testing.TB, name string) []string {
	tb.Helper()
	text := map[string]string{
		"due": dueSQL, "due, filtered": candidatesSQL, "due of candidates": dueOfSQL, "adopt": adoptSQL, "load": loadSQL,
		"in scope": inScopeSQL, "old": examineSQL, "sweep": sweepSQL, "load many": loadManySQL,
		"list": listSQL[journal.StateAny], "list open": listSQL[journal.StateOpen], "list reserved": listSQL[journal.StateReserved],
		"list free": listSQL[journal.StateFree], "list many open": listManySQL[journal.StateOpen],
		"pending": pendingSQL, "settled": settledSQL,
	}[name]
	require.NotEmpty(tb, text)
	rows, err := j.db.QueryContext(tb.Context(), "EXPLAIN QUERY PLAN "+text, 1, 1, 1, 1)
	require.NoError(tb, err)
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(tb, rows.Scan(&id, &parent, &unused, &detail))
		plan = append(plan, detail)
	}
	require.NoError(tb, rows.Err())
	return plan
}

// Explain returns the journal's error for an error of SQLite or the system.
func Explain(err error) error { return failed(err) }

// CauseOf is the cause of a result code, with its name.
func CauseOf(code int) (cause journal.Cause, name string) { return causeOf(code), codeName(code) }

// Limits that the tests reach.
const (
	Examined       = examined
	MaxElapsedTime = patience
	OpenTurn       = openTurn
)

// Bytes is the size of the database, without the -wal.
func (j *Journal) Bytes(tb testing.TB) int64 {
	tb.Helper()
	var n int64
	require.NoError(tb, j.db.QueryRowContext(tb.Context(),
		"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&n))
	return n
}

// Sweep removes records older than the retention, now.
func (j *Journal) Sweep(ctx context.Context) error { return j.sweeper.sweep(ctx) }
