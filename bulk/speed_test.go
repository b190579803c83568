package bulk_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// The measured runs.
var (
	speedItems   = flag.Int("bulk.items", 500, "how many items the measured runs have")
	speedWorkers = flag.Int("bulk.workers", 64, "how many workers the measured runs have")
)

// quickServer issues passes without a limit, and counts them.
type quickServer struct{ executed atomic.Int64 }

func (s *quickServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ClientID string `json:"client_id"`
		PassID   string `json:"pass_id"`
	}
	text, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(text, &body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	n := s.executed.Add(1)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Bardge-Request-Id", "req_1")
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"object":"issued_pass","id":"ip_%d","pass_id":%q,"pass_name":"Premium","client_id":%q,`+
		`"first_name":"Ada","last_name":"Okafor","created_at":1700000000}`, n, body.PassID, body.ClientID)
}

// direct calls a handler without a network.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return w.Result(), nil
}

// TestSpeed measures runs with SQLite: one that does each item, and one that
// resumes it.
func TestSpeed(t *testing.T) {
	n := *speedItems
	server := &quickServer{}
	path := filepath.Join(t.TempDir(), "journal.db")
	file, err := sqlite.Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, file.Close()) }()
	kept, err := bulk.NewJournal(file)
	require.NoError(t, err)
	client, err := bardge.New("key-of-the-reseller", bardge.WithJournal(kept, "acme"),
		bardge.WithHTTPClient(&http.Client{Transport: direct{server}}))
	require.NoError(t, err)
	issue := func(ctx context.Context, m member) error {
		_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: m.client, PassID: m.pass, FirstName: "Ada", LastName: "Okafor",
		}, bardge.WithRef(m.ref))
		return err
	}
	for _, name := range []string{"run", "resumed"} {
		var peak uint64
		o := bulk.Options[member]{
			Ref: func(m member) string { return m.ref }, Journal: kept, ReportDir: t.TempDir(), Workers: *speedWorkers,
			Progress: func(bulk.Progress) {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			},
		}
		began := time.Now()
		report, err := bulk.Run(t.Context(), generated(n), issue, o)
		took := time.Since(began)
		require.NoError(t, err)
		assert.EqualValues(t, n, report.Done+report.FromJournal)
		assert.EqualValues(t, n, server.executed.Load())
		t.Logf("%s: %d items in %v, %.0f a second, heap at most %.1f MB",
			name, n, took.Round(time.Millisecond), float64(n)/took.Seconds(), float64(peak)/1e6)
	}
	stat, err := os.Stat(path)
	require.NoError(t, err)
	t.Logf("a record: %.0f bytes of the journal's file", float64(stat.Size())/float64(n))
}

// generated yields n items that are made as they are read.
func generated(n int) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		for i := range n {
			if !yield(member{fmt.Sprintf("policy-%d", i), fmt.Sprintf("client-%d", i), "pass"}, nil) {
				return
			}
		}
	}
}
