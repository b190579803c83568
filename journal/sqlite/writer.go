package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	driver "modernc.org/sqlite"

	"github.com/bardge/bardge-go/idem"
)

// writer is the one connection that writes, with its statements.
type writer struct {
	conn                    *sql.Conn
	committing              bool // what is written now may be on the disk
	begin, commit, rollback *sql.Stmt
	insert, update          *sql.Stmt
	adopt, sweep            *sql.Stmt
}

func newWriter(ctx context.Context, conn *sql.Conn) (*writer, error) {
	w := &writer{conn: conn}
	for _, s := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&w.begin, "BEGIN IMMEDIATE"},
		{&w.commit, "COMMIT"},
		{&w.rollback, "ROLLBACK"},
		{&w.insert, insertSQL},
		{&w.update, updateSQL},
		{&w.adopt, adoptSQL},
		{&w.sweep, sweepSQL},
	} {
		stmt, err := conn.PrepareContext(ctx, s.text) //nolint:sqlclosecheck // close does
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		*s.stmt = stmt
	}
	if err := w.watch(0); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// watch learns from SQLite when a commit begins. Any verdict but 0 makes a rollback
// of it.
func (w *writer) watch(verdict int32) error {
	return w.conn.Raw(func(conn any) error {
		hooks, ok := conn.(driver.HookRegisterer)
		if !ok {
			return errors.New("the driver does not tell of commits")
		}
		hooks.RegisterCommitHook(func() int32 {
			w.committing = true
			return verdict
		})
		return nil
	})
}

// close closes the statements, which would keep the file open, and the connection.
func (w *writer) close() error {
	var failed error
	for _, stmt := range []*sql.Stmt{w.begin, w.commit, w.rollback, w.insert, w.update, w.adopt, w.sweep} {
		if stmt != nil {
			failed = errors.Join(failed, stmt.Close())
		}
	}
	return errors.Join(failed, w.conn.Close())
}

// save is one Save inside a transaction. SQLite undoes a statement that breaks a
// constraint, and goes on with the transaction.
func (w *writer) save(ctx context.Context, rec idem.Record) (bool, error) {
	stmt := w.update
	if rec.Version == 0 {
		stmt = w.insert
	}
	done, err := stmt.ExecContext(ctx, values(rec, time.Now())...)
	if taken(err) {
		return false, idem.ErrResourceTaken
	}
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// adoptOpen is one Adopt inside a transaction.
func (w *writer) adoptOpen(
	ctx context.Context, owner string, lease time.Duration, after string, limit int,
) ([]idem.Record, error) {
	now := time.Now()
	rows, err := w.adopt.QueryContext(ctx, owner, now.Add(lease).UnixMicro(), now.UnixMicro(), after, limit)
	if err != nil {
		return nil, err
	}
	adopted, err := collect(rows, now)
	slices.SortFunc(adopted, byID) // SQLite returns them in no particular order
	return adopted, err
}

// transact runs the batch in one transaction, and gives each write its result.
func (w *writer) transact(ctx context.Context, batch []*write) {
	run := w.inTransaction
	if len(batch) == 1 {
		run = w.alone
	}
	err := run(ctx, func() error {
		for _, each := range batch {
			each.err = each.do(ctx)
			if each.err != nil && !errors.Is(each.err, idem.ErrResourceTaken) {
				return each.err
			}
		}
		return nil
	})
	for _, each := range batch {
		if err != nil {
			each.err = err
		}
		close(each.done)
	}
}

// inTransaction commits what f does. An error of the commit leaves it in doubt; an
// error before wraps idem.ErrNotCommitted.
func (w *writer) inTransaction(ctx context.Context, f func() error) error {
	w.committing = false
	err := eventually(func() error {
		_, err := w.begin.ExecContext(ctx)
		return err
	})
	if err != nil {
		return notWritten(err)
	}
	if err = f(); err == nil {
		_, err = w.commit.ExecContext(ctx)
	}
	if err != nil {
		w.undo(ctx)
	}
	return w.explain(err)
}

// alone is inTransaction for a single statement, which SQLite makes a transaction of
// its own: two statements less. One that found the file busy has left nothing behind.
func (w *writer) alone(_ context.Context, f func() error) error {
	w.committing = false
	return w.explain(eventually(f))
}

// explain tells an error of the commit from one before.
func (w *writer) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case w.committing:
		return failed(err)
	default:
		return notWritten(err)
	}
}

// undo ends the transaction. It fails only where SQLite has done so itself.
func (w *writer) undo(ctx context.Context) { _, _ = w.rollback.ExecContext(ctx) }
