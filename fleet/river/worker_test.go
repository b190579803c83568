package riverbardge

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// apiClient makes a client of a new sandbox, with a journal in the schema.
func (d database) apiClient(t *testing.T, opts ...bardge.Option) (*bardge.Client, *sandbox.Sandbox) {
	t.Helper()
	sb, err := sandbox.New()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	front := httptest.NewServer(sb.Handler())
	t.Cleanup(front.Close)
	opts = append([]bardge.Option{
		bardge.WithBaseURL(front.URL + sandbox.BasePath), bardge.WithJournal(d.journal(t), "acme"),
	}, opts...)
	client, err := bardge.New(sb.APIKey, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close(context.Background()) })
	return client, sb
}

// start starts a River client, and stops it with the test.
func start(t *testing.T, client *river.Client[pgx.Tx]) {
	t.Helper()
	require.NoError(t, client.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		assert.NoError(t, client.Stop(ctx))
	})
}

// await waits until a job is as it should be.
func await(t *testing.T, client *river.Client[pgx.Tx], id int64, state rivertype.JobState) *rivertype.JobRow {
	t.Helper()
	var job *rivertype.JobRow
	require.Eventually(t, func() bool {
		var err error
		job, err = client.JobGet(t.Context(), id)
		return err == nil && job.State == state
	}, 15*time.Second, 20*time.Millisecond, "the job does not become %s", state)
	return job
}

func TestAJobIssuesOnePass(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	client, sb := d.apiClient(t)
	var tries atomic.Int64
	workers := river.NewWorkers()
	river.AddWorker(workers, NewWorker(
		func(ctx context.Context, job *river.Job[issueArgs], ref bardge.CallOption) (string, error) {
			pass, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: job.Args.Member, PassID: sb.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
			}, ref)
			switch {
			case job.Args.Member == "":
				return "", err // the call is invalid
			case err != nil:
				return "", err
			case tries.Add(1) == 1:
				return "", errors.New("the mail server is down")
			}
			return pass.ID, nil
		}, WorkerOptions{}))
	queue := d.client(t, &river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		RetryPolicy: soon{}, FetchPollInterval: 100 * time.Millisecond,
	})
	start(t, queue)

	good, err := queue.Insert(t.Context(), issueArgs{Policy: "p-1", Member: "m-1"}, nil)
	require.NoError(t, err)
	done := await(t, queue, good.Job.ID, rivertype.JobStateCompleted)
	assert.Equal(t, 2, done.Attempt)
	id, found, err := ResultOf[string](done)
	require.NoError(t, err)
	assert.True(t, found)
	assert.NotEmpty(t, id)
	assert.Equal(t, 1, sb.Requests(sandbox.IssuePass), "the second attempt has it from the journal")

	bad, err := queue.Insert(t.Context(), issueArgs{Policy: "p-2"}, nil)
	require.NoError(t, err)
	cancelled := await(t, queue, bad.Job.ID, rivertype.JobStateCancelled)
	require.Len(t, cancelled.Errors, 1)
	assert.Contains(t, cancelled.Errors[0].Error, "ClientID")
	_, found, err = ResultOf[string](cancelled)
	require.NoError(t, err)
	assert.False(t, found)
	_, _, err = ResultOf[int](done)
	assert.Error(t, err)

	// The queue's cleaner deletes jobs; the journal knows the ref.
	_, err = queue.JobDelete(t.Context(), good.Job.ID)
	require.NoError(t, err)
	again, err := queue.Insert(t.Context(), issueArgs{Policy: "p-1", Member: "m-1"}, nil)
	require.NoError(t, err)
	await(t, queue, again.Job.ID, rivertype.JobStateCompleted)
	assert.Equal(t, 1, sb.Requests(sandbox.IssuePass))
}

type soon struct{}

func (soon) NextRetry(*rivertype.JobRow) time.Time { return time.Now().Add(10 * time.Millisecond) }

// A pause that is longer than a worker should wait is the queue's.
func TestALongPauseSnoozesJobs(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	pace := d.pace(t, PaceOptions{PerSecond: 1000})
	client, sb := d.apiClient(t, pace.Options()...)
	workers := river.NewWorkers()
	river.AddWorker(workers, NewWorker(
		func(ctx context.Context, job *river.Job[issueArgs], ref bardge.CallOption) (string, error) {
			pass, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: job.Args.Member, PassID: sb.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
			}, ref)
			if err != nil {
				return "", err
			}
			return pass.ID, nil
		}, WorkerOptions{Pace: pace}))
	queue := d.client(t, &river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
	})
	start(t, queue)
	pace.Pause(t.Context(), 50*time.Second)
	job, err := queue.Insert(t.Context(), issueArgs{Policy: "p-1", Member: "m-1"}, nil)
	require.NoError(t, err)
	snoozed := await(t, queue, job.Job.ID, rivertype.JobStateScheduled)
	assert.Equal(t, 0, snoozed.Attempt, "a snooze takes no attempt")
	assert.Greater(t, time.Until(snoozed.ScheduledAt), 15*time.Second)
	assert.Empty(t, snoozed.Errors)
	assert.Zero(t, sb.Requests(sandbox.IssuePass))
}

// One pass runs in the fleet, in whichever process.
func TestRecoveryTakesUpWhatACrashLeft(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	client, sb := d.apiClient(t)
	require.NoError(t, pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
		return bardge.Reserve(d.journal(t).InTx(tx), func(reserve bardge.CallOption) error {
			_, _, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
				ClientID: "m-1", PassID: sb.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
			}, bardge.WithRef("order-1"), reserve)
			return err
		})
	}))
	results := make(chan *bardge.RecoveryResult, 10)
	for range 2 {
		config := &river.Config{Workers: river.NewWorkers()}
		require.NoError(t, AddRecovery(config, client, RecoveryOptions{
			Every: time.Second, OnResult: func(r *bardge.RecoveryResult) { results <- r },
		}))
		start(t, d.client(t, config))
	}
	select {
	case r := <-results:
		assert.Equal(t, "order-1", r.Ref)
		assert.Equal(t, bardge.OutcomeDone, r.Outcome)
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was recovered")
	}
	assert.Equal(t, 1, sb.Requests(sandbox.IssuePass))
	time.Sleep(2500 * time.Millisecond) // some periods, which only a clock can show
	var jobs int
	require.NoError(t, d.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+d.schema+`.river_job
		WHERE kind = 'bardge_recovery' AND created_at > now() - interval '2 seconds'`).Scan(&jobs))
	assert.LessOrEqual(t, jobs, 3, "one a period, not one for each process")
	assert.GreaterOrEqual(t, jobs, 1)
}

func TestAddRecoveryRefuses(t *testing.T) {
	t.Parallel()
	client, err := bardge.New("key", bardge.WithHTTPClient(http.DefaultClient))
	require.NoError(t, err)
	workers := river.NewWorkers()
	assert.Error(t, AddRecovery(nil, client, RecoveryOptions{}))
	assert.Error(t, AddRecovery(&river.Config{Workers: workers}, nil, RecoveryOptions{}))
	assert.Error(t, AddRecovery(&river.Config{}, client, RecoveryOptions{}))
	assert.Error(t, AddRecovery(&river.Config{Workers: workers}, client, RecoveryOptions{Every: time.Millisecond}))
	require.NoError(t, AddRecovery(&river.Config{Workers: workers}, client, RecoveryOptions{}))
	assert.Error(t, AddRecovery(&river.Config{Workers: workers}, client, RecoveryOptions{}), "twice")
}
