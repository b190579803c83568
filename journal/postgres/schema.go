package postgres

import (
	_ "embed" // the migrations' text
	"fmt"
	"strings"
)

// migration makes a version from the previous one. Released ones do not change.
//
// A program that knows compatibleFrom or a later version works with the schema,
// so that a deployment can be rolled back. A migration that adds what older
// programs neither read nor need to write (a column with a default, an index)
// keeps the number; any other raises it to its own version.
type migration struct {
	version, compatibleFrom int
	sql                     string
}

//go:embed migrations/001_operations.sql
var operationsSQL string

// migrations are all migrations: the nth makes version n.
var migrations = []migration{
	{version: 1, compatibleFrom: 1, sql: operationsSQL},
}

const (
	lockSchema = `SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('bardge journal ' || $1, 0))`

	makeSchema     = `CREATE SCHEMA {schema}`
	makeMigrations = `CREATE TABLE {migrations} (version integer PRIMARY KEY, compatible_from integer NOT NULL,
		applied_at timestamptz NOT NULL DEFAULT now())`

	recordVersion = `INSERT INTO {migrations} (version, compatible_from) VALUES ($1, $2)`
	readVersion   = `SELECT coalesce(pg_catalog.max(version), 0), coalesce(pg_catalog.max(compatible_from), 0)
		FROM {migrations}`
)

// SchemaSQL returns the SQL that creates the schema with this name, as Open
// does, for programs that lack the rights (see [GrantSQL]). It is one
// transaction, and fails if the tables exist. An empty name is the default one.
func SchemaSQL(schema string) string {
	var b strings.Builder
	b.WriteString("BEGIN;\nCREATE SCHEMA IF NOT EXISTS {schema};\n" + makeMigrations + ";\n\n")
	for _, m := range migrations {
		b.WriteString(m.sql + "\n")
		fmt.Fprintf(&b, "INSERT INTO {migrations} (version, compatible_from) VALUES (%d, %d);\n",
			m.version, m.compatibleFrom)
	}
	b.WriteString("COMMIT;\n")
	return placeNames(orDefault(schema))(b.String())
}

// GrantSQL returns the SQL that grants a role the rights that a journal in this
// schema needs. An empty name is the default one.
func GrantSQL(schema, role string) string {
	const grant = `GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT SELECT ON {migrations}, {open_operations} TO {role};
GRANT SELECT, INSERT, UPDATE ON {binding} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON {operations} TO {role};
`
	return placeNames(orDefault(schema), "{role}", quote(role))(grant)
}

func orDefault(schema string) string {
	if schema == "" {
		return defaultSchema
	}
	return schema
}
