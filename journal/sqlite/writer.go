package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	driver "modernc.org/sqlite"

	"github.com/bardge/bardge-go/journal"
)

// writer is the one connection that writes, with its statements.
type writer struct {
	conn                    *sql.Conn
	files                   *identity
	committing              bool // what is written now may be on the disk
	begin, commit, rollback *sql.Stmt
	insert, progress        *sql.Stmt
	update                  *sql.Stmt // of a record's next generation, or first lease
	due, dueOf, adopt       *sql.Stmt
	bind, sweep, reseal     *sql.Stmt
}

func (w *writer) statements() map[**sql.Stmt]string {
	return map[**sql.Stmt]string{
		&w.begin:    "BEGIN IMMEDIATE",
		&w.commit:   "COMMIT",
		&w.rollback: "ROLLBACK",
		&w.insert:   insertSQL,
		&w.progress: progressSQL,
		&w.update:   updateSQL,
		&w.due:      dueSQL,
		&w.dueOf:    dueOfSQL,
		&w.adopt:    adoptSQL,
		&w.bind:     bindSQL,
		&w.sweep:    sweepSQL,
		&w.reseal:   resealSQL,
	}
}

func newWriter(ctx context.Context, conn *sql.Conn, files *identity) (*writer, error) {
	w := &writer{conn: conn, files: files}
	for stmt, text := range w.statements() {
		prepared, err := conn.PrepareContext(ctx, text) //nolint:sqlclosecheck // close does
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		*stmt = prepared
	}
	if err := w.watch(0); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// SQLite calls watch when a commit begins. Any verdict but 0 causes a rollback.
func (w *writer) watch(verdict int32) error {
	return w.conn.Raw(func(conn any) error {
		hooks, ok := conn.(driver.HookRegisterer)
		if !ok {
			return refused("the driver does not report commits")
		}
		hooks.RegisterCommitHook(func() int32 {
			w.committing = true
			return verdict
		})
		return nil
	})
}

// leaveFiles keeps SQLite from removing the -wal and -shm when it closes the
// file: it removes them by name, which may be another journal's by now.
func (w *writer) leaveFiles() error {
	return w.conn.Raw(func(conn any) error {
		control, ok := conn.(driver.FileControl)
		if !ok {
			return refused("the driver does not control files")
		}
		_, err := control.FileControlPersistWAL("main", 1)
		return err
	})
}

func (w *writer) close() error {
	var failed error
	for stmt := range w.statements() {
		if *stmt != nil {
			failed = errors.Join(failed, (*stmt).Close())
		}
	}
	return errors.Join(failed, w.conn.Close())
}

func (w *writer) save(ctx context.Context, rec *journal.Record) (bool, error) {
	now := time.Now()
	if rec.Version == 0 {
		return w.write(ctx, w.insert, values(rec, now))
	}
	saved, err := w.write(ctx, w.progress, progress(rec, now))
	if saved || err != nil {
		return saved, err
	}
	w.committing = false // it has changed nothing
	return w.write(ctx, w.update, values(rec, now))
}

// write reports whether the statement has written a row. SQLite undoes a
// statement that violates a constraint, and continues the transaction.
func (w *writer) write(ctx context.Context, stmt *sql.Stmt, values []any) (bool, error) {
	done, err := stmt.ExecContext(ctx, values...)
	if taken(err) {
		return false, journal.ErrResourceTaken
	}
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// adoptDue is one Adopt inside a transaction, of candidates alone unless nil.
func (w *writer) adoptDue(
	ctx context.Context, owner string, lease time.Duration, candidates []int64, limit int,
) ([]journal.Record, error) {
	now := time.Now()
	var due []int64
	var err error
	if candidates == nil {
		due, err = rowIDs(w.due.QueryContext(ctx, now.UnixMicro(), limit))
	} else {
		due, err = rowIDs(w.dueOf.QueryContext(ctx, now.UnixMicro(), jsonOf(candidates)))
	}
	if err != nil || len(due) == 0 {
		return nil, err
	}
	rows, err := w.adopt.QueryContext(ctx, owner, now.Add(lease).UnixMicro(), jsonOf(due))
	if err != nil {
		return nil, err
	}
	return collectIn(due, rows, now)
}

func (w *writer) bindTo(ctx context.Context, from, to []byte) error {
	_, err := w.bind.ExecContext(ctx, nullable(from), to)
	return err
}

func nullable(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

func jsonOf[T any](list []T) string {
	text, err := json.Marshal(list)
	if err != nil {
		return "[]" // never: they are numbers or strings
	}
	return string(text)
}

// transact runs the batch in one transaction, and gives each write its result.
// It reports false, without any change, if another process holds the file.
func (w *writer) transact(ctx context.Context, batch []*write) bool {
	run := w.inTransaction
	if len(batch) == 1 && !batch[0].whole {
		run = w.alone
	}
	results := make([]error, len(batch))
	err, locked := run(ctx, func() error {
		for i, each := range batch {
			results[i] = each.do(ctx)
			if results[i] != nil && !errors.Is(results[i], journal.ErrResourceTaken) {
				return results[i]
			}
		}
		return nil
	})
	if locked {
		return false
	}
	for i, each := range batch {
		if err != nil {
			results[i] = err
		}
		each.end(results[i])
	}
	return true
}

// inTransaction commits the result of f. An error of the commit leaves it in
// doubt; an error before it wraps journal.ErrNotCommitted. The commit counts
// only if the journal's files are not replaced before or after (J13).
//
//nolint:revive // an error first, as transact reads it
func (w *writer) inTransaction(ctx context.Context, f func() error) (err error, locked bool) {
	w.committing = false
	if _, err := w.begin.ExecContext(ctx); err != nil {
		return notWritten(err), busy(err)
	}
	err = f()
	if err == nil {
		err = w.files.check()
	}
	if err == nil {
		_, err = w.commit.ExecContext(ctx)
	}
	if err != nil {
		w.undo(ctx)
	} else {
		err = w.files.check()
	}
	return w.explain(err), false
}

// alone is inTransaction for a single statement, which SQLite makes its own
// transaction: two statements less. If the file is busy, nothing is left
// behind.
//
//nolint:revive // an error first, as transact reads it
func (w *writer) alone(_ context.Context, f func() error) (err error, locked bool) {
	w.committing = false
	if err := w.files.check(); err != nil {
		return notWritten(err), false
	}
	switch err = f(); {
	case err == nil:
		err = w.files.check()
	case busy(err) && !w.committing:
		return nil, true
	}
	return w.explain(err), false
}

// explain distinguishes an error of the commit from one before.
func (w *writer) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, journal.ErrResourceTaken):
		return journal.ErrResourceTaken
	case w.committing:
		return failed(err)
	default:
		return notWritten(err)
	}
}

// undo ends the transaction. It fails only where SQLite has ended it.
func (w *writer) undo(ctx context.Context) { _, _ = w.rollback.ExecContext(ctx) }
