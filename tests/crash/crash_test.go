package crash

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
	"github.com/bardge/bardge-go/sandbox"
)

// The long run is: go test ./crash -run Kill9 -args -kill.refs 1000 -kill.times 52.
var (
	killRefs  = flag.Int("kill.refs", 300, "operations of each run that is killed")
	killTimes = flag.Int("kill.times", 24, "how often each run is killed")
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(envWorker); mode != "" {
		if err := runWorker(mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type scene struct {
	t       *testing.T
	server  *sandbox.Sandbox
	url     string
	journal string
	refs    int

	mu   sync.Mutex
	said map[string][]bardge.Outcome
}

func newScene(t *testing.T, journal string, refs int, opts ...sandbox.Option) *scene {
	t.Helper()
	server, err := sandbox.New(append(opts, sandbox.WithKeyMemory(keyMemory))...)
	require.NoError(t, err)
	front := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
		server.Close()
	})
	return &scene{
		t: t, server: server, url: front.URL + sandbox.BasePath, journal: journal, refs: refs,
		said: map[string][]bardge.Outcome{},
	}
}

// worker starts a child process; wait returns when it has ended and all its
// claims are noted.
func (s *scene) worker(mode string, first int) (cmd *exec.Cmd, wait func() error) {
	s.t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(),
		envWorker+"="+mode, envURL+"="+s.url, envAPIKey+"="+s.server.APIKey, envPass+"="+s.server.Seed.PassID,
		envJournal+"="+s.journal, fmt.Sprint(envRefs, "=", s.refs), fmt.Sprint(envFirst, "=", first))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, cmd.Start())
	read := make(chan struct{})
	go func() {
		defer close(read)
		claims(bufio.NewScanner(out), s.note)
	}()
	return cmd, func() error {
		<-read
		return cmd.Wait()
	}
}

func (s *scene) note(ref string, o bardge.Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said[ref] = append(s.said[ref], o)
}

func (s *scene) heard(ref string) []bardge.Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.said[ref])
}

func (s *scene) killed(kills, processes int, dice *rand.Rand) {
	var each sync.WaitGroup
	var mu sync.Mutex
	roll := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return dice.IntN(n)
	}
	for p := range processes {
		each.Go(func() {
			for range kills / processes {
				cmd, wait := s.worker("work", roll(s.refs)+p)
				time.Sleep(time.Duration(150+roll(700)) * time.Millisecond)
				_ = cmd.Process.Kill() // SIGKILL; it may have ended by itself
				_ = wait()
			}
		})
	}
	each.Wait()
}

func (s *scene) executed() map[string]int {
	client, err := bardge.New(s.server.APIKey, bardge.WithBaseURL(s.server.URL), bardge.WithHTTPClient(s.server.Client()))
	require.NoError(s.t, err)
	count := map[string]int{}
	for _, e := range s.server.Ledger() {
		if e.Operation != sandbox.IssuePass || e.Resource == "" || e.Result == sandbox.ResultReplayed {
			continue
		}
		pass, _, err := client.IssuedPasses.Get(context.Background(), e.Resource)
		require.NoError(s.t, err)
		count[pass.ClientID]++
	}
	return count
}

// judge requires that each ref was executed at most once, every claim is true,
// and in the end every ref is settled or unknown.
func (s *scene) judge() {
	executed := s.executed()
	duplicates, lies, unknown, done := 0, 0, 0, 0
	for i := range s.refs {
		ref := fmt.Sprintf("order-%d", i)
		if executed[ref] > 1 {
			duplicates++
			s.t.Errorf("%s was executed %d times", ref, executed[ref])
		}
		said := s.heard(ref)
		for _, o := range said {
			switch {
			case o == bardge.OutcomeDone && executed[ref] == 0:
				lies++
				s.t.Errorf("%s: claimed done, and was not executed", ref)
			case (o == bardge.OutcomeRejected || o == bardge.OutcomeNotSent) && executed[ref] > 0 && last(said) == o:
				lies++
				s.t.Errorf("%s: claimed %s, and was executed", ref, o)
			}
		}
		switch last(said) {
		case bardge.OutcomeDone:
			done++
		case bardge.OutcomeUnknown:
			unknown++
		}
	}
	s.t.Logf("%d refs: %d done, %d unknown in the end; %d duplicates, %d lies; %d requests to issue",
		s.refs, done, unknown, duplicates, lies, s.server.Requests(sandbox.IssuePass))
	assert.Greater(s.t, done, s.refs/2)
}

