package postgres

import "strings"

// statements are the SQL of one journal.
type statements struct {
	load, inScope, insert, update, replace, adopt, sweep string
}

// Leases and ages are told by clock_timestamp(): a statement may wait for a row,
// and now() is the time before that wait.
const (
	columns = `id, version, generation, operation, key, since, clock_timestamp() - intent_at, owner,
		lease_until - clock_timestamp(), outcome, resource, scope, sealed`

	// durable is asked within each write, since the setting may change at any time:
	// where the commit could be lost the version is null, which the column refuses.
	durable = `current_setting('synchronous_commit') <> 'off'`
	next    = `CASE WHEN ` + durable + ` THEN $2::bigint + 1 END`

	load = `SELECT ` + columns + ` FROM {operations} WHERE id = $1`

	inScope = `SELECT ` + columns + ` FROM {operations}
		WHERE scope = $1 AND since BETWEEN $2 AND $3 AND outcome IN ('unknown', 'done')`

	// The parameters of all three writes are those of whole, which begin with progress.
	// $2 is the stored version, which an insert does not have.
	leaseUntil = `clock_timestamp() + $5::interval`
	settledAt  = `CASE WHEN $6::{outcome} <> 'unknown' THEN clock_timestamp() END`

	insert = `INSERT INTO {operations} (id, version, generation, owner, lease_until, outcome, resource, sealed,
			settled_at, operation, key, since, scope, intent_at)
		VALUES ($1, ` + next + `, $3, $4, ` + leaseUntil + `, $6, $7, $8,
			` + settledAt + `, $9, $10, $11, $12, clock_timestamp())
		ON CONFLICT (id) DO NOTHING`

	setProgress = `UPDATE {operations} SET
			version = ` + next + `, owner = $4, lease_until = ` + leaseUntil + `, outcome = $6,
			resource = $7, sealed = $8, settled_at = ` + settledAt

	// What an operation is stays the same for a generation (see idem.Record), and to
	// write that again costs time.
	update = setProgress + `
		WHERE id = $1 AND version = $2 AND generation = $3`

	// The next operation of the same name.
	replace = setProgress + `, generation = $3,
			operation = $9, key = $10, since = $11, scope = $12, intent_at = clock_timestamp()
		WHERE id = $1 AND version = $2 AND generation <> $3`

	// SKIP LOCKED: two callers share the open records instead of waiting for one
	// another. A record that was locked is looked at again before it is taken.
	adopt = `WITH orphans AS (
			SELECT id AS orphan FROM {operations}
			WHERE settled_at IS NULL AND (owner = '' OR lease_until <= clock_timestamp()) AND id > $3
			ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED
		), adopted AS (
			UPDATE {operations} AS o SET
				version = CASE WHEN ` + durable + ` THEN version + 1 END,
				owner = $1, lease_until = clock_timestamp() + $2::interval
			FROM orphans WHERE id = orphan
			RETURNING o.*
		)
		SELECT ` + columns + ` FROM adopted ORDER BY id`

	// What tells who made what (scope) stays for as long as an operation of that
	// time, give or take an hour, is open: see idem.Journal. An outage leaves many of
	// those, within few minutes. The array is made once; a subquery could be run again for
	// each row.
	sweep = `WITH unclear AS MATERIALIZED (
			SELECT DISTINCT date_trunc('minute', since) AS minute FROM {operations}
			WHERE settled_at IS NULL AND scope IS NOT NULL
		)
		DELETE FROM {operations} WHERE id = ANY (ARRAY (
			SELECT id FROM {operations} WHERE settled_at < now() - $1::interval AND (scope IS NULL OR NOT EXISTS (
				SELECT FROM unclear
				WHERE since >= minute - interval '60 minutes' AND since < minute + interval '61 minutes'))
			ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED))`
)

func statementsFor(schema string) statements {
	in := strings.NewReplacer(
		"{operations}", quote(schema, "operations"),
		"{outcome}", quote(schema, "outcome"),
	).Replace
	return statements{
		load: in(load), inScope: in(inScope), adopt: in(adopt),
		insert: in(insert), update: in(update), replace: in(replace), sweep: in(sweep),
	}
}
