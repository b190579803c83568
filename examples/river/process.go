package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/postgres"
)

// The environment of a worker process.
const (
	envURL     = "BARDGE_BASE_URL"
	envAPIKey  = "BARDGE_API_KEY" //nolint:gosec // the name of a variable
	envPass    = "PASS_ID"
	envDSN     = "DATABASE_URL"
	envSchema  = "QUEUE_SCHEMA"
	envJournal = "JOURNAL_SCHEMA" // empty: no journal
)

// The vendor remembers a key for 90 s. All times are shortened together here,
// so that the run takes a minute or two: the memory must outlast a dead
// worker's lease (10 s) and the allowance for different clocks (5 s), and the
// queue must retry after the memory's end.
const (
	keyMemory   = 30 * time.Second
	jobTimeout  = 32 * time.Second // a lease, then the rest of a window
	retryAfter  = 35 * time.Second // after a job's failure
	rescueAfter = 35 * time.Second // after a worker's death
	adoptEvery  = 3 * time.Second
)

var policy = bardge.RetryPolicy{
	KeyTTL: keyMemory, KeyTTLMargin: time.Second, AttemptTimeout: 3 * time.Second,
	BaseDelay: 20 * time.Millisecond, MaxDelay: 500 * time.Millisecond, DisableRetryBudget: true,
}

// work is a worker process. It ends when its parent closes its input or dies.
func work(ctx context.Context) error {
	dsn, journal := os.Getenv(envDSN), os.Getenv(envJournal)
	client, closeClient, err := newClient(ctx, os.Getenv(envAPIKey), dsn, journal,
		bardge.WithBaseURL(os.Getenv(envURL)))
	if err != nil {
		return err
	}
	defer closeClient()
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()

	workers := river.NewWorkers()
	river.AddWorker(workers, &issuer{client: client, passID: os.Getenv(envPass), journal: journal != ""})
	queue, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: os.Getenv(envSchema), Logger: slog.New(slog.DiscardHandler),
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 8}},
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter,
	})
	if err != nil {
		return err
	}
	if err := queue.Start(ctx); err != nil {
		return err
	}
	untilEnd, end := context.WithCancel(ctx)
	defer end()
	var adopting sync.WaitGroup
	if journal != "" {
		adopting.Go(func() { adopt(untilEnd, client) })
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	end()
	adopting.Wait()
	return errors.Join(err, queue.Stop(ctx))
}

// newClient makes a client with a journal in this schema; "" means no journal.
func newClient(
	ctx context.Context, apiKey, dsn, journal string, opts ...bardge.Option,
) (client *bardge.Client, closeClient func(), err error) {
	opts = append(opts, bardge.WithRetryPolicy(policy))
	closeClient = func() {}
	if journal != "" {
		j, err := postgres.Open(ctx, dsn, postgres.WithSchema(journal))
		if err != nil {
			return nil, nil, err
		}
		closeClient = func() { _ = j.Close() }
		opts = append(opts, bardge.WithJournal(j, "acme"))
	}
	client, err = bardge.New(apiKey, opts...)
	return client, closeClient, err
}

// adopt repeatedly finishes what killed workers have begun. The queue gives
// their jobs to other workers only after the server has forgotten the keys;
// Recover is in time, and the job's next attempt finds the result in the
// journal. That attempt reports operations that stay unknown.
func adopt(ctx context.Context, client *bardge.Client) {
	for ctx.Err() == nil {
		for _, err := range client.Recover(ctx) {
			if err != nil && ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, err) // the next round tries again
			}
		}
		_ = sleep(ctx, adoptEvery) // the loop checks the context
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
