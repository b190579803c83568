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

// store is one schema, and a connection besides the journals to read it.
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

// open opens a journal like another machine.
func (s store) open(opts ...Option) *Journal {
	s.t.Helper()
	j, err := Open(context.Background(), s.dsn, append([]Option{WithSchema(s.schema)}, opts...)...)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, j.Close()) })
	return j
}

// connect opens a connection that finds the schema's tables by their names.
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
