package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

type queue struct {
	*river.Client[pgx.Tx]
	pool   *pgxpool.Pool
	schema string
}

// newQueue makes the schema, and a queue in it. The caller closes it.
func newQueue(ctx context.Context, dsn string) (*queue, error) {
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return nil, err
	}
	q := &queue{pool: pool, schema: fmt.Sprintf("example_river_%d", time.Now().UnixNano())}
	if err := q.create(ctx); err != nil {
		q.close()
		return nil, err
	}
	return q, nil
}

func (q *queue) create(ctx context.Context) error {
	if _, err := q.pool.Exec(ctx, `CREATE SCHEMA `+q.schema); err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	migrator, err := rivermigrate.New(riverpgxv5.New(q.pool), &rivermigrate.Config{Schema: q.schema, Logger: quiet})
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	q.Client, err = river.NewClient(riverpgxv5.New(q.pool), &river.Config{Schema: q.schema, Logger: quiet})
	return err
}

// close drops the schema, including the journal.
func (q *queue) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// A lost database has no schema to drop.
	_, _ = q.pool.Exec(ctx, `DROP SCHEMA IF EXISTS `+q.schema+` CASCADE`)
	q.pool.Close()
}

func (q *queue) insert(ctx context.Context, clients []string) error {
	orders := make([]river.InsertManyParams, len(clients))
	for i, id := range clients {
		orders[i].Args = IssueArgs{ClientID: id}
	}
	_, err := q.InsertMany(ctx, orders)
	return err
}

type counts struct {
	open, completed   int // jobs that will be worked, and that are done
	attempts, rescued int // in all; of those, after a worker's death
}

func (q *queue) counts(ctx context.Context) (c counts, err error) {
	err = q.pool.QueryRow(ctx, `SELECT
			count(*) FILTER (WHERE finalized_at IS NULL),
			count(*) FILTER (WHERE state = 'completed'),
			coalesce(sum(attempt), 0),
			coalesce(sum((SELECT count(*) FROM unnest(errors) e WHERE e->>'error' LIKE 'Stuck job%')), 0)
		FROM `+q.schema+`.river_job`).Scan(&c.open, &c.completed, &c.attempts, &c.rescued)
	return c, err
}

// inDoubt lists the jobs that wait for a person, with their client's ids.
func (q *queue) inDoubt(ctx context.Context) (map[int64]string, error) {
	rows, err := q.pool.Query(ctx,
		`SELECT id, args->>'client_id' FROM `+q.schema+`.river_job WHERE state = 'cancelled'`)
	if err != nil {
		return nil, err
	}
	jobs := map[int64]string{}
	var id int64
	var client string
	_, err = pgx.ForEachRow(rows, []any{&id, &client}, func() error {
		jobs[id] = client
		return nil
	})
	return jobs, err
}
