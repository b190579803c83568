package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// Reserver reserves operations inside the transaction tx, together with the
// caller's own rows. These must lie in the journal's file, and tx be of a
// *sql.DB that opened it with the driver "sqlite" (modernc.org/sqlite): another
// driver in the same process would break SQLite's locks, and a transaction over
// two attached files in WAL mode is not committed as a whole. Any synchronous
// setting will do: a power cut loses the transaction together with the
// reservation. Open the *sql.DB with psow=0 too, if the disk may destroy a
// sector that it was writing. Reserve fails if tx is of another file.
//
// A transaction blocks all other writes, so it should be short, and begin with
// BEGIN IMMEDIATE (_txlock=immediate). A call of the engine inside it fails
// after 5 s, since its own write waits for the transaction. Without a
// transaction, nil, nothing is recorded.
func (j *Journal) Reserver(tx *sql.Tx) journal.Reserver { return reserver{j, tx} }

type reserver struct {
	journal *Journal
	tx      *sql.Tx
}

// Reserve writes the record inside the transaction, with the next version, if
// the stored one has rec.Version (0: none), and returns the stored record.
func (r reserver) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	stored, reserved, err := r.reserve(ctx, rec)
	if err != nil {
		return journal.Record{}, false, failed(err)
	}
	return stored, reserved, nil
}

func (r reserver) reserve(ctx context.Context, rec journal.Record) (stored journal.Record, reserved bool, err error) {
	if err := r.checkFile(ctx); err != nil {
		return stored, false, err
	}
	text, now := insertSQL, time.Now()
	if rec.Version > 0 {
		text = updateSQL
	}
	done, err := r.tx.ExecContext(ctx, text, values(&rec, now)...)
	if err != nil {
		return stored, false, err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return stored, false, err
	}
	stored, err = scan(r.tx.QueryRowContext(ctx, loadSQL, rec.ID), now)
	if errors.Is(err, sql.ErrNoRows) {
		return journal.Record{}, false, nil // the version that was seen has been removed
	}
	return stored, n == 1, err
}

// BindWithin is the journal's Bind inside the transaction, which holds the file.
func (r reserver) BindWithin(ctx context.Context, from, to []byte) ([]byte, error) {
	stored, err := r.bind(ctx, from, to)
	if err != nil {
		return nil, failed(err)
	}
	return stored, nil
}

func (r reserver) bind(ctx context.Context, from, to []byte) (stored []byte, err error) {
	if err := r.checkFile(ctx); err != nil {
		return nil, err
	}
	if to != nil {
		if _, err := r.tx.ExecContext(ctx, bindSQL, nullable(from), to); err != nil {
			return nil, err
		}
	}
	err = r.tx.QueryRowContext(ctx, bindingSQL).Scan(&stored)
	return stored, err
}

func (r reserver) checkFile(ctx context.Context) error {
	switch {
	case r.tx == nil:
		return errNoTx
	case r.journal.group.readOnly:
		return errReadOnly
	}
	if err := r.journal.files.check(); err != nil {
		return err
	}
	var path string
	row := r.tx.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'")
	if err := row.Scan(&path); err != nil {
		return err
	}
	var own fileState
	if err := own.read(path); err != nil || !r.journal.files.isMain(&own) {
		return refused("the transaction is of another file")
	}
	return nil
}
