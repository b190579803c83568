package postgres

import (
	"fmt"
	"strings"
)

type statements struct {
	load, loadMany, list, inScope, stats           string
	insert                                         string
	update, updateAwaited, replace, replaceAwaited string
	adopt, adoptOperation                          string
	reserve, reserveNext                           string
	readBinding, writeBinding, reserveBinding      string
	sweep, reseal                                  string
}

// Names have their schema, since a search_path may lead to others.
//
// Leases and ages are measured by clock_timestamp(): a statement may wait for a
// row, and now() is the time before that wait. Conditions for an index need a
// value that is stable during a statement, which is slightly earlier.
const (
	clock  = `pg_catalog.clock_timestamp()`
	stable = `pg_catalog.statement_timestamp()`

	columns = `id, version, generation, operation, key, since, ` + clock + ` - intent_at, owner,
		lease_until - ` + clock + `, outcome, resource, scope, sealed, reserved`

	// {durable} is evaluated in each write, since the setting may change at any
	// time: if the commit could be lost, the column refuses the null.
	next = `CASE WHEN {durable} THEN $2::bigint + 1 END`

	notLost    = `pg_catalog.current_setting('synchronous_commit') <> 'off'`
	onAStandby = `pg_catalog.current_setting('synchronous_commit') NOT IN ('off', 'local')
		AND pg_catalog.current_setting('synchronous_standby_names') <> ''`

	// unlessAwaited prevents the write of a record that another process waits
	// for; see notify.go. It costs less than returning whether one does.
	unlessAwaited = ` AND pg_catalog.pg_try_advisory_xact_lock({class}, pg_catalog.hashtext(id))`

	load     = `SELECT ` + columns + ` FROM {operations} WHERE id = $1`
	loadMany = `SELECT ` + columns + ` FROM {operations} WHERE id = ANY ($1)`
	list     = `SELECT ` + columns + ` FROM {operations} WHERE id > $1`

	inScope = `SELECT ` + columns + ` FROM {operations}
		WHERE scope = $1 AND since BETWEEN $2 AND $3 AND outcome IN ('unknown', 'done') AND NOT reserved`

	// The three writes have the parameters of whole, which begin with progress.
	// $2 is the stored version, which an insert does not have.
	leaseUntil = clock + ` + $5::interval`
	settledAt  = `CASE WHEN $6::{outcome} <> 'unknown' THEN ` + clock + ` END`

	into = `INSERT INTO {operations} (id, version, generation, owner, lease_until, outcome, resource, sealed,
			reserved, settled_at, operation, key, since, scope, intent_at)
		VALUES ($1, `
	values = `, $3, $4, ` + leaseUntil + `, $6, $7, $8,
			$9, ` + settledAt + `, $10, $11, $12, $13, ` + clock + `)
		ON CONFLICT (id) DO NOTHING`

	// An insert waits for the end of a transaction that has inserted the same
	// id. If that is the caller's own (see InTx), it would wait for itself. The
	// setting ends with the statement, and costs no round trip.
	insert = into + `CASE WHEN pg_catalog.set_config('lock_timeout', '` + insertPatience + `', true) <> '' THEN ` +
		next + ` END` + values

	// A reservation is as durable as the caller's transaction.
	reserve = into + `$2::bigint + 1` + values

	setVersion  = `UPDATE {operations} SET version = `
	setProgress = `, owner = $4, lease_until = ` + leaseUntil + `, outcome = $6,
			resource = $7, sealed = $8, settled_at = ` + settledAt

	// The operation's fixed fields stay the same for a generation (see
	// journal.Record), and writing them again costs time.
	updateAwaited = setVersion + next + setProgress + `
		WHERE id = $1 AND version = $2 AND generation = $3 AND reserved = $9`
	update = updateAwaited + unlessAwaited

	// The next operation of the same name, or a reserved one's first lease.
	setIntent = `, generation = $3, reserved = $9,
			operation = $10, key = $11, since = $12, scope = $13, intent_at = ` + clock + `
		WHERE id = $1 AND version = $2 AND (generation <> $3 OR reserved <> $9)`
	replaceAwaited = setVersion + next + setProgress + setIntent
	replace        = replaceAwaited + unlessAwaited
	reserveNext    = setVersion + `$2::bigint + 1` + setProgress + setIntent

	// SKIP LOCKED: two callers share the open records without waiting. A record
	// that was locked is examined again.
	adoptDue = `WITH due AS MATERIALIZED (
			SELECT ARRAY (
				SELECT id FROM {operations}
				WHERE settled_at IS NULL AND lease_until <= ` + stable + `
					AND ($4::interval = '0' OR intent_at < ` + stable + ` - $4::interval)`
	adoptFirst = `
				ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED
			) AS ids
		), adopted AS (
			UPDATE {operations} AS o SET
				version = CASE WHEN {durable} THEN version + 1 END,
				owner = $1, lease_until = ` + clock + ` + $2::interval
			FROM due WHERE o.id = ANY (due.ids)
			RETURNING o.*, pg_catalog.array_position(due.ids, o.id) AS place
		)
		SELECT ` + columns + ` FROM adopted ORDER BY place`
	adopt          = adoptDue + adoptFirst
	adoptOperation = adoptDue + ` AND operation = $5` + adoptFirst

	// Both halves see the same moment.
	stats = `SELECT operation, outcome::pg_catalog.text, reserved,
			pg_catalog.width_bucket(age, $1::interval[]) AS class, pg_catalog.count(*), pg_catalog.max(age)
		FROM (SELECT operation, outcome, reserved, ` + stable + ` - intent_at AS age
			FROM {operations} WHERE settled_at IS NULL) AS pending
		GROUP BY operation, outcome, reserved, class
		UNION ALL
		SELECT '', outcome::pg_catalog.text, false, 0, pg_catalog.count(*), interval '0'
		FROM {operations} WHERE settled_at IS NOT NULL GROUP BY outcome`

	// The version is written, too, so that a commit which could be lost is
	// refused.
	reseal = `UPDATE {operations} SET version = CASE WHEN {durable} THEN version END, sealed = $3
		WHERE id = $1 AND version = $2`

	readBinding = `SELECT sealed FROM {binding}`

	// $1 is the expected binding, null if there is none.
	writeBinding   = intoBinding + `CASE WHEN {durable} THEN $2::bytea END` + ifExpected
	reserveBinding = intoBinding + `$2::bytea` + ifExpected

	intoBinding = `INSERT INTO {binding} AS b (sealed) SELECT `
	ifExpected  = `
		WHERE $1::bytea IS NULL OR EXISTS (SELECT FROM {binding})
		ON CONFLICT (single) DO UPDATE SET sealed = excluded.sealed WHERE b.sealed = $1::bytea`

	// A record that shows which operation made what (scope) stays while an
	// operation of that time, give or take an hour, is open: see
	// journal.Journal. An outage leaves many of those, within few minutes. The
	// array is made once; a subquery could run again for each row.
	sweep = `WITH unclear AS MATERIALIZED (
			SELECT DISTINCT pg_catalog.date_trunc('minute', since) AS minute FROM {operations}
			WHERE settled_at IS NULL AND scope IS NOT NULL
		)
		DELETE FROM {operations} WHERE id = ANY (ARRAY (
			SELECT id FROM {operations}
			WHERE settled_at < ` + stable + ` - $1::interval AND (scope IS NULL OR NOT EXISTS (
				SELECT FROM unclear
				WHERE since >= minute - interval '60 minutes' AND since < minute + interval '61 minutes'))
			ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED))`
)

