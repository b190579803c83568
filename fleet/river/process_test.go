package riverbardge

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/postgres"
)

// The environment of a process of the fleet.
const (
	envURL    = "BARDGE_BASE_URL"
	envAPIKey = "BARDGE_API_KEY"
	envPass   = "PASS_ID"
	envDSN    = "DATABASE_URL"
	envSchema = "QUEUE_SCHEMA"
	envMode   = "MODE" // one of the modes
	envRate   = "RATE" // of the server, in requests a second; empty: no pace
)

const (
	modeJournal   = "journal"
	modeNoJournal = "no journal" // shows what happens without
)

// spans are a run's times. The vendor remembers a key for 90 s, here all times
// are shortened together.
type spans struct {
	memory time.Duration // of the server, for keys
	job    time.Duration // at most, for a job's attempt
	retry  time.Duration // after a job's failure or its process's death
}

// spansOf returns a mode's times. A queue retries after the memory's end. With a
// journal the memory must outlast a dead process's lease (10 s) and the allowance
// for different clocks (5 s), and a job a lease and the rest of a window.
func spansOf(mode string) spans {
	if mode == modeNoJournal {
		return spans{memory: 4 * time.Second, job: 5 * time.Second, retry: 6 * time.Second}
	}
	return spans{memory: 20 * time.Second, job: 22 * time.Second, retry: 24 * time.Second}
}

func (s spans) policy() bardge.RetryPolicy {
	return bardge.RetryPolicy{
		KeyTTL: s.memory, KeyTTLMargin: time.Second, AttemptTimeout: s.memory / 6,
		BaseDelay: 20 * time.Millisecond, MaxDelay: 500 * time.Millisecond, DisableRetryBudget: true,
	}
}

// workAsProcess is a process of the fleet. It ends when its parent closes its
// input or dies.
func workAsProcess(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, os.Getenv(envDSN))
	if err != nil {
		return err
	}
	defer pool.Close()
	spans := spansOf(os.Getenv(envMode))
	config := &river.Config{
		Schema: os.Getenv(envSchema), Logger: slog.New(slog.DiscardHandler), Workers: river.NewWorkers(),
		Queues:      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 8}},
		RetryPolicy: afterMemory(spans), JobTimeout: spans.job, RescueStuckJobsAfter: spans.retry,
	}
	closeClient, err := configure(ctx, config, pool, spans)
	if err != nil {
		return err
	}
	defer closeClient()
	queue, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		return err
	}
	if err := queue.Start(ctx); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, queue.Stop(ctx))
}

// configure adds the worker, and the recovery where there is a journal.
func configure(
	ctx context.Context, config *river.Config, pool *pgxpool.Pool, spans spans,
) (closeClient func(), err error) {
	opts := []bardge.Option{bardge.WithBaseURL(os.Getenv(envURL)), bardge.WithRetryPolicy(spans.policy())}
	o := WorkerOptions{Timeout: spans.job, Late: spans.retry, DoubtFor: time.Second}
	if rate := os.Getenv(envRate); rate != "" {
		perSecond, err := strconv.ParseFloat(rate, 64)
		if err != nil {
			return nil, err
		}
		config.Queues[river.QueueDefault] = river.QueueConfig{MaxWorkers: 50}
		o.Pace, err = NewPace(ctx, pool, PaceOptions{Name: "api", PerSecond: perSecond, Schema: config.Schema})
		if err != nil {
			return nil, err
		}
		opts = append(opts, o.Pace.Options()...)
	}
	if os.Getenv(envMode) == modeNoJournal {
		client, err := bardge.New(os.Getenv(envAPIKey), opts...)
		river.AddWorker(config.Workers, NewWorker(issue(client, withOwnKey), o))
		return func() {}, err
	}
	j, err := postgres.Open(ctx, os.Getenv(envDSN), postgres.WithSchema(config.Schema))
	if err != nil {
		return nil, err
	}
	client, err := bardge.New(os.Getenv(envAPIKey), append(opts, bardge.WithJournal(j, "acme"))...)
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	work := withMail
	if o.Pace != nil {
		work = withoutMail
	}
	river.AddWorker(config.Workers, NewWorker(issue(client, work), o))
	return func() { _ = j.Close() }, AddRecovery(config, client, RecoveryOptions{Every: 3 * time.Second})
}

// afterwards is what a job does after its call, and how its call is made.
type afterwards struct{ ownKey, mail bool }

var (
	withMail    = afterwards{mail: true}
	withoutMail = afterwards{}
	withOwnKey  = afterwards{mail: true, ownKey: true}
)

// issue issues a pass and sends it to the member. Mail fails on purpose: for
// each fifth job at its first attempt.
func issue(client *bardge.Client, a afterwards) Work[issueArgs, string] {
	return func(ctx context.Context, job *river.Job[issueArgs], once bardge.CallOption) (string, error) {
		if a.ownKey {
			// Without a journal it cannot know that the key was never sent.
			key, err := bardge.UnsentKey(job.Args.Ref())
			if err != nil {
				return "", err
			}
			once = bardge.WithIdempotencyKey(key)
		}
		pass, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: job.Args.Member, PassID: os.Getenv(envPass), FirstName: "Ada", LastName: "Okafor",
		}, once)
		switch {
		case err != nil:
			return "", err
		case a.mail && job.Attempt == 1 && job.ID%5 == 0:
			return "", errors.New("the mail server is down")
		case a.mail:
			time.Sleep(100 * time.Millisecond) // what a mail takes, so that kills meet it
		}
		return pass.ID, nil
	}
}

// afterMemory retries a job after the server has forgotten its key.
type afterMemory spans

func (s afterMemory) NextRetry(job *rivertype.JobRow) time.Time { return job.AttemptedAt.Add(s.retry) }

// processes are this program, as processes of the fleet.
type processes []*process

type process struct {
	cmd  *exec.Cmd
	life io.Closer // closing it ends the process
}

func startProcesses(ctx context.Context, n int, env []string) (processes, error) {
	var all processes
	for range n {
		p, err := startProcess(ctx, env)
		if err != nil {
			return nil, errors.Join(err, all.stop())
		}
		all = append(all, p)
	}
	return all, nil
}

func startProcess(ctx context.Context, env []string) (*process, error) {
	cmd := exec.CommandContext(ctx, os.Args[0], "work")
	cmd.Env, cmd.Stderr = env, os.Stderr
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &process{cmd: cmd, life: life}, cmd.Start()
}

// replace kills a process and starts another one.
func (all processes) replace(ctx context.Context, i int) error {
	old := all[i].cmd
	if err := old.Process.Kill(); err != nil {
		return err
	}
	_ = old.Wait() // killed, as it should be
	p, err := startProcess(ctx, old.Env)
	if err == nil {
		all[i] = p
	}
	return err
}

func (all processes) stop() error {
	errs := make([]error, 0, 2*len(all))
	for _, p := range all {
		errs = append(errs, p.life.Close())
	}
	for _, p := range all {
		errs = append(errs, p.cmd.Wait())
	}
	return errors.Join(errs...)
}
