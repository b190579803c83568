package sqlite

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	"github.com/bardge/bardge-go/journal"
)

const columns = `id, version, generation, operation, key, since, owner,
	lease_until, reserved, outcome, resource, scope, sealed`

const (
	loadSQL = `SELECT ` + columns + ` FROM operations WHERE id = ?`

	inScopeSQL = `SELECT ` + columns + ` FROM operations
		WHERE scope = ? AND scope <> '' AND since BETWEEN ? AND ?
		AND outcome IN ('unknown', 'done') AND NOT (reserved AND outcome = 'unknown')`

	insertSQL = `INSERT INTO operations (` + columns + `, settled)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`

	updateSQL = `UPDATE operations SET version = ?2, generation = ?3, operation = ?4, key = ?5,
		since = ?6, owner = ?7, lease_until = ?8, reserved = ?9, outcome = ?10, resource = ?11, scope = ?12,
		sealed = ?13, settled = ?14
		WHERE id = ?1 AND version = ?2 - 1`

	// Fixed fields stay the same for a generation (see journal.Record), so
	// their indexes are not touched. The parameters are progress's.
	progressSQL = `UPDATE operations SET version = ?2, owner = ?4, lease_until = ?5, outcome = ?6,
		resource = ?7, sealed = ?8, settled = ?9
		WHERE id = ?1 AND version = ?2 - 1 AND generation = ?3 AND reserved = ?10`

	// isDue: open, and the lease is over at ?1.
	isDue = `turn BETWEEN ` + openTurn + ` AND ?1 + ` + openTurn

	dueSQL   = `SELECT rowid FROM operations WHERE ` + isDue + ` ORDER BY turn LIMIT ?2`
	dueOfSQL = `SELECT rowid FROM operations
		WHERE rowid IN (SELECT value FROM json_each(?2)) AND ` + isDue + ` ORDER BY turn`
	// candidatesSQL is dueSQL with a filter, which may skip many records.
	candidatesSQL = `SELECT rowid FROM operations
		WHERE ` + isDue + ` AND (?3 = '' OR operation = ?3) AND since < ?4 ORDER BY turn LIMIT ?2`

	adoptSQL = `UPDATE operations SET version = version + 1, owner = ?1, lease_until = ?2
		WHERE rowid IN (SELECT value FROM json_each(?3)) RETURNING rowid, ` + columns

	resealSQL = `UPDATE operations SET sealed = ?3 WHERE id = ?1 AND version = ?2`

	bindSQL    = `UPDATE journal SET binding = ?2 WHERE binding IS ?1`
	bindingSQL = `SELECT binding FROM journal`
)

// values are a record's stored fields, in the order of the statements' numbers.
func values(rec *journal.Record, now time.Time) []any {
	return []any{
		rec.ID, rec.Version + 1, rec.Generation, rec.Operation, rec.Key, rec.Since.UnixMicro(), rec.Owner,
		now.Add(rec.Lease).UnixMicro(), rec.Reserved, rec.Outcome.String(), rec.Resource, rec.Scope,
		notNull(rec.Sealed), now.UnixMicro(),
	}
}

func progress(rec *journal.Record, now time.Time) []any {
	return []any{
		rec.ID, rec.Version + 1, rec.Generation, rec.Owner, now.Add(rec.Lease).UnixMicro(), rec.Outcome.String(),
		rec.Resource, notNull(rec.Sealed), now.UnixMicro(), rec.Reserved,
	}
}

// notNull makes nil bytes empty: nil would be NULL.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

type scanner interface{ Scan(into ...any) error }

// scan reads a row of the columns, after others; now determines a lease's rest.
func scan(row scanner, now time.Time, before ...any) (journal.Record, error) {
	var rec journal.Record
	var since, leaseUntil int64
	var outcome string
	err := row.Scan(append(before, &rec.ID, &rec.Version, &rec.Generation, &rec.Operation, &rec.Key, &since,
		&rec.Owner, &leaseUntil, &rec.Reserved, &outcome, &rec.Resource, &rec.Scope, &rec.Sealed)...)
	rec.Since = time.UnixMicro(since).UTC()
	rec.Lease = time.UnixMicro(leaseUntil).Sub(now)
	rec.Outcome, _ = journal.ParseOutcome(outcome) // what is not known stays unknown
	return rec, err
}

func collect(rows *sql.Rows, now time.Time) ([]journal.Record, error) {
	defer func() { _ = rows.Close() }() // rows.Err reports what went wrong
	var all []journal.Record
	for rows.Next() {
		rec, err := scan(rows, now)
		if err != nil {
			return nil, err
		}
		all = append(all, rec)
	}
	return all, rows.Err()
}

// collectIn is collect for rows that begin with a rowid, in the order of these.
func collectIn(order []int64, rows *sql.Rows, now time.Time) ([]journal.Record, error) {
	defer func() { _ = rows.Close() }() // rows.Err reports what went wrong
	type placed struct {
		place int
		rec   journal.Record
	}
	var all []placed
	for rows.Next() {
		var rowID int64
		rec, err := scan(rows, now, &rowID)
		if err != nil {
			return nil, err
		}
		all = append(all, placed{slices.Index(order, rowID), rec})
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	recs := make([]journal.Record, len(all))
	for i, p := range all {
		recs[i] = p.rec
	}
	return recs, rows.Err()
}

func rowIDs(rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err reports what went wrong
	all := []int64{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, rows.Err()
}
