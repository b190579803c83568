package postgres

import (
	"context"

	"github.com/bardge/bardge-go/journal"
)

// missingRights selects the rights that the role lacks on the existing parts of
// the schema; null if it lacks none. $2: those that it needs.
const missingRights = `SELECT
		pg_catalog.string_agg(r.need || ' on ' || r.name, ', ' ORDER BY r.need <> 'USAGE', r.name, r.need)
	FROM (
		SELECT 'USAGE' AS need, 'the schema' AS name
		FROM pg_catalog.pg_namespace AS n
		WHERE n.nspname = $1 AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
		UNION ALL
		SELECT w.need, w.name
		FROM (VALUES
			('migrations', 'SELECT'),
			('binding', 'SELECT'), ('binding', 'INSERT'), ('binding', 'UPDATE'),
			('operations', 'SELECT'), ('operations', 'INSERT'), ('operations', 'UPDATE'), ('operations', 'DELETE')
		) AS w (name, need)
		JOIN pg_catalog.pg_class AS c ON c.relname = w.name::pg_catalog.name
		JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND NOT pg_catalog.has_table_privilege(c.oid, w.need) AND w.need = ANY ($2)
	) AS r`

// The rights on tables that a journal needs. DELETE is for the removal of old
// records.
var (
	neededToRead  = []string{"SELECT"}
	neededToWrite = []string{"SELECT", "INSERT", "UPDATE"}
	neededForAll  = append(neededToWrite[:3:3], "DELETE")
)

// checkRights refuses a role without a right that the journal needs; otherwise
// the first write would fail, or, without DELETE, only the removal.
func checkRights(ctx context.Context, db querier, schema string, needed []string) error {
	var missing *string
	err := db.QueryRow(ctx, missingRights, schema, needed).Scan(&missing)
	switch {
	case err != nil:
		return err
	case missing == nil:
		return nil
	default:
		hint := " (see GrantSQL; without DELETE, the retention must be Forever)"
		if len(needed) == len(neededToRead) {
			hint = ""
		}
		return refuse("the role lacks "+*missing+hint, journal.CausePermission)
	}
}
