package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bardge/bardge-go/journal"
)

// Migrate creates or updates the journal's schema, as Open does, for programs
// that lack the rights. Of the options only WithSchema has an effect. Programs
// of the previous version go on with the new schema, and can be rolled back to,
// unless their Open fails.
func Migrate(ctx context.Context, dsn string, opts ...Option) error {
	s, err := newSettings(opts)
	if err != nil {
		return err
	}
	conn, err := connectOnce(ctx, dsn, takesWrites)
	if err != nil {
		return explain("migrate", err, false)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is read no more
	if err := migrate(ctx, conn, s.schema); err != nil {
		return explain("migrate", err, false)
	}
	return nil
}

func prepareSchema(ctx context.Context, db schemaDB, s settings) error {
	needed := neededForAll
	switch {
	case s.readOnly:
		return checkReadable(ctx, db, s.schema)
	case s.retention == Forever:
		needed = neededToWrite
	}
	if err := checkRights(ctx, db, s.schema, needed); err != nil {
		return err
	}
	return migrate(ctx, db, s.schema)
}

type schemaDB interface {
	querier
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
}

// migrate updates the schema. Of several programs that start at the same time
// one migrates, and the others wait for it.
func migrate(ctx context.Context, db schemaDB, schema string) error {
	found, err := schemaVersion(ctx, db, schema)
	if err != nil {
		return err
	}
	if found.version >= len(migrations) {
		return found.usable() // the usual case: no lock, and no right to create needed
	}
	// Each statement must see the result of the lock's last owner.
	readCommitted := pgx.TxOptions{IsoLevel: pgx.ReadCommitted}
	err = pgx.BeginTxFunc(ctx, db, readCommitted, func(tx pgx.Tx) error {
		return migrateFrom(ctx, tx, schema)
	})
	if serverCause(stateOf(err)) == journal.CausePermission {
		return errMayNotMigrate
	}
	return err
}

func migrateFrom(ctx context.Context, tx pgx.Tx, schema string) error {
	if _, err := tx.Exec(ctx, lockSchema, schema); err != nil {
		return err
	}
	found, err := schemaVersion(ctx, tx, schema)
	if err != nil {
		return err
	}
	if found.version >= len(migrations) {
		return found.usable()
	}
	in := placeNames(schema)
	if found.version == 0 {
		if err := createSchema(ctx, tx, schema); err != nil {
			return err
		}
	}
	for _, m := range migrations[found.version:] {
		if _, err := tx.Exec(ctx, in(m.sql)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, in(recordVersion), m.version, m.compatibleFrom); err != nil {
			return err
		}
	}
	return nil
}

var errMayNotMigrate = &failure{
	text: "the schema is missing or too old, and the role may not change it: " +
		"use Migrate or SchemaSQL as an administrator, and GrantSQL for the role",
	causes: []error{&journal.Error{Cause: journal.CausePermission, Code: "SQLSTATE 42501"}},
}

// createSchema creates the schema, unless an administrator has done so.
func createSchema(ctx context.Context, tx pgx.Tx, schema string) error {
	var exists bool
	const find = `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)`
	if err := tx.QueryRow(ctx, find, schema).Scan(&exists); err != nil {
		return err
	}
	in := placeNames(schema)
	if !exists {
		if _, err := tx.Exec(ctx, in(makeSchema)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, in(makeMigrations))
	return err
}

// found is the schema's recorded version. Zero: it does not exist.
type found struct{ version, compatibleFrom int }

// usable refuses a schema with a migration that this program does not support.
func (f found) usable() error {
	if f.compatibleFrom <= len(migrations) {
		return nil
	}
	text := fmt.Sprintf(
		"the schema has version %d, which needs a program that knows version %d; this one knows up to %d",
		f.version, f.compatibleFrom, len(migrations))
	return refuse(text, journal.CauseOther)
}

// schemaVersion reads the catalog's tables: to_regclass may have cached, before
// the lock, that something was missing.
func schemaVersion(ctx context.Context, db querier, schema string) (found, error) {
	const find = `SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'migrations')`
	var exists bool
	var f found
	if err := db.QueryRow(ctx, find, schema).Scan(&exists); err != nil || !exists {
		return f, err
	}
	err := db.QueryRow(ctx, placeNames(schema)(readVersion)).Scan(&f.version, &f.compatibleFrom)
	return f, err
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func quote(name ...string) string { return pgx.Identifier(name).Sanitize() }
