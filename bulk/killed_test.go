package bulk_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
)

// kills is how often the run of TestProof_Killed is killed: 50 takes a quarter
// of an hour.
var kills = flag.Int("bulk.kills", 2, "how often a run is killed")

// The environment that makes the test binary a child with a run.
const (
	envURL     = "BULK_TEST_URL"
	envAPIKey  = "BULK_TEST_API_KEY"
	envPass    = "BULK_TEST_PASS"
	envJournal = "BULK_TEST_JOURNAL"
	envItems   = "BULK_TEST_ITEMS"
)

// runChild runs all items in a process of its own, which is killed.
func runChild() int {
	report, err := childRun(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if !report.Good() {
		fmt.Fprintf(os.Stderr, "%+v\n", report)
		return 2
	}
	return 0
}

func childRun(ctx context.Context) (*bulk.Report, error) {
	n, err := strconv.Atoi(os.Getenv(envItems))
	if err != nil {
		return nil, err
	}
	file, err := sqlite.Open(os.Getenv(envJournal))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	kept, err := bulk.NewJournal(file)
	if err != nil {
		return nil, err
	}
	client, err := bardge.New(os.Getenv(envAPIKey), bardge.WithBaseURL(os.Getenv(envURL)),
		bardge.WithJournal(kept, "acme"))
	if err != nil {
		return nil, err
	}
	return bulk.Run(ctx, generated(n), func(ctx context.Context, m member) error {
		_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: m.client, PassID: os.Getenv(envPass), FirstName: "Ada", LastName: "Okafor",
		}, bardge.WithRef(m.ref))
		return err
	}, bulk.Options[member]{Ref: func(m member) string { return m.ref }, Journal: kept, Workers: 16})
}

// scene is a server over the loopback and a journal's file, for runs in other
// processes.
type scene struct {
	t       *testing.T
	sb      *sandbox.Sandbox
	url     string
	journal string
	items   int
}

func newScene(t *testing.T, items int) *scene {
	t.Helper()
	sb := sandbox.Start(t)
	handler := sb.Handler()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return &scene{t, sb, front.URL + sandbox.BasePath, filepath.Join(t.TempDir(), "journal.db"), items}
}

// start starts a process that runs all items.
func (s *scene) start() *exec.Cmd {
	s.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(),
		envURL+"="+s.url, envAPIKey+"="+s.sb.APIKey, envPass+"="+s.sb.Seed.PassID,
		envJournal+"="+s.journal, fmt.Sprint(envItems, "=", s.items))
	cmd.Stderr = os.Stderr
	require.NoError(s.t, cmd.Start())
	return cmd
}

// onePassEach checks that each item's client has one pass.
func (s *scene) onePassEach() {
	s.t.Helper()
	assert.Equal(s.t, s.items, s.sb.Executed(sandbox.IssuePass), "one pass for each ref")
	passes := passesByClient(s.t, s.sb)
	require.Len(s.t, passes, s.items)
	for client, n := range passes {
		assert.Equal(s.t, 1, n, client)
	}
}

// passesByClient counts the passes of each client on the server.
func passesByClient(t *testing.T, sb *sandbox.Sandbox) map[string]int {
	t.Helper()
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	require.NoError(t, err)
	passes := map[string]int{}
	for _, e := range sb.Ledger() {
		if e.Operation != sandbox.IssuePass || e.Resource == "" || e.Result == sandbox.ResultReplayed {
			continue
		}
		pass, _, err := client.IssuedPasses.Get(t.Context(), e.Resource)
		require.NoError(t, err)
		passes[pass.ClientID]++
	}
	return passes
}

func TestProof_Killed(t *testing.T) {
	t.Parallel()
	items := 150 * *kills
	s := newScene(t, items)
	killed := 0
	for range *kills {
		before := s.sb.Executed(sandbox.IssuePass)
		cmd := s.start()
		patience := time.Now().Add(30 * time.Second)
		goal := before + 1 + rand.IntN(100)
		for s.sb.Executed(sandbox.IssuePass) < min(goal, items-1) && time.Now().Before(patience) {
			time.Sleep(time.Millisecond)
		}
		_ = cmd.Process.Kill() // SIGKILL; it may have ended by itself
		if cmd.Wait() != nil {
			killed++
		}
	}
	require.NoError(t, s.start().Wait(), "the last run does what is left")
	assert.Equal(t, *kills, killed)
	s.onePassEach()
	t.Logf("%d items, killed %d times, %d requests", items, killed, s.sb.Requests(sandbox.IssuePass))
}
