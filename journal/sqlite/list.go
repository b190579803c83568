package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/bardge/bardge-go/journal"
)

const (
	selectSQL = `SELECT ` + columns + ` FROM operations `
	// openSQL names its index: the planner would scan all records.
	openSQL = selectSQL + `INDEXED BY operations_turn WHERE turn >= ` + openTurn
	// listFilter is the common part of the lists.
	listFilter = ` AND id > ?1 AND (?3 = '' OR operation = ?3) AND since < ?4 ORDER BY id LIMIT ?2`

	loadManySQL = selectSQL + `WHERE id IN (SELECT value FROM json_each(?))`

	fewOpen    = "10000" // how many open records are sorted for each page of a list
	areFewOpen = `SELECT count(*) < ` + fewOpen + ` FROM
		(SELECT 1 FROM operations WHERE turn >= ` + openTurn + ` LIMIT ` + fewOpen + `)`

	pendingSQL = `SELECT operation, reserved, ?1 - since FROM operations WHERE turn >= ` + openTurn
	settledSQL = `SELECT
		(SELECT count(*) FROM operations WHERE outcome IN ('not sent', 'rejected')),
		(SELECT count(*) FROM operations WHERE turn < ` + openTurn + `)`
)

// listSQL holds the queries by state: open and free records by an index.
var listSQL = map[journal.State]string{
	journal.StateAny:      selectSQL + `WHERE true` + listFilter,
	journal.StateReserved: openSQL + ` AND reserved` + listFilter,
	journal.StateOpen:     openSQL + ` AND NOT reserved` + listFilter,
	journal.StateFree:     selectSQL + `WHERE outcome IN ('not sent', 'rejected')` + listFilter,
	journal.StateDone:     selectSQL + `WHERE outcome = 'done'` + listFilter,
}

// listManySQL are the queries where many records are open.
var listManySQL = map[journal.State]string{
	journal.StateReserved: selectSQL + `WHERE outcome = 'unknown' AND reserved` + listFilter,
	journal.StateOpen:     selectSQL + `WHERE outcome = 'unknown' AND NOT reserved` + listFilter,
}

// List returns the records that match the filter, ordered by id.
func (j *Journal) List(ctx context.Context, f journal.Filter) ([]journal.Record, error) {
	text, known := listSQL[f.State]
	if !known {
		return nil, nil
	}
	if other := listManySQL[f.State]; other != "" {
		var few bool
		if err := j.afterReading(j.db.QueryRowContext(ctx, areFewOpen).Scan(&few)); err != nil {
			return nil, err
		}
		if !few {
			text = other
		}
	}
	return j.query(ctx, text, f.After, f.Page(), f.Operation, olderThan(f, time.Now()))
}

// LoadMany returns the records with these ids.
func (j *Journal) LoadMany(ctx context.Context, ids []string) ([]journal.Record, error) {
	return j.query(ctx, loadManySQL, jsonOf(ids))
}

// Stats counts the records. It reads each open one.
func (j *Journal) Stats(ctx context.Context) (journal.Stats, error) {
	s, err := j.stats(ctx)
	if err := j.afterReading(err); err != nil {
		return journal.Stats{}, err
	}
	return s, nil
}

func (j *Journal) stats(ctx context.Context) (journal.Stats, error) {
	tx, err := j.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return journal.Stats{}, err
	}
	defer func() { _ = tx.Rollback() }() // it has changed nothing
	var s journal.Stats
	if err := tx.QueryRowContext(ctx, settledSQL).Scan(&s.Free, &s.Done); err != nil {
		return s, err
	}
	s.Done -= s.Free
	rows, err := tx.QueryContext(ctx, pendingSQL+" ORDER BY operation", time.Now().UnixMicro())
	if err != nil {
		return s, err
	}
	s.Pending, err = countPending(rows)
	return s, err
}

func countPending(rows *sql.Rows) ([]journal.PendingStats, error) {
	defer func() { _ = rows.Close() }() // rows.Err reports what went wrong
	var all []journal.PendingStats
	for rows.Next() {
		var operation string
		var reserved bool
		var age int64
		if err := rows.Scan(&operation, &reserved, &age); err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].Operation != operation {
			all = append(all, journal.PendingStats{Operation: operation})
		}
		all[len(all)-1].Add(reserved, time.Duration(age)*time.Microsecond)
	}
	return all, rows.Err()
}
