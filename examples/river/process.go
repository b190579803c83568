package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/bardge/bardge-go"
	riverbardge "github.com/bardge/bardge-go/fleet/river"
)

// IssueArgs is a job: a member wants a pass.
type IssueArgs struct {
	Policy string `json:"policy" river:"unique"` // one pass for each
	Member string `json:"member"`
}

// Kind returns the name of such jobs in the queue.
func (IssueArgs) Kind() string { return "issue_pass" }

// Ref names what the job buys, in the journal.
func (a IssueArgs) Ref() string { return a.Policy + "/pass" }

// process is one of the fleet's.
type process struct {
	pool   *pgxpool.Pool
	passID string
	config *river.Config
}

// configure sets up the API client and what works with it: a worker, the
// fleet's pace, and its recovery.
func (p process) configure(ctx context.Context, apiKey string, opts ...bardge.Option) error {
	pace, err := riverbardge.NewPace(ctx, p.pool, riverbardge.PaceOptions{Name: "acme", PerSecond: 50})
	if err != nil {
		return err
	}
	client, err := bardge.New(apiKey, append(opts, pace.Options()...)...)
	if err != nil {
		return err
	}
	river.AddWorker(p.config.Workers, riverbardge.NewWorker(
		func(ctx context.Context, job *river.Job[IssueArgs], ref bardge.CallOption) (string, error) {
			pass, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: job.Args.Member, PassID: p.passID,
			}, ref)
			if err != nil {
				return "", err
			}
			return pass.ID, nil // the job keeps it
		}, riverbardge.WorkerOptions{Pace: pace}))
	p.config.Logger = slog.New(slog.DiscardHandler)
	p.config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 20}}
	return riverbardge.AddRecovery(p.config, client, riverbardge.RecoveryOptions{})
}

// work inserts the jobs, and works until all are done.
func (p process) work(ctx context.Context, out io.Writer) error {
	queue, err := river.NewClient(riverpgxv5.New(p.pool), p.config)
	if err != nil {
		return err
	}
	ended, cancel := queue.Subscribe(river.EventKindJobCompleted, river.EventKindJobCancelled)
	defer cancel()
	if err := queue.Start(ctx); err != nil {
		return err
	}
	inserted, err := insert(ctx, queue, p.pool)
	if err == nil {
		_, err = fmt.Fprintf(out, "%d jobs inserted, %d skipped\n", inserted.Inserted, inserted.Skipped)
		err = errors.Join(err, await(ctx, ended, inserted.Inserted))
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	return errors.Join(err, queue.Stop(ctx))
}

// await waits until n jobs have issued their passes.
func await(ctx context.Context, ended <-chan *river.Event, n int) error {
	for n > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e := <-ended:
			if e.Job.Kind != (IssueArgs{}).Kind() {
				continue
			}
			_, found, err := riverbardge.ResultOf[string](e.Job)
			if err != nil || !found {
				return errors.Join(err, fmt.Errorf("job %d was cancelled", e.Job.ID))
			}
			n--
		}
	}
	return nil
}
