package postgres

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// sessionRows release their session when they are closed.
type sessionRows struct {
	pgx.Rows

	session *session
	release sync.Once
}

// Close closes the rows. It may be called again.
func (r *sessionRows) Close() {
	r.Rows.Close()
	r.release.Do(func() {
		r.session.noticed(r.Err())
		r.session.Release()
	})
}

// Next advances to the next row, and closes the rows after the last one.
func (r *sessionRows) Next() bool {
	next := r.Rows.Next()
	if !next {
		r.Close()
	}
	return next
}

type singleRow struct{ rows pgx.Rows }

// Scan reads the row, or returns pgx.ErrNoRows.
func (r singleRow) Scan(dest ...any) error {
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// noRows are the rows of a statement that did not run.
type noRows struct {
	pgx.Rows // nil: no other method is called

	err error
}

func (noRows) Close()                        {}
func (r noRows) Err() error                  { return r.err }
func (noRows) CommandTag() pgconn.CommandTag { return pgconn.CommandTag{} }
func (noRows) Next() bool                    { return false }
func (r noRows) Scan(...any) error           { return r.err }

// sessionTx is a transaction that releases its session when it ends. Its
// statements run in the database's mode.
type sessionTx struct {
	pgx.Tx

	session *session
	release sync.Once
}

func (t *sessionTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.Tx.Exec(ctx, sql, t.session.db.args(args)...)
}

func (t *sessionTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.Tx.Query(ctx, sql, t.session.db.args(args)...)
}

func (t *sessionTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.Tx.QueryRow(ctx, sql, t.session.db.args(args)...)
}

func (t *sessionTx) Commit(ctx context.Context) error {
	defer t.end()
	return t.Tx.Commit(ctx)
}

// Rollback undoes the transaction, unless it has ended.
func (t *sessionTx) Rollback(ctx context.Context) error {
	defer t.end()
	return t.Tx.Rollback(ctx)
}

func (t *sessionTx) end() { t.release.Do(t.session.Release) }
