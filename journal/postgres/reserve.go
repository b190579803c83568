package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bardge/bardge-go/idem"
)

// InTx returns what records operations inside a transaction of the caller's on the
// journal's database, so that an operation's intent is committed together with rows
// of the caller's own, or not at all.
func (j *Journal) InTx(tx pgx.Tx) idem.Reserver { return reserver{tx: tx, sql: j.sql} }

// reserver records operations inside one transaction.
type reserver struct {
	tx  pgx.Tx
	sql statements
}

// Reserve writes the record with version 1, unless there is one with this id, and
// returns the one that is there.
func (r reserver) Reserve(ctx context.Context, rec idem.Record) (idem.Record, bool, error) {
	const tries = 3 // a record may be removed between the two statements
	for try := 1; ; try++ {
		tag, err := r.tx.Exec(ctx, r.sql.reserve, whole(rec)...)
		if err != nil {
			return idem.Record{}, false, explain("reserve", err, false)
		}
		if tag.RowsAffected() > 0 {
			rec.Version = 1
			return rec, true, nil
		}
		rows, _ := r.tx.Query(ctx, r.sql.load, rec.ID) // rows bring the error
		found, err := pgx.CollectRows(rows, scan)
		if err != nil {
			return idem.Record{}, false, explain("reserve", err, false)
		}
		if len(found) > 0 {
			return found[0], false, nil
		}
		if try == tries {
			return idem.Record{}, false, explain("reserve", errRemoved, false)
		}
	}
}
