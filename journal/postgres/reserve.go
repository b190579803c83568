package postgres

import (
	"context"
	"errors"
	"reflect"

	"github.com/jackc/pgx/v5"

	"github.com/bardge/bardge-go/journal"
)

// InTx records operations inside the caller's transaction (a transactional
// outbox): an operation's intent is committed together with the caller's own
// rows, or not at all. The transaction must be on the journal's database, with
// a role that has the journal's rights (see GrantSQL).
//
// A reservation is as durable as the transaction, even one that does not wait
// for its commit (synchronous_commit = off): the operation is sent only after a
// later commit, which includes it.
//
// The second of two transactions that reserve the same ref waits for the
// first's end, as long as its lock_timeout allows, and then finds the record.
// In read committed the transaction stays usable. In repeatable read and
// serializable it fails with SQLSTATE 40001 if the ref's record was written
// after its snapshot: repeat the whole transaction. Any other error also leaves
// the transaction unusable, except inside a rolled-back savepoint (tx.Begin).
//
// Until the transaction has ended, a call with the ref outside of it fails
// within a second with journal.CauseLocked and journal.ErrNotCommitted. The
// transaction must not wait for it. Without a transaction, nil, nothing is
// recorded.
func (j *Journal) InTx(tx pgx.Tx) journal.Reserver {
	if pointer := reflect.ValueOf(tx); pointer.Kind() == reflect.Pointer && pointer.IsNil() {
		tx = nil
	}
	return reserver{tx: tx, sql: j.sql, readOnly: j.readOnly}
}

var errNoTx = &failure{
	text:   "there is no transaction to record the operation in",
	causes: []error{&journal.Error{Cause: journal.CauseOther}, journal.ErrNotCommitted},
}

type reserver struct {
	tx       pgx.Tx
	sql      statements
	readOnly bool
}

// BindWithin is the journal's Bind inside the transaction: the pool may have no
// other connection. A binding is as durable as the reservation that needs it.
func (r reserver) BindWithin(ctx context.Context, from, to []byte) ([]byte, error) {
	if r.tx == nil {
		return nil, errNoTx
	}
	if to != nil {
		if r.readOnly {
			return nil, errReadOnly
		}
		if _, err := r.tx.Exec(ctx, r.sql.reserveBinding, bindingArgs(from, to)...); err != nil {
			return nil, explain("bind", err, false)
		}
	}
	var stored []byte
	err := r.tx.QueryRow(ctx, r.sql.readBinding, pgx.QueryExecModeDescribeExec).Scan(&stored)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, explain("bind", err, false)
	}
	return stored, nil
}

// Reserve writes the record inside the transaction, with the next version, if
// the stored one has rec.Version (0: none), and returns the stored record.
func (r reserver) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	switch {
	case r.tx == nil:
		return journal.Record{}, false, errNoTx
	case r.readOnly:
		return journal.Record{}, false, errReadOnly
	}
	sql := r.sql.reserve
	if rec.Version > 0 {
		sql = r.sql.reserveNext
	}
	const tries = 3 // a record may be removed between the two statements
	for range tries {
		tag, err := r.tx.Exec(ctx, sql, whole(rec)...)
		if err != nil {
			return journal.Record{}, false, explain("reserve", err, false)
		}
		if tag.RowsAffected() > 0 {
			rec.Version++
			return rec, true, nil
		}
		// As text, whatever the connection's mode, the row would depend on the
		// session's DateStyle and IntervalStyle.
		rows, _ := r.tx.Query(ctx, r.sql.load, pgx.QueryExecModeDescribeExec, rec.ID) // rows bring the error
		found, err := pgx.CollectRows(rows, scan)
		switch {
		case err != nil:
			return journal.Record{}, false, explain("reserve", err, false)
		case len(found) > 0:
			return found[0], false, nil
		case rec.Version > 0:
			return journal.Record{}, false, nil
		}
	}
	return journal.Record{}, false, explain("reserve", errRemoved, false)
}
