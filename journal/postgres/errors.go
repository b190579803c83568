package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bardge/bardge-go/journal"
)

// ErrNotDurable: the server could lose acknowledged commits. fsync or
// synchronous_commit is off, or synchronous_commit is local beside a
// synchronous standby, in the settings of server, database, role or DSN.
var ErrNotDurable = errors.New("commits are not durable: see fsync and synchronous_commit")

var (
	errTakesNoWrites = errors.New("the server takes no writes")       // the server is a standby or read-only
	errRemoved       = errors.New("the record was removed meanwhile") // while it was read, each time
)

// failure is every error of this package. pgx's own errors are not returned:
// they contain the DSN with its password, and values of rows.
type failure struct {
	text   string
	causes []error
}

func (f *failure) Error() string   { return "postgres journal: " + f.text }
func (f *failure) Unwrap() []error { return f.causes }

func refuse(text string, cause journal.Cause) error {
	return &failure{text: text, causes: []error{&journal.Error{Cause: cause}}}
}

// explain describes an error in fixed words. errors.Is finds
// journal.ErrNotCommitted if that is certain, and the cause.
func explain(what string, err error, certain bool) error {
	f := &failure{}
	if own := (*failure)(nil); errors.As(err, &own) {
		f.text, f.causes = own.text, append(f.causes, own.causes...)
	} else {
		cause, words := causeOf(err)
		f.text, f.causes = what+": "+words, append([]error{cause}, allowed(err)...)
	}
	if certain {
		f.causes = append(f.causes, journal.ErrNotCommitted)
	}
	return f
}

// allowed lists the parts of an error that may be returned: this package's
// errors, contexts' errors, the system's number, and the server's code. The
// server's message may quote values and names.
func allowed(err error) []error {
	var passed []error
	for _, k := range knownErrors {
		if errors.Is(err, k.err) {
			passed = append(passed, k.err)
		}
	}
	if server := reported(err); server != nil {
		passed = append(passed, &pgconn.PgError{
			Severity:            server.Severity,
			SeverityUnlocalized: server.SeverityUnlocalized,
			Code:                server.Code,
		})
	}
	if errno, ok := errnoOf(err); ok {
		passed = append(passed, errno)
	}
	return passed
}

// The context's errors come last: other errors are more specific.
var knownErrors = []struct {
	err   error
	cause journal.Cause
}{
	{ErrNotSynchronous, journal.CauseNotDurable}, // before ErrNotDurable, which it wraps
	{ErrNotDurable, journal.CauseNotDurable},
	{ErrLowerTimeline, journal.CauseOther},
	{errPooler, journal.CauseConnection},
	{errClosed, journal.CauseClosed},
	{errTakesNoWrites, journal.CauseReadOnly},
	{errRemoved, journal.CauseOther},
	{pgx.ErrTxClosed, journal.CauseClosed},
	{context.DeadlineExceeded, journal.CauseTimeout},
	{context.Canceled, journal.CauseOther},
}

func reported(err error) *pgconn.PgError {
	var server *pgconn.PgError
	_ = errors.As(err, &server) // it stays nil
	return server
}

// notWritten reports whether a failed statement certainly wrote nothing: it was
// never sent, or the server refused it and went on. Errors that end the session
// may come before or after the commit.
func notWritten(err error) bool {
	server := reported(err)
	switch {
	case server == nil:
		return pgconn.SafeToRetry(err)
	case server.Code == idleSessionTimeout:
		return true
	default:
		return server.SeverityUnlocalized == "ERROR" && rolledBack(server.Code)
	}
}

// queryCanceled is the code of a statement that statement_timeout or an
// administrator has cancelled; lock_timeout has another.
const queryCanceled = "57014"

// rolledBack reports whether PostgreSQL raises an error only inside a
// statement. Others, such as connection and system errors, may also come from a
// pooler that does not know whether the commit happened.
//
// A cancelled statement (57014) that is a transaction of its own is rolled
// back: from the beginning of its commit until the session is idle, PostgreSQL
// blocks interrupts, and an idle session ignores a cancellation. A commit that
// waits for a standby ends its wait with a warning only.
func rolledBack(code string) bool {
	switch code[:min(2, len(code))] {
	case "21", "22", "23", "25", "28", "3D", "3F", "42", "53", "54", "55", "P0":
		return true
	case "40":
		return code != "40003" // statement completion unknown
	default:
		return code == queryCanceled
	}
}

func resourceTaken(err error) bool {
	const uniqueViolation = "23505"
	server := reported(err)
	return server != nil && server.Code == uniqueViolation && server.ConstraintName == "operations_resource"
}

// couldBeLost reports whether a write was refused as not durable.
func couldBeLost(err error) bool {
	const notNullViolation = "23502"
	server := reported(err)
	return server != nil && server.Code == notNullViolation &&
		(server.ColumnName == "version" || server.TableName == "binding")
}
