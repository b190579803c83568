package riverbardge

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// The long run is: go test -run AFleet -args -jobs 1000 -processes 4 -kills 25.
var (
	jobCount     = flag.Int("jobs", 100, "passes to issue")
	processCount = flag.Int("processes", 3, "processes of the fleet")
	killCount    = flag.Int("kills", 12, "how many processes are killed")
)

// Processes are killed in the middle of their work, jobs fail and are retried
// after the server has forgotten their keys, and a fifth of the server's
// requests has a fault: each member gets one pass.
func TestAFleetIssuesEachPassOnce(t *testing.T) {
	t.Parallel() // they mostly wait
	p := newProof(t, modeJournal)
	p.run(t, p.finish)
	got := p.count(t)
	t.Logf("%+v", got)
	assert.Equal(t, *jobCount, got.Completed, "no job is left behind")
	assert.Equal(t, *jobCount, got.Members, "each member has a pass")
	assert.Equal(t, *jobCount, got.Passes, "and no second one")
	assert.NotZero(t, got.Rescued, "processes were killed in the middle of their jobs")
}

// It ends with the first member who has two passes.
func TestTheSameQueueWithoutAJournalBuysTwice(t *testing.T) {
	t.Parallel()
	p := newProof(t, modeNoJournal)
	p.run(t, func(ctx context.Context, t *testing.T) {
		for got := p.count(t); got.Passes <= got.Members; got = p.count(t) {
			require.NoError(t, ctx.Err(), "%+v", got)
			time.Sleep(500 * time.Millisecond)
		}
	})
}

// proof is a run's server and queue, and their operator.
type proof struct {
	database
	mode    string
	server  *sandbox.Sandbox
	url     string
	queue   *river.Client[pgx.Tx]
	client  *bardge.Client
	settled int // by a person
}

func newProof(t *testing.T, mode string) *proof {
	t.Helper()
	d := newDatabase(t)
	sb, err := sandbox.New(sandbox.WithKeyMemory(spansOf(mode).memory), sandbox.WithRandomFaults(rand.Uint64(), 0.2))
	require.NoError(t, err)
	front := httptest.NewServer(sb.Handler())
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
		sb.Close()
	})
	p := &proof{database: d, mode: mode, server: sb, url: front.URL + sandbox.BasePath, queue: d.client(t, &river.Config{})}
	p.client, err = bardge.New(sb.APIKey, bardge.WithBaseURL(p.url), bardge.WithRetryPolicy(spansOf(mode).policy()),
		bardge.WithJournal(d.journal(t), "acme")) // the processes': the journal belongs to it
	require.NoError(t, err)
	return p
}

// run kills processes while jobs arrive, and then waits for the end.
func (p *proof) run(t *testing.T, wait func(ctx context.Context, t *testing.T)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	all, err := startProcesses(ctx, *processCount, append(os.Environ(),
		envURL+"="+p.url, envAPIKey+"="+p.server.APIKey, envPass+"="+p.server.Seed.PassID,
		envDSN+"="+p.dsn, envSchema+"="+p.schema, envMode+"="+p.mode))
	require.NoError(t, err)
	for burst := range *killCount {
		p.insert(ctx, t, burst)
		time.Sleep(rand.N(200 * time.Millisecond))
		require.NoError(t, all.replace(ctx, rand.IntN(len(all))))
		time.Sleep(400 * time.Millisecond)
	}
	wait(ctx, t)
	require.NoError(t, all.stop())
}

// insert inserts a burst of jobs, and then once more.
func (p *proof) insert(ctx context.Context, t *testing.T, burst int) {
	t.Helper()
	var list []issueArgs
	for i := burst; i < *jobCount; i += *killCount {
		list = append(list, issueArgs{Policy: fmt.Sprintf("policy-%04d", i), Member: fmt.Sprintf("member-%04d", i)})
	}
	for _, want := range []InsertResult{{Inserted: len(list)}, {Skipped: len(list)}} {
		require.NoError(t, pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
			got, err := InsertMany(ctx, p.queue, tx, of(list...))
			assert.Equal(t, want, got)
			return err
		}))
	}
}

