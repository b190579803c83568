// Command river gives the members of a CSV file a pass each, as jobs of River
// on PostgreSQL. Any number of such processes share the queue, the journal, one
// recovery and one pace. A second run with the same file buys nothing.
//
// It makes its tables in DATABASE_URL's database, or in a PostgreSQL that it
// starts, and uses an emulated API. fleet/river's own tests kill such processes
// in the middle of their work.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/signal"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk/csvfile"
	riverbardge "github.com/bardge/bardge-go/fleet/river"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
	"github.com/bardge/bardge-go/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := withDatabase(func(dsn string) error { return run(ctx, os.Stdout, dsn) }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // stop has no effect on a process that exits
	}
}

func withDatabase(f func(dsn string) error) error {
	if dsn := os.Getenv("DATABASE_URL"); dsn != "" {
		return f(dsn)
	}
	server, err := pgtest.Launch()
	if err != nil {
		return err
	}
	defer server.Stop()
	return f(server.DSN)
}

// run inserts the jobs and works them, twice.
func run(ctx context.Context, out io.Writer, dsn string) error {
	api, err := sandbox.New()
	if err != nil {
		return err
	}
	defer api.Close()
	front := httptest.NewServer(api.Handler())
	defer front.Close()
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	journal, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = journal.Close() }()

	p := process{pool: pool, passID: api.Seed.PassID, config: &river.Config{Workers: river.NewWorkers()}}
	if err := p.configure(ctx, api.APIKey, bardge.WithBaseURL(front.URL+sandbox.BasePath),
		bardge.WithJournal(journal, "acme")); err != nil {
		return err
	}
	for range 2 {
		if err := p.work(ctx, out); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%d requests to issue a pass\n", api.Requests(sandbox.IssuePass)); err != nil {
			return err
		}
	}
	return nil
}

// insert makes jobs of a file's rows, all of them or none.
func insert(ctx context.Context, queue *river.Client[pgx.Tx], pool *pgxpool.Pool) (riverbardge.InsertResult, error) {
	file, err := csvfile.Open("members.csv", csvfile.Options{})
	if err != nil {
		return riverbardge.InsertResult{}, err
	}
	var result riverbardge.InsertResult
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		result, err = riverbardge.InsertCSV(ctx, queue, tx, file, func(r csvfile.Row) (IssueArgs, error) {
			return IssueArgs{Policy: r.Get("policy_no"), Member: r.Get("member_no")}, nil
		})
		return err
	})
	return result, err
}
