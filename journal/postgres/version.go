package postgres

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bardge/bardge-go/journal"
)

// minVersion is the oldest major version with plan_cache_mode and MATERIALIZED.
const minVersion = 12

// checkVersion refuses old servers, and others with PostgreSQL's protocol: the
// journal relies on how PostgreSQL locks rows, rereads them in read committed,
// and reports errors. A new session's parameters suffice, without a round trip.
func checkVersion(conn *pgconn.PgConn) error {
	return refuseServer(conn.ParameterStatus("server_version"), conn.ParameterStatus("crdb_version"))
}

func refuseServer(version, cockroach string) error {
	var text string
	major, ok := majorVersion(version)
	switch {
	case cockroach != "":
		text = "the server is CockroachDB, which is not supported: PostgreSQL is needed"
	case strings.Contains(version, "-YB-"):
		text = "the server is YugabyteDB, which is not supported: PostgreSQL is needed"
	case !ok:
		text = "the server does not report a version of PostgreSQL"
	case major < minVersion:
		text = fmt.Sprintf("the server is PostgreSQL %d, and %d or later is needed", major, minVersion)
	default:
		return nil
	}
	return &serverError{text: text}
}

// majorVersion parses the start of, for example, "15.4 (Debian 15.4-1)".
func majorVersion(version string) (int, bool) {
	digits := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 0 {
		digits = len(version)
	}
	major, err := strconv.Atoi(version[:digits])
	return major, err == nil
}

// serverError: the journal does not work with the server.
type serverError struct{ text string }

func (e *serverError) Error() string { return e.text }

// unfitServer finds a serverError among the driver's failures of all hosts.
func unfitServer(err error) (cause *journal.Error, words string, found bool) {
	e := (*serverError)(nil)
	if !errors.As(err, &e) {
		return nil, "", false
	}
	return &journal.Error{Cause: journal.CauseOther}, e.text, true
}