// insertPatience is how long an insert waits for another transaction that has
// inserted the same id. Another process's commit takes less.
const insertPatience = "500ms"

// statementsFor: with synchronous, commits count only on a synchronous standby.
func statementsFor(schema string, synchronous bool) statements {
	durable := notLost
	if synchronous {
		durable = onAStandby
	}
	names := placeNames(schema)
	in := func(sql string) string { return names(strings.ReplaceAll(sql, "{durable}", durable)) }
	return statements{
		load: in(load), loadMany: in(loadMany), list: in(list), inScope: in(inScope), stats: in(stats),
		insert: in(insert),
		update: in(update), updateAwaited: in(updateAwaited), replace: in(replace), replaceAwaited: in(replaceAwaited),
		adopt: in(adopt), adoptOperation: in(adoptOperation),
		reserve: in(reserve), reserveNext: in(reserveNext),
		readBinding: in(readBinding), writeBinding: in(writeBinding), reserveBinding: in(reserveBinding),
		sweep: in(sweep), reseal: in(reseal),
	}
}

func placeNames(schema string, others ...string) func(sql string) string {
	return strings.NewReplacer(append(others,
		"{schema}", quote(schema),
		"{operations}", quote(schema, "operations"),
		"{open_operations}", quote(schema, "open_operations"),
		"{binding}", quote(schema, "binding"),
		"{migrations}", quote(schema, "migrations"),
		"{outcome}", quote(schema, "outcome"),
		"{class}", fmt.Sprint(lockClass(schema)),
	)...).Replace
}
