package soak

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
)

var (
	duration = flag.Duration("duration", 12*time.Second, "how long the callers work; ten minutes show more")
	think    = flag.Duration("think", 200*time.Millisecond, "a caller's mean pause between two orders")
)

const (
	// retention is the shortest that the journal accepts.
	retention = 90 * time.Second
	// settled is when the journal reaches its full size: its retention, and the
	// pause between two sweeps.
	settled = retention + 90*time.Second
	samples = 40
	// envServer makes the test binary the server.
	envServer = "BARDGE_SOAK_SERVER"
)

func TestMain(m *testing.M) {
	if os.Getenv(envServer) != "" {
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	os.Exit(m.Run())
}

// startServer starts the server in its own process, whose memory is not
// counted: its ledger grows.
func startServer(t *testing.T) hello {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), envServer+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		assert.NoError(t, in.Close())
		_ = cmd.Wait() // the test's context may have killed it
	})
	var said hello
	require.NoError(t, json.NewDecoder(out).Decode(&said))
	return said
}

func TestSoak(t *testing.T) {
	server := startServer(t)
	path := filepath.Join(t.TempDir(), "journal.db")
	journal, err := sqlite.Open(path, sqlite.WithRetention(retention))
	require.NoError(t, err)
	defer func() { assert.NoError(t, journal.Close()) }()
	var conns atomic.Int64
	client, err := bardge.New(server.Account, bardge.WithBaseURL("http://"+server.Address+sandbox.BasePath),
		bardge.WithHTTPClient(&http.Client{Transport: counting(&conns)}),
		bardge.WithJournal(journal, "acme"), bardge.WithRetryPolicy(policy))
	require.NoError(t, err)
	claims, err := os.Create(filepath.Join(t.TempDir(), "claims"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, claims.Close()) }()
	c := newWorkload(client, server, *think, claims)

	ctx, stop := context.WithTimeout(t.Context(), *duration)
	defer stop()
	ended := make(chan error, 2)
	go func() { ended <- c.work(ctx) }()
	go func() { ended <- c.resolveDoubts(ctx) }()
	taken := watch(ctx, t, c, &conns, path)
	require.NoError(t, <-ended)
	require.NoError(t, <-ended)

	flat(t, taken)
	require.Eventually(t, func() bool {
		client.CloseIdleConnections() // a dial that outlived its attempt brings one late
		return conns.Load() == 0
	}, 20*time.Second, 5*time.Millisecond, "connections are left")
	_, err = claims.Seek(0, io.SeekStart)
	require.NoError(t, err)
	issued, err := ask(t.Context(), c.truth)
	require.NoError(t, err)
	judge(t, claims, issued)
}

func counting(open *atomic.Int64) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		open.Add(1)
		return &counted{TCPConn: c.(*net.TCPConn), open: open}, nil
	}}
}

type counted struct {
	*net.TCPConn
	open   *atomic.Int64
	closed atomic.Bool
}

func (c *counted) Close() error {
	if !c.closed.Swap(true) {
		c.open.Add(-1)
	}
	return c.TCPConn.Close()
}

func watch(ctx context.Context, t *testing.T, c *workload, conns *atomic.Int64, path string) []sample {
	t.Helper()
	journal, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	defer func() { assert.NoError(t, journal.Close()) }()
	var all []sample
	for begun := time.Now(); wait(ctx, *duration/samples); {
		s, err := take(context.WithoutCancel(ctx), journal, path)
		require.NoError(t, err)
		s.at, s.orders, s.conns = time.Since(begun), c.orders.Load(), conns.Load()
		t.Log(s)
		all = append(all, s)
	}
	return all
}

func flat(t *testing.T, all []sample) {
	t.Helper()
	warm := all[len(all)/4:]
	require.GreaterOrEqual(t, len(warm), 8)
	assert.Empty(t, grown(warm, measures))
	var full []sample
	for _, s := range all {
		if s.at > settled {
			full = append(full, s)
		}
	}
	if len(full) < 8 {
		t.Logf("the journal's size is compared after %s only", settled)
		return
	}
	assert.Empty(t, grown(full, kept))
}

func judge(t *testing.T, claims io.Reader, issued map[string][]string) {
	t.Helper()
	said := map[bardge.Outcome]int{}
	duplicates, lies := 0, 0
	for _, ids := range issued {
		duplicates += len(ids) - 1
	}
	for lines := bufio.NewScanner(claims); lines.Scan(); {
		var ref, id string
		var o bardge.Outcome
		_, err := fmt.Sscanf(lines.Text()+" -", "%s %d %s", &ref, &o, &id)
		require.NoError(t, err)
		said[o]++
		if lie(o, strings.TrimPrefix(id, "-"), issued[ref]) {
			lies++
			t.Errorf("%s: claimed %s %s, issued %v", ref, o, id, issued[ref])
		}
	}
	t.Logf("%v; %d issued, %d duplicates, %d lies", said, len(issued), duplicates, lies)
	assert.Zero(t, duplicates)
	assert.Zero(t, lies)
	total := said[bardge.OutcomeDone] + said[bardge.OutcomeUnknown] + said[bardge.OutcomeRejected] + said[bardge.OutcomeNotSent]
	assert.Greater(t, said[bardge.OutcomeDone], total*95/100, "most orders succeed")
}

func lie(o bardge.Outcome, id string, issued []string) bool {
	switch o {
	case bardge.OutcomeDone:
		return len(issued) == 0 || id != "" && id != issued[0]
	case bardge.OutcomeRejected, bardge.OutcomeNotSent:
		return len(issued) > 0
	default:
		return false
	}
}

func TestGrowthIsFound(t *testing.T) {
	var flat, grows []sample
	for i := range int64(20) {
		flat = append(flat, sample{heap: 20<<20 + i%3<<20, goroutines: 900})
		grows = append(grows, sample{heap: 20<<20 + i<<20, goroutines: 900})
	}
	assert.Empty(t, grown(flat, measures))
	assert.Len(t, grown(grows, measures), 1)
}
