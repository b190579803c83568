package sqlite

import (
	"database/sql"
	"math"
	"time"

	"github.com/bardge/bardge-go/idem"
)

const columns = `id, version, generation, operation, key, since, owner,
	lease_until, outcome, resource, scope, sealed`

const (
	loadSQL = `SELECT ` + columns + ` FROM operations WHERE id = ?`

	inScopeSQL = `SELECT ` + columns + ` FROM operations
		WHERE scope = ? AND scope <> '' AND since BETWEEN ? AND ? AND outcome IN ('unknown', 'done')`

	// notSettled stands for the time at which an open record will be settled.
	notSettled = "9223372036854775807"

	insertSQL = `INSERT INTO operations (` + columns + `, settled)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`

	updateSQL = `UPDATE operations SET version = ?2, generation = ?3, operation = ?4, key = ?5,
		since = ?6, owner = ?7, lease_until = ?8, outcome = ?9, resource = ?10, scope = ?11, sealed = ?12,
		settled = ?13
		WHERE id = ?1 AND version = ?2 - 1`

	adoptSQL = `UPDATE operations SET version = version + 1, owner = ?1, lease_until = ?2
		WHERE id IN (
			SELECT id FROM operations
			WHERE settled = ` + notSettled + ` AND id > ?4 AND (owner = '' OR lease_until <= ?3)
			ORDER BY id LIMIT ?5)
		RETURNING ` + columns
)

// values are what is stored of a record that is written now, in the order of the
// statements' numbers.
func values(rec idem.Record, now time.Time) []any {
	sealed := rec.Sealed
	if sealed == nil {
		sealed = []byte{} // nil would be NULL
	}
	settled := now.UnixMicro()
	if rec.Outcome == idem.OutcomeUnknown {
		settled = math.MaxInt64
	}
	return []any{
		rec.ID, rec.Version + 1, rec.Generation, rec.Operation, rec.Key, rec.Since.UnixMicro(), rec.Owner,
		now.Add(rec.Lease).UnixMicro(), rec.Outcome.String(), rec.Resource, rec.Scope, sealed, settled,
	}
}

// scan reads a row of the columns; now decides what is left of its lease.
func scan(row interface{ Scan(...any) error }, now time.Time) (idem.Record, error) {
	var rec idem.Record
	var since, leaseUntil int64
	var outcome string
	err := row.Scan(&rec.ID, &rec.Version, &rec.Generation, &rec.Operation, &rec.Key, &since,
		&rec.Owner, &leaseUntil, &outcome, &rec.Resource, &rec.Scope, &rec.Sealed)
	rec.Since = time.UnixMicro(since).UTC()
	rec.Lease = time.UnixMicro(leaseUntil).Sub(now)
	_ = rec.Outcome.UnmarshalText([]byte(outcome)) // what is not known stays unknown
	return rec, err
}

// collect reads all rows, and closes them.
func collect(rows *sql.Rows, now time.Time) ([]idem.Record, error) {
	defer func() { _ = rows.Close() }() // rows.Err tells what went wrong
	var all []idem.Record
	for rows.Next() {
		rec, err := scan(rows, now)
		if err != nil {
			return nil, err
		}
		all = append(all, rec)
	}
	return all, rows.Err()
}
