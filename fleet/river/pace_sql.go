package riverbardge

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const lockPace = `SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('bardge pace', 0))`

// paceSQL are the statements on one schema's table.
type paceSQL struct{ exists, create, add, take, pause string }

// newPaceSQL names the table in the statements.
//
// The table is not logged: a reservation then waits for no disk, which lets one
// row do thousands of them a second. Rows are updated in place (HOT), since half
// of each page is free and no index has the columns.
func newPaceSQL(schema string) paceSQL {
	table := pgx.Identifier{"bardge_pace"}.Sanitize()
	if schema != "" {
		table = pgx.Identifier{schema, "bardge_pace"}.Sanitize()
	}
	place := strings.NewReplacer("{table}", table, "{literal}", "'"+strings.ReplaceAll(table, "'", "''")+"'").Replace
	return paceSQL{
		exists: place(`SELECT pg_catalog.to_regclass({literal}) IS NOT NULL`),
		create: place(`CREATE UNLOGGED TABLE IF NOT EXISTS {table} (
			name text PRIMARY KEY,
			slot timestamptz NOT NULL DEFAULT clock_timestamp(),
			next timestamptz NOT NULL DEFAULT clock_timestamp(),
			pause timestamptz NOT NULL DEFAULT clock_timestamp()
		) WITH (fillfactor = 50)`),
		add: place(`INSERT INTO {table} (name) VALUES ($1) ON CONFLICT DO NOTHING`),
		// A moment that is too late is shown, and not taken: next stays.
		take: place(`UPDATE {table} p SET
				slot = greatest(p.next, p.pause, c.now),
				next = CASE WHEN greatest(p.next, p.pause) <= c.now + $3::interval
					THEN greatest(p.next, p.pause, c.now) + $2::interval ELSE p.next END
			FROM (SELECT clock_timestamp() AS now) c
			WHERE p.name = $1
			RETURNING extract(epoch FROM p.slot - clock_timestamp())::float8, p.next > p.slot`),
		pause: place(`UPDATE {table} SET pause = greatest(pause, clock_timestamp() + $2::interval) WHERE name = $1`),
	}
}

// reserve takes a moment and those after it that last for d, if the wait for it
// is at most maxWait. It returns the wait.
func (q paceSQL) reserve(
	ctx context.Context, pool *pgxpool.Pool, name string, d, maxWait time.Duration,
) (wait time.Duration, granted bool, err error) {
	const tries = 3 // the row may be new, or lost with a crash of the server
	for range tries {
		var seconds float64
		err = pool.QueryRow(ctx, q.take, name, d, maxWait).Scan(&seconds, &granted)
		if err == nil {
			return time.Duration(seconds * float64(time.Second)), granted, nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return 0, false, err
		}
		if _, err := pool.Exec(ctx, q.add, name); err != nil {
			return 0, false, err
		}
	}
	return 0, false, err
}
