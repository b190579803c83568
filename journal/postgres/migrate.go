package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

// files are the migrations: the nth in the order of their names makes version n
// of the schema. A released one is never changed.
//
//go:embed migrations/*.sql
var files embed.FS

// migrate brings the schema up to date. Of several programs that start at the
// same time one does it, and the others wait for it.
func migrate(ctx context.Context, pool *database, schema string) error {
	names, err := fs.Glob(files, "migrations/*.sql") // in order
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, pool, schema)
	if err != nil {
		return err
	}
	if version == len(names) {
		return nil // the usual case: no lock, and no right to create needed
	}
	// Each statement must see what the last owner of the lock has done.
	readCommitted := pgx.TxOptions{IsoLevel: pgx.ReadCommitted}
	return pgx.BeginTxFunc(ctx, pool, readCommitted, func(tx pgx.Tx) error {
		return migrateFrom(ctx, tx, schema, names)
	})
}

func migrateFrom(ctx context.Context, tx pgx.Tx, schema string, names []string) error {
	const lock = `SELECT pg_advisory_xact_lock(hashtextextended('bardge journal ' || $1, 0))`
	if _, err := tx.Exec(ctx, lock, schema); err != nil {
		return err
	}
	version, err := schemaVersion(ctx, tx, schema)
	if err != nil {
		return err
	}
	if version > len(names) {
		text := fmt.Sprintf("the schema has version %d, this program knows up to %d", version, len(names))
		return &failure{text: text}
	}
	if version == 0 {
		if err := createSchema(ctx, tx, schema); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `SET LOCAL search_path TO `+quote(schema)); err != nil {
		return err
	}
	for i, name := range names[version:] {
		if err := apply(ctx, tx, version+i+1, name); err != nil {
			return err
		}
	}
	return nil
}

// createSchema makes the schema, unless an administrator has made it for a role
// that must not.
func createSchema(ctx context.Context, tx pgx.Tx, schema string) error {
	var exists bool
	const find = `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`
	if err := tx.QueryRow(ctx, find, schema).Scan(&exists); err != nil {
		return err
	}
	if !exists {
		if _, err := tx.Exec(ctx, `CREATE SCHEMA `+quote(schema)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `CREATE TABLE `+quote(schema, "migrations")+
		` (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`)
	return err
}

func apply(ctx context.Context, tx pgx.Tx, version int, name string) error {
	sql, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, string(sql)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO migrations (version) VALUES ($1)`, version)
	return err
}

// schemaVersion returns how many migrations the schema has seen. It asks the
// catalog's tables: to_regclass may remember from before the lock what was missing
// then.
func schemaVersion(ctx context.Context, db querier, schema string) (int, error) {
	const find = `SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'migrations')`
	var exists bool
	if err := db.QueryRow(ctx, find, schema).Scan(&exists); err != nil || !exists {
		return 0, err
	}
	var version int
	err := db.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM `+quote(schema, "migrations")).Scan(&version)
	return version, err
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// quote writes a name, with its schema before it, as SQL wants it.
func quote(name ...string) string { return pgx.Identifier(name).Sanitize() }
