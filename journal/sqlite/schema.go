package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

const (
	applicationID = 0x69646a31 // "idj1"
	schemaVersion = 1          // the version of the tables, in user_version
	// compatibleFrom is the oldest version whose programs may use these tables.
	// A version that only adds tables, indexes, and columns with a default
	// keeps it. One that raises it renames the table operations, so that older
	// programs with an open file fail.
	compatibleFrom = 1
)

// openTurn plus a lease's end is an open record's turn, after all settled ones.
const openTurn = "4611686018427387904" // 1 << 62

// schema is version 1. One index on turn has the settled records in the order
// of their removal, then the open ones in the order in which they are due. They
// meet where the open ones begin, so that a call stays on one page.
const schema = `
CREATE TABLE operations (
	id          TEXT    NOT NULL PRIMARY KEY,
	version     INTEGER NOT NULL,
	generation  INTEGER NOT NULL,
	operation   TEXT    NOT NULL,
	key         TEXT    NOT NULL,
	since       INTEGER NOT NULL,
	owner       TEXT    NOT NULL,
	lease_until INTEGER NOT NULL,
	reserved    INTEGER NOT NULL,
	outcome     TEXT    NOT NULL,
	resource    TEXT    NOT NULL,
	scope       TEXT    NOT NULL,
	sealed      BLOB    NOT NULL,
	settled     INTEGER NOT NULL,
	turn        INTEGER NOT NULL GENERATED ALWAYS AS
		(CASE outcome WHEN 'unknown' THEN lease_until + ` + openTurn + ` ELSE settled END) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX operations_resource ON operations (resource) WHERE resource <> '';
CREATE INDEX operations_scope ON operations (scope, since) WHERE scope <> '';
CREATE INDEX operations_near ON operations (since) WHERE outcome = 'unknown' AND scope <> '';
CREATE INDEX operations_turn ON operations (turn, operation);
CREATE INDEX operations_free ON operations (id) WHERE outcome IN ('not sent', 'rejected');
CREATE TABLE journal (
	one             INTEGER PRIMARY KEY CHECK (one = 1),
	compatible_from INTEGER NOT NULL,
	binding         BLOB
) STRICT;
CREATE VIEW open_operations AS
	SELECT id, CASE WHEN id LIKE 'ref:%' THEN substr(id, 5) ELSE '' END AS ref, operation, key,
		strftime('%Y-%m-%dT%H:%M:%fZ', since / 1e6, 'unixepoch') AS since,
		owner, reserved,
		round(max(0, lease_until / 1e6 - (julianday('now') - 2440587.5) * 86400), 3) AS lease
	FROM operations WHERE turn >= ` + openTurn + `;
`

type format struct {
	version, compatibleFrom int // 0: the database is empty
}

// migrate makes the database a journal, if it is new and allowed.
func migrate(ctx context.Context, conn *sql.Conn, mustExist bool) error {
	f, err := formatOf(ctx, conn) // before anything of another program's is changed
	switch {
	case err != nil:
		return err
	case f.version == 0 && mustExist:
		return errEmpty
	}
	if err := useWAL(ctx, conn); err != nil || f.version > 0 {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err = create(ctx, conn)
	if err == nil {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, _ = conn.ExecContext(ctx, "ROLLBACK") // the first error tells more
	}
	return err
}

var errEmpty = refused("the file is empty, although a journal must exist")

func create(ctx context.Context, conn *sql.Conn) error {
	f, err := formatOf(ctx, conn)
	if err != nil || f.version > 0 {
		return err
	}
	_, err = conn.ExecContext(ctx, schema+fmt.Sprintf(
		"INSERT INTO journal (one, compatible_from) VALUES (1, %d); "+
			"PRAGMA application_id = %d; PRAGMA user_version = %d",
		compatibleFrom, applicationID, schemaVersion))
	return err
}

// formatOf refuses a file that is not a journal, and an incompatible later one.
func formatOf(ctx context.Context, conn *sql.Conn) (format, error) {
	var application, objects int
	var f format
	row := conn.QueryRowContext(ctx,
		`SELECT (SELECT application_id FROM pragma_application_id),
			(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`)
	switch err := row.Scan(&application, &f.version, &objects); {
	case err != nil:
		return format{}, err
	case application == 0 && f.version == 0 && objects == 0:
		return format{}, nil
	case application != applicationID || f.version < 1:
		return format{}, refused("the file is a database, and not a journal")
	}
	row = conn.QueryRowContext(ctx, "SELECT compatible_from FROM journal")
	if err := row.Scan(&f.compatibleFrom); err != nil {
		return format{}, err
	}
	if f.compatibleFrom > schemaVersion {
		return f, refused("the file was made by a later version of this package: its tables are version %d, "+
			"for programs of version %d or later, and known here is %d", f.version, f.compatibleFrom, schemaVersion)
	}
	return f, nil
}

// useWAL, stored in the file, lets readers and a writer work at the same time.
func useWAL(ctx context.Context, conn *sql.Conn) error {
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return refused("the file system does not allow SQLite's WAL mode")
	}
	return nil
}
