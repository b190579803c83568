package postgres

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// server is shared by all tests that do not restart or change it. Each test has
// its own schema in it.
var server *pgtest.Server

var schemas atomic.Int64

// Tests check for an expected state at each tick, until a time limit.
const (
	patience = time.Minute
	tick     = 10 * time.Millisecond
)

func TestMain(m *testing.M) {
	if durabletest.IsRecoverer() {
		os.Exit(m.Run())
	}
	var err error
	if server, err = pgtest.Launch(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	server.Stop()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

type store struct {
	t      testing.TB
	dsn    string
	schema string
}

func newStore(tb testing.TB) store {
	tb.Helper()
	return storeOn(tb, server.DSN)
}

func storeOn(tb testing.TB, dsn string) store {
	tb.Helper()
	s := store{t: tb, dsn: dsn, schema: fmt.Sprintf("Test %d", schemas.Add(1))}
	tb.Cleanup(func() { s.exec(`DROP SCHEMA IF EXISTS {} CASCADE`) })
	return s
}

func (s store) open(opts ...Option) *Journal {
	s.t.Helper()
	j, err := Open(context.Background(), s.dsn, append([]Option{WithSchema(s.schema)}, opts...)...)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, j.Close()) })
	return j
}

func (s store) connect() *pgx.Conn {
	s.t.Helper()
	conn, err := pgx.Connect(context.Background(), s.dsn)
	require.NoError(s.t, err)
	_, err = conn.Exec(context.Background(), `SELECT set_config('search_path', $1, false)`, quote(s.schema))
	require.NoError(s.t, err)
	return conn
}

func (s store) exec(sql string, args ...any) {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	_, err := conn.Exec(context.Background(), expand(sql, s.schema), args...)
	require.NoError(s.t, err)
}

func ask[T any](s store, sql string, args ...any) T {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	var v T
	require.NoError(s.t, conn.QueryRow(context.Background(), expand(sql, s.schema), args...).Scan(&v))
	return v
}

func expand(sql, schema string) string { return strings.ReplaceAll(sql, "{}", quote(schema)) }

func TestSuite(t *testing.T) {
	journaltest.Run(t, journaltest.Backend{
		Within:    func(t *testing.T, f func(*testing.T, journaltest.Store)) { f(t, suiteStore(newStore(t))) },
		Retention: 30 * 24 * time.Hour,
		Faults:    []string{faultWrite, faultCommit, faultKilled},
	})
}

func TestSuite_DurableCalls(t *testing.T) {
	durabletest.Run(t, func(t *testing.T, f func(*testing.T, durabletest.Store)) {
		s := newStore(t)
		f(t, durabletest.Store{Open: func() journal.Journal { return s.open() }, Pass: s.pass, Raw: s.raw})
	})
}

func suiteStore(s store) journaltest.Store {
	return journaltest.Store{
		Open:    func() journal.Journal { return s.open() },
		Pass:    s.pass,
		Break:   s.breakWrites,
		Reserve: s.reserve,
	}
}

func (s store) reserve(rec journal.Record, commit bool) (stored journal.Record, reserved bool, err error) {
	conn := s.connect()
	defer conn.Close(context.Background())
	tx, err := conn.Begin(context.Background())
	require.NoError(s.t, err)
	j := &Journal{sql: statementsFor(s.schema, false)}
	stored, reserved, err = j.InTx(tx).Reserve(context.Background(), rec)
	if commit && err == nil {
		return stored, reserved, tx.Commit(context.Background())
	}
	require.NoError(s.t, tx.Rollback(context.Background()))
	return stored, reserved, err
}

func (s store) pass(d time.Duration) {
	s.t.Helper()
	s.exec(`UPDATE operations SET intent_at = intent_at - $1::interval,
		lease_until = lease_until - $1::interval, settled_at = settled_at - $1::interval`, d)
}

func (s store) raw() []byte {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	var all strings.Builder
	_, err := conn.PgConn().CopyTo(context.Background(), &all, `COPY operations TO STDOUT (FORMAT binary)`)
	require.NoError(s.t, err)
	return []byte(all.String())
}

const (
	faultWrite  = "the statement is refused"
	faultCommit = "the commit is refused"
	faultKilled = "the session is killed while it commits"
)

func (s store) breakWrites(fault string) (repair func()) {
	s.t.Helper()
	kind, body := "CONSTRAINT TRIGGER", `RAISE EXCEPTION 'broken'`
	when := "DEFERRABLE INITIALLY DEFERRED" // runs within the commit
	switch fault {
	case faultWrite:
		kind, when = "TRIGGER", ""
	case faultKilled:
		body = `PERFORM pg_terminate_backend(pg_backend_pid())`
	}
	s.exec(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ` + body + `; RETURN NULL; END $$`)
	s.exec(`CREATE ` + kind + ` broken AFTER INSERT OR UPDATE ON operations ` + when +
		` FOR EACH ROW EXECUTE FUNCTION broken()`)
	return func() { s.exec(`DROP FUNCTION broken() CASCADE`) }
}
