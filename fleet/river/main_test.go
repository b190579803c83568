package riverbardge

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// server is the PostgreSQL of all tests, each of which has a schema in it.
var server *pgtest.Server

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "work" { // a process of the fleet
		if err := workAsProcess(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	var err error
	if server, err = pgtest.Launch(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Stop()
	return m.Run()
}

// database is a schema with River's tables.
type database struct {
	dsn    string
	pool   *pgxpool.Pool
	schema string
}

var schemas atomic.Int64

func newDatabase(t *testing.T) database {
	t.Helper()
	return databaseOf(t, server.DSN)
}

func databaseOf(t *testing.T, dsn string) database {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	d := database{dsn: dsn, pool: pool, schema: fmt.Sprintf("fleet_%d", schemas.Add(1))}
	_, err = pool.Exec(t.Context(), `CREATE SCHEMA `+d.schema)
	require.NoError(t, err)
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{
		Schema: d.schema, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	_, err = migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	return d
}

// journal opens the schema's journal once more.
func (d database) journal(t *testing.T) *postgres.Journal {
	t.Helper()
	j, err := postgres.Open(t.Context(), d.dsn, postgres.WithSchema(d.schema))
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// client makes a River client, which works jobs if it has workers.
func (d database) client(t *testing.T, config *river.Config) *river.Client[pgx.Tx] {
	t.Helper()
	config.Schema, config.Logger = d.schema, slog.New(slog.DiscardHandler)
	client, err := river.NewClient(riverpgxv5.New(d.pool), config)
	require.NoError(t, err)
	return client
}

// issueArgs are a job of the tests: a member gets a pass.
type issueArgs struct {
	Policy string `json:"policy"          river:"unique"`
	Member string `json:"member"`
}

func (issueArgs) Kind() string  { return "issue_pass" }
func (a issueArgs) Ref() string { return a.Policy }
