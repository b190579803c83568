package postgres

import (
	"context"
	"errors"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bardge/bardge-go/idem"
)

// ErrNotDurable: the server acknowledges commits that it could lose. fsync or
// synchronous_commit is off, or synchronous_commit is local beside a synchronous
// standby. The settings of server, database, role and DSN all count.
var ErrNotDurable = errors.New("commits are not durable: see fsync and synchronous_commit")

// errTakesNoWrites is said of a standby.
var errTakesNoWrites = errors.New("the server takes no writes")

// errRemoved: a record went while it was read, each time.
var errRemoved = errors.New("the record was removed meanwhile")

// failure is every error of this package. pgx's own are not passed on: they know
// the DSN, its password included, and the values of rows.
type failure struct {
	text   string
	causes []error
}

func (f *failure) Error() string   { return "postgres journal: " + f.text }
func (f *failure) Unwrap() []error { return f.causes }

// explain says in words fit for a log what failed and why. errors.Is finds
// idem.ErrNotCommitted where certain, errors.Is and errors.As what allowed says.
func explain(what string, err error, certain bool) error {
	if own := (*failure)(nil); errors.As(err, &own) && !certain {
		return own
	}
	f := &failure{text: what + ": the connection failed", causes: allowed(err)}
	if len(f.causes) > 0 {
		f.text = what + ": " + f.causes[0].Error()
	}
	if certain {
		f.causes = append(f.causes, idem.ErrNotCommitted)
	}
	return f
}

// allowed lists what may be told of an error: contexts, the system's error
// number, and what the server said, without its details.
func allowed(err error) []error {
	var told []error
	for _, known := range []error{ErrNotDurable, errTakesNoWrites, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			told = append(told, known)
		}
	}
	if server := (*pgconn.PgError)(nil); errors.As(err, &server) {
		told = append(told, &pgconn.PgError{
			Severity:            server.Severity,
			SeverityUnlocalized: server.SeverityUnlocalized,
			Code:                server.Code,
			Message:             server.Message,
		})
	}
	if system := syscall.Errno(0); errors.As(err, &system) {
		told = append(told, system)
	}
	return told
}

// notWritten reports whether a statement that failed certainly wrote nothing: it
// was never sent, or the server refused it and went on. Errors that end the
// session leave it open whether they came before the commit or after it.
func notWritten(err error) bool {
	server := (*pgconn.PgError)(nil)
	if !errors.As(err, &server) {
		return pgconn.SafeToRetry(err)
	}
	return server.SeverityUnlocalized == "ERROR" && rolledBack(server.Code)
}

// rolledBack lists the classes of errors that PostgreSQL raises in a statement
// only. Others, such as connection and system errors, may also come from a
// pooler in between that knows nothing of the commit.
func rolledBack(code string) bool {
	switch code[:min(2, len(code))] {
	case "21", "22", "23", "25", "28", "3D", "3F", "42", "53", "54", "55", "P0":
		return true
	case "40":
		return code != "40003" // statement completion unknown
	default:
		return false
	}
}

// resourceTaken reports whether another record has the same resource.
func resourceTaken(err error) bool {
	const uniqueViolation = "23505"
	server := (*pgconn.PgError)(nil)
	return errors.As(err, &server) && server.Code == uniqueViolation && server.ConstraintName == "operations_resource"
}

// couldBeLost reports whether a write was refused because its commit would not
// have been durable.
func couldBeLost(err error) bool {
	const notNullViolation = "23502"
	server := (*pgconn.PgError)(nil)
	return errors.As(err, &server) && server.Code == notNullViolation &&
		(server.ColumnName == "version" || server.TableName == "binding")
}
