package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	applicationID = 0x69646a31 // "idj1"
	schemaVersion = 1
)

// schema is what version 1 consists of. One index serves both those who look for
// open records and those who remove old settled ones. The open ones stand at its end,
// where the settled ones are added: a call stays on one of its pages.
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
	outcome     TEXT    NOT NULL,
	resource    TEXT    NOT NULL,
	scope       TEXT    NOT NULL,
	sealed      BLOB    NOT NULL,
	settled     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX operations_resource ON operations (resource) WHERE resource <> '';
CREATE INDEX operations_scope ON operations (scope, since) WHERE scope <> '';
CREATE INDEX operations_near ON operations (since) WHERE settled = ` + notSettled + ` AND scope <> '';
CREATE INDEX operations_settled ON operations (settled, id);
CREATE VIEW open_operations AS
	SELECT id, CASE WHEN id LIKE 'ref:%' THEN substr(id, 5) ELSE '' END AS ref, operation, key,
		strftime('%Y-%m-%dT%H:%M:%fZ', since / 1e6, 'unixepoch') AS since,
		owner,
		round(max(0, lease_until / 1e6 - (julianday('now') - 2440587.5) * 86400), 3) AS lease
	FROM operations WHERE settled = ` + notSettled + `;
`

// migrate makes the database a journal, if it is new.
func migrate(ctx context.Context, conn *sql.Conn) error {
	if _, err := versionOf(ctx, conn); err != nil {
		return err // before anything of somebody else's is touched
	}
	if err := useWAL(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := create(ctx, conn)
	if err == nil {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, _ = conn.ExecContext(ctx, "ROLLBACK") // the first error tells more
	}
	return err
}

// create makes what is missing, unless another process was quicker.
func create(ctx context.Context, conn *sql.Conn) error {
	version, err := versionOf(ctx, conn)
	if err != nil || version == schemaVersion {
		return err
	}
	_, err = conn.ExecContext(ctx, schema+
		fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, schemaVersion))
	return err
}

// versionOf returns the version of the tables, 0 for an empty database, and refuses
// what is not a journal or one of a later version.
func versionOf(ctx context.Context, conn *sql.Conn) (int, error) {
	var application, version, objects int
	row := conn.QueryRowContext(ctx,
		`SELECT (SELECT application_id FROM pragma_application_id),
			(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`)
	switch err := row.Scan(&application, &version, &objects); {
	case err != nil:
		return 0, err
	case application == 0 && version == 0 && objects == 0:
		return 0, nil
	case application != applicationID:
		return 0, errors.New("the file is a database, and not a journal")
	case version > schemaVersion:
		return 0, fmt.Errorf("the file was made by a later version of this package: "+
			"its tables are version %d, known here is %d", version, schemaVersion)
	}
	return version, nil
}

// useWAL lets readers and a writer work side by side. The file remembers it.
func useWAL(ctx context.Context, conn *sql.Conn) error {
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return errors.New("the file system does not allow SQLite's WAL mode")
	}
	return nil
}