// finish waits for all jobs, and settles operations in doubt.
func (p *proof) finish(ctx context.Context, t *testing.T) {
	t.Helper()
	for {
		var open int
		require.NoError(t, p.pool.QueryRow(ctx, `SELECT count(*) FROM `+p.schema+`.river_job
			WHERE kind = 'issue_pass' AND finalized_at IS NULL`).Scan(&open))
		doubts := p.inDoubt(ctx, t)
		if open == 0 && len(doubts) == 0 {
			return
		}
		p.settle(ctx, t, doubts)
		require.NoError(t, ctx.Err(), "%d jobs are not finished", open)
		time.Sleep(500 * time.Millisecond)
	}
}

// inDoubt lists the jobs that wait for a person.
func (p *proof) inDoubt(ctx context.Context, t *testing.T) map[int64]issueArgs {
	t.Helper()
	rows, err := p.pool.Query(ctx, `SELECT id, args->>'policy', args->>'member'
		FROM `+p.schema+`.river_job WHERE kind = 'issue_pass' AND state = 'cancelled'`)
	require.NoError(t, err)
	jobs := map[int64]issueArgs{}
	var id int64
	var args issueArgs
	_, err = pgx.ForEachRow(rows, []any{&id, &args.Policy, &args.Member}, func() error {
		jobs[id] = args
		return nil
	})
	require.NoError(t, err)
	return jobs
}

// settle acts as the person who checks the vendor's dashboard, resolves the
// operation in the journal, and lets its job continue.
func (p *proof) settle(ctx context.Context, t *testing.T, doubts map[int64]issueArgs) {
	t.Helper()
	if len(doubts) == 0 {
		return
	}
	issued := p.issued(ctx, t)
	for job, args := range doubts {
		fate := bardge.NotExecuted()
		if passes := issued[args.Member]; len(passes) > 0 {
			fate = bardge.Executed(passes[0])
		}
		open, err := p.client.Operations.Get(ctx, args.Ref())
		require.NoError(t, err)
		err = p.client.Resolve(ctx, args.Ref(), fate.By("support").Generation(open.Generation))
		if errors.Is(err, bardge.ErrMayBeExecuting) {
			continue // too early to say; later
		}
		require.NoError(t, err)
		_, err = p.queue.JobRetry(ctx, job)
		require.NoError(t, err)
		p.settled++
	}
}

// issued lists each member's passes, from the server's ledger.
func (p *proof) issued(ctx context.Context, t *testing.T) map[string][]string {
	t.Helper()
	passes := map[string][]string{}
	for _, e := range p.server.Ledger() {
		if e.Operation != sandbox.IssuePass || e.Result != sandbox.ResultExecuted {
			continue
		}
		undisturbed := bardge.WithHeader(sandbox.FaultHeader, string(sandbox.NoFault))
		pass, _, err := p.client.IssuedPasses.Get(ctx, e.Resource, undisturbed)
		require.NoError(t, err)
		passes[pass.ClientID] = append(passes[pass.ClientID], pass.ID)
	}
	return passes
}

type counts struct {
	Attempts, Rescued int // of all jobs; of those, after a process's death
	Completed         int // jobs
	Settled           int // operations in doubt that a person settled
	Requests          int // to issue a pass
	Members, Passes   int // that have one; issued
}

func (p *proof) count(t *testing.T) counts {
	t.Helper()
	c := counts{Settled: p.settled, Requests: p.server.Requests(sandbox.IssuePass)}
	require.NoError(t, p.pool.QueryRow(t.Context(), `SELECT
			count(*) FILTER (WHERE state = 'completed'), coalesce(sum(attempt), 0),
			coalesce(sum((SELECT count(*) FROM unnest(errors) e WHERE e->>'error' LIKE 'Stuck job%')), 0)
		FROM `+p.schema+`.river_job WHERE kind = 'issue_pass'`).Scan(&c.Completed, &c.Attempts, &c.Rescued))
	issued := p.issued(t.Context(), t)
	c.Members = len(issued)
	for _, passes := range issued {
		c.Passes += len(passes)
	}
	return c
}
