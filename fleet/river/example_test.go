package riverbardge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/bardge/bardge-go"
	riverbardge "github.com/bardge/bardge-go/fleet/river"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
	"github.com/bardge/bardge-go/sandbox"
)

// orderArgs are a job: an order of one pass.
type orderArgs struct {
	Order  string `json:"order"  river:"unique"`
	Member string `json:"member"`
}

func (orderArgs) Kind() string  { return "buy_pass" }
func (a orderArgs) Ref() string { return a.Order + "/pass" }

// Orders are inserted twice, and each buys one pass.
func Example() {
	if err := sell(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Unordered output:
	// inserted 2, skipped 0
	// inserted 0, skipped 2
	// o-1 has brgpass_0001
	// o-2 has brgpass_0002
}

func sell(ctx context.Context) error {
	server, err := pgtest.Launch() // in production: your database
	if err != nil {
		return err
	}
	defer server.Stop()
	api, err := sandbox.New() // the vendor's server, emulated in memory
	if err != nil {
		return err
	}
	defer api.Close()
	pool, err := pgxpool.New(ctx, server.DSN)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := migrate(ctx, pool); err != nil {
		return err
	}
	journal, err := postgres.Open(ctx, server.DSN)
	if err != nil {
		return err
	}
	defer journal.Close()

	pace, err := riverbardge.NewPace(ctx, pool, riverbardge.PaceOptions{Name: "acme", PerSecond: 50})
	if err != nil {
		return err
	}
	client, err := bardge.New(api.APIKey, append(pace.Options(), bardge.WithJournal(journal, "acme"),
		bardge.WithBaseURL(api.URL), bardge.WithHTTPClient(api.Client()))...)
	if err != nil {
		return err
	}
	config := &river.Config{
		Workers: river.NewWorkers(), Logger: slog.New(slog.DiscardHandler),
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}},
	}
	river.AddWorker(config.Workers, riverbardge.NewWorker(
		func(ctx context.Context, job *river.Job[orderArgs], ref bardge.CallOption) (string, error) {
			pass, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: job.Args.Member, PassID: api.Seed.PassID,
			}, ref)
			if err != nil {
				return "", err
			}
			return pass.ID, nil
		}, riverbardge.WorkerOptions{Pace: pace}))
	if err := riverbardge.AddRecovery(config, client, riverbardge.RecoveryOptions{}); err != nil {
		return err
	}
	queue, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		return err
	}
	for range 2 {
		if err := order(ctx, queue, pool); err != nil {
			return err
		}
	}
	return work(ctx, queue)
}

func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// order inserts two jobs, together with what else the transaction writes.
func order(ctx context.Context, queue *river.Client[pgx.Tx], pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		orders := func(yield func(orderArgs, error) bool) {
			_ = yield(orderArgs{"o-1", "m-17"}, nil) && yield(orderArgs{"o-2", "m-18"}, nil)
		}
		got, err := riverbardge.InsertMany(ctx, queue, tx, orders)
		fmt.Printf("inserted %d, skipped %d\n", got.Inserted, got.Skipped)
		return err
	})
}

// work works two jobs.
func work(ctx context.Context, queue *river.Client[pgx.Tx]) error {
	ended, cancel := queue.Subscribe(river.EventKindJobCompleted)
	defer cancel()
	if err := queue.Start(ctx); err != nil {
		return err
	}
	for n := 0; n < 2; {
		e := <-ended
		if e.Job.Kind != (orderArgs{}).Kind() {
			continue // the recovery's
		}
		n++
		var args orderArgs
		id, _, err := riverbardge.ResultOf[string](e.Job)
		if err := errors.Join(err, json.Unmarshal(e.Job.EncodedArgs, &args)); err != nil {
			return err
		}
		fmt.Printf("%s has %s\n", args.Order, id)
	}
	return queue.Stop(ctx)
}