func last(said []bardge.Outcome) bardge.Outcome {
	if len(said) == 0 {
		return bardge.OutcomeUnknown
	}
	return said[len(said)-1]
}

func TestKill9(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		journal   func(t *testing.T) string
		processes int
	}{
		"SQLite, one process":      {journal: sqliteFile, processes: 1},
		"SQLite, two processes":    {journal: sqliteFile, processes: 2},
		"PostgreSQL, four of them": {journal: postgresServer, processes: 4},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			s := newScene(t, row.journal(t), *killRefs, sandbox.WithRandomFaults(1, 0.2))
			s.killed(*killTimes, row.processes, rand.New(rand.NewPCG(1, 2)))
			time.Sleep(11 * time.Second) // the leases of the dead run out
			for _, mode := range []string{"recover", "work"} {
				_, wait := s.worker(mode, 0)
				require.NoError(t, wait())
			}
			s.judge()
		})
	}
}

// TestJ7_AStoppedOwner stops a process for longer than its lease while it owns
// a call. Another one takes over; the first finds on its return that its claim
// is gone, sends nothing more and settles nothing.
func TestJ7_AStoppedOwner(t *testing.T) {
	t.Parallel()
	rows := map[string]sandbox.Fault{
		"executed while the owner was stopped": sandbox.DelayBefore(2 * time.Second),
		"never executed for the owner":         sandbox.Unavailable(5 * time.Second),
	}
	for name, fault := range rows {
		for store, journal := range map[string]func(*testing.T) string{"SQLite": sqliteFile, "PostgreSQL": postgresServer} {
			t.Run(name+", "+store, func(t *testing.T) {
				t.Parallel()
				for range 5 {
					if stopped(t, newScene(t, journal(t), 1), fault) {
						return
					}
				}
				assert.Fail(t, "the owner was stopped in the middle of a transaction each time")
			})
		}
	}
}

// stopped plays the scene of TestJ7. It reports false if the owner was stopped
// inside a transaction of SQLite, which locks all others out of the file.
func stopped(t *testing.T, s *scene, fault sandbox.Fault) bool {
	t.Helper()
	s.server.Next(sandbox.IssuePass, fault)
	first, firstEnded := s.worker("work", 0)
	arrived := func() bool { return s.server.Requests(sandbox.IssuePass) > 0 }
	require.Eventually(t, arrived, 20*time.Second, time.Millisecond)
	time.Sleep(time.Second) // after the intent's transaction, and before the lease is renewed
	require.NoError(t, first.Process.Signal(syscall.SIGSTOP))
	_, closeJournal, err := openJournal(context.Background(), s.journal)
	if err != nil {
		require.NoError(t, first.Process.Kill())
		_ = firstEnded() // killed
		return false
	}
	closeJournal()
	time.Sleep(11 * time.Second)

	_, secondEnded := s.worker("work", 0)
	require.NoError(t, secondEnded())
	assert.Equal(t, []bardge.Outcome{bardge.OutcomeDone}, s.heard("order-0"), "the second took over")
	sent := s.server.Requests(sandbox.IssuePass)

	require.NoError(t, first.Process.Signal(syscall.SIGCONT))
	require.NoError(t, firstEnded())
	assert.Equal(t, sent, s.server.Requests(sandbox.IssuePass), "the first sent nothing more")
	assert.Equal(t, map[string]int{"order-0": 1}, s.executed())
	require.Len(t, s.heard("order-0"), 2)
	assert.Contains(t, []bardge.Outcome{bardge.OutcomeDone, bardge.OutcomeUnknown}, s.heard("order-0")[1])
	return true
}

func sqliteFile(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "journal.db")
}

func postgresServer(t *testing.T) string {
	t.Helper()
	return "postgres:" + pgtest.Start(t).DSN
}
