package postgres

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bardge/bardge-go/journal"
)

// ReadOnly makes Open and New use an existing journal for reading alone: they
// create, migrate and remove nothing, and a role needs USAGE on the schema and
// SELECT on its tables, no more. Open's own sessions are read-only on the
// server too. The server must be a primary, since a standby lacks the latest
// records, but need not be durable. A schema that does not exist is an error
// that wraps fs.ErrNotExist. All writes fail with journal.CauseReadOnly and
// journal.ErrNotCommitted.
func ReadOnly() Option {
	return func(s *settings) error {
		s.readOnly = true
		return nil
	}
}

// errReadOnly refuses a write of a journal that was opened for reading.
var errReadOnly = &failure{
	text:   "the journal was opened for reading",
	causes: []error{&journal.Error{Cause: journal.CauseReadOnly}, journal.ErrNotCommitted},
}

// isPrimary makes the driver try the next host if this one is a standby.
func isPrimary(ctx context.Context, conn *pgconn.PgConn) error {
	if err := checkVersion(conn); err != nil {
		return err
	}
	if pgconn.ValidateConnectTargetSessionAttrsPrimary(ctx, conn) != nil {
		return errTakesNoWrites
	}
	return nil
}

// checkReadable refuses a schema that is missing, of another version, or not
// for this role.
func checkReadable(ctx context.Context, db querier, schema string) error {
	if err := checkRights(ctx, db, schema, neededToRead); err != nil {
		return err
	}
	found, err := schemaVersion(ctx, db, schema)
	switch {
	case err != nil:
		return err
	case found.version == 0:
		return errNoSchema
	default:
		return found.usable()
	}
}

// errNoSchema: there is no journal in the schema.
var errNoSchema = &failure{
	text:   "there is no journal in the schema",
	causes: []error{fmt.Errorf("the schema: %w", fs.ErrNotExist), &journal.Error{Cause: journal.CauseOther}},
}
