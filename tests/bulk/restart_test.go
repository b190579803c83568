package bulk_test

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
	"github.com/bardge/bardge-go/sandbox"
)

// crashes is how often the server crashes in the run of the test; 50 take some
// minutes.
var crashes = flag.Int("crashes", 1, "how often PostgreSQL crashes in the run")

// itemsPerCrash is how many items there are for each crash.
const itemsPerCrash = 300

type member struct{ ref, client string }

func members(n int) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		for i := range n {
			if !yield(member{fmt.Sprintf("policy-%d", i), fmt.Sprintf("client-%d", i)}, nil) {
				return
			}
		}
	}
}

// scene is a server, and a client whose journal is in PostgreSQL.
type scene struct {
	t       *testing.T
	sb      *sandbox.Sandbox
	client  *bardge.Client
	journal *bulk.Journal
}

func newScene(t *testing.T, dsn string) *scene {
	t.Helper()
	sb := sandbox.Start(t)
	handler := sb.Handler()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	stored, err := postgres.Open(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, stored.Close()) })
	kept, err := bulk.NewJournal(stored)
	require.NoError(t, err)
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(front.URL+sandbox.BasePath), bardge.WithJournal(kept, "acme"))
	require.NoError(t, err)
	return &scene{t, sb, client, kept}
}

// run runs n items, and returns the results by ref.
func (s *scene) run(n int) (*bulk.Report, map[string][]bulk.Result[member]) {
	s.t.Helper()
	results := map[string][]bulk.Result[member]{}
	report, err := bulk.Run(s.t.Context(), members(n), func(ctx context.Context, m member) error {
		_, _, err := s.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: m.client, PassID: s.sb.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
		}, bardge.WithRef(m.ref))
		return err
	}, bulk.Options[member]{
		Ref: func(m member) string { return m.ref }, Journal: s.journal, Workers: 16, OutagePause: 500 * time.Millisecond,
		Each: func(r bulk.Result[member]) { results[r.Ref] = append(results[r.Ref], r) },
	})
	require.NoError(s.t, err, "a crash of the journal's server stops no run")
	return report, results
}

// crash crashes the server each time that so many more passes are issued.
func (s *scene) crash(server *pgtest.Server, times, every int) {
	for i := range times {
		for s.sb.Executed(sandbox.IssuePass) < i*every+every/2 {
			time.Sleep(time.Millisecond)
		}
		assert.NoError(s.t, server.Crash())
	}
}

func (s *scene) passesByClient() map[string]int {
	s.t.Helper()
	client, err := bardge.New(s.sb.APIKey, bardge.WithBaseURL(s.sb.URL), bardge.WithHTTPClient(s.sb.Client()))
	require.NoError(s.t, err)
	passes := map[string]int{}
	for _, e := range s.sb.Ledger() {
		if e.Operation != sandbox.IssuePass || e.Resource == "" || e.Result == sandbox.ResultReplayed {
			continue
		}
		pass, _, err := client.IssuedPasses.Get(s.t.Context(), e.Resource)
		require.NoError(s.t, err)
		passes[pass.ClientID]++
	}
	return passes
}

func TestRun_PostgreSQLCrashesInMidRun(t *testing.T) {
	server := pgtest.Start(t)
	s := newScene(t, server.DSN)
	n := *crashes * itemsPerCrash
	crashed := make(chan struct{})
	go func() {
		defer close(crashed)
		s.crash(server, *crashes, itemsPerCrash)
	}()
	report, results := s.run(n)
	<-crashed
	t.Logf("%d crashes: %+v", *crashes, report)
	require.Len(t, results, n)
	passes := s.passesByClient()
	for ref, all := range results {
		require.Len(t, all, 1, ref)
		switch r := all[0]; r.Status {
		case bulk.Done, bulk.FromJournal:
			assert.Equal(t, 1, passes[r.Item.client], ref)
		case bulk.Waiting, bulk.InDoubt:
			assert.LessOrEqual(t, passes[r.Item.client], 1, ref)
		default:
			t.Errorf("%s has failed: %v", ref, r.Err)
		}
	}

	recorded := n - int(report.Waiting+report.InDoubt)
	report, _ = s.run(n) // what waits
	assert.EqualValues(t, recorded, report.FromJournal, "the first run has recorded all that is done")
	t.Logf("run again: %+v", report)
	assert.True(t, report.Good())
	passes = s.passesByClient()
	require.Len(t, passes, n)
	for client, n := range passes {
		assert.Equal(t, 1, n, client)
	}
}
