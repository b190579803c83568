package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bardge/bardge-go/journal"
)

// Health is the result of [Check].
type Health struct {
	// Version is the version of the schema; CompatibleFrom the oldest one whose
	// programs may use it.
	Version, CompatibleFrom int
	// Latest is the version that this package makes.
	Latest int
	// Problems are descriptions of what is wrong: indexes that are missing or
	// not valid, and settings under which commits could be lost; empty: nothing
	// was found.
	Problems []string
}

// Check reports whether the schema of a journal can be used, and whether the
// server keeps what it acknowledges, by the settings of this DSN's role. The
// DSN is as in [Open]; of the options only WithSchema has an effect. It changes
// nothing, and a role that may read is enough (see [ReadOnly]). The error wraps
// journal.CauseCorrupt or [ErrNotDurable] if Health lists problems, and
// fs.ErrNotExist if there is no journal in the schema. ctx bounds the call.
func Check(ctx context.Context, dsn string, opts ...Option) (Health, error) {
	s, err := newSettings(opts)
	if err != nil {
		return Health{}, err
	}
	conn, err := connectOnce(ctx, dsn, isPrimary)
	if err != nil {
		return Health{}, explain("check", err, false)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is read no more
	h, err := check(ctx, conn, s.schema)
	if err != nil {
		return h, explain("check", err, false)
	}
	return h, nil
}

func check(ctx context.Context, conn *pgx.Conn, schema string) (Health, error) {
	h := Health{Latest: len(migrations)}
	if err := checkRights(ctx, conn, schema, neededToRead); err != nil {
		return h, err
	}
	found, err := schemaVersion(ctx, conn, schema)
	h.Version, h.CompatibleFrom = found.version, found.compatibleFrom
	switch {
	case err != nil:
		return h, err
	case found.version == 0:
		return h, errNoSchema
	case found.usable() != nil:
		return h, found.usable()
	}
	err = h.findProblems(ctx, conn, schema)
	return h, err
}

// findProblems lists the problems, and returns the error of the worst.
func (h *Health) findProblems(ctx context.Context, conn *pgx.Conn, schema string) error {
	rows, _ := conn.Query(ctx, brokenIndexes, schema) // rows bring the error
	broken, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range broken {
		h.Problems = append(h.Problems, "the index "+name+" is missing or not valid")
	}
	state, err := readState(ctx, conn)
	if err != nil {
		return err
	}
	if !state.isDurable() {
		h.Problems = append(h.Problems, ErrNotDurable.Error())
	}
	switch {
	case len(broken) > 0:
		return refuse("indexes are missing or not valid", journal.CauseCorrupt)
	case len(h.Problems) > 0:
		return ErrNotDurable
	default:
		return nil
	}
}

// brokenIndexes selects the indexes of version 1 that do not work: without the
// first two, two records could have one id or one resource.
const brokenIndexes = `SELECT w.name FROM (VALUES
		(1, 'operations_pkey'), (2, 'operations_resource'), (3, 'operations_scope'),
		(4, 'operations_due'), (5, 'operations_settled')
	) AS w (place, name)
	WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i
		JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
		JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = w.name::pg_catalog.name
			AND i.indisvalid AND i.indisready AND (i.indisunique OR w.place > 2))
	ORDER BY w.place`
