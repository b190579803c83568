package bulk_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// The measured runs.
var (
	speedItems = flag.Int("items", 1000, "how many items the measured runs have")
	speedConns = flag.Int("conns", 16, "how many connections the journal has in the measured runs")
)

// quickServer issues passes without a network and without a limit.
type quickServer struct{ executed atomic.Int64 }

func (s *quickServer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body struct {
		ClientID string `json:"client_id"`
		PassID   string `json:"pass_id"`
	}
	defer func() { _ = r.Body.Close() }()
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Bardge-Request-Id", "req_1")
	w.WriteHeader(http.StatusCreated)
	_, err := fmt.Fprintf(w, `{"object":"issued_pass","id":"ip_%d","pass_id":%q,"pass_name":"Premium","client_id":%q,`+
		`"first_name":"Ada","last_name":"Okafor","created_at":1700000000}`, s.executed.Add(1), body.PassID, body.ClientID)
	return w.Result(), err
}

// TestSpeed measures runs with PostgreSQL, as bulk's own does with SQLite: one
// that does each item, and one that resumes it. It also measures what a record
// takes in the table with its indexes: request and response of an issued pass,
// sealed.
func TestSpeed(t *testing.T) {
	n, server := *speedItems, &quickServer{}
	database := pgtest.Start(t)
	stored, err := postgres.Open(t.Context(), fmt.Sprintf("%s&pool_max_conns=%d", database.DSN, *speedConns))
	require.NoError(t, err)
	defer func() { assert.NoError(t, stored.Close()) }()
	kept, err := bulk.NewJournal(stored)
	require.NoError(t, err)
	client, err := bardge.New("key-of-the-reseller", bardge.WithJournal(kept, "acme"),
		bardge.WithHTTPClient(&http.Client{Transport: server}))
	require.NoError(t, err)
	for _, name := range []string{"run", "resumed"} {
		began := time.Now()
		report, err := bulk.Run(t.Context(), members(n), func(ctx context.Context, m member) error {
			_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: m.client, PassID: "pass_premium", FirstName: "Ada", LastName: "Okafor",
			}, bardge.WithRef(m.ref))
			return err
		}, bulk.Options[member]{Ref: func(m member) string { return m.ref }, Journal: kept, ReportDir: t.TempDir()})
		took := time.Since(began)
		require.NoError(t, err)
		assert.EqualValues(t, n, report.Done+report.FromJournal)
		assert.EqualValues(t, n, server.executed.Load())
		t.Logf("%s: %d items in %v, %.0f a second", name, n, took.Round(time.Millisecond), float64(n)/took.Seconds())
	}
	logSizes(t, database.DSN, n)
}

// logSizes logs what a record takes in the table.
func logSizes(t *testing.T, dsn string, n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { assert.NoError(t, conn.Close(context.Background())) }()
	var sealed float64
	var size int64
	row := conn.QueryRow(t.Context(), `SELECT avg(length(sealed))::float8, pg_total_relation_size('bardge_journal.operations')
		FROM bardge_journal.operations`)
	require.NoError(t, row.Scan(&sealed, &size))
	t.Logf("a record: %.0f bytes sealed, %.0f with its row and indexes", sealed, float64(size)/float64(n))
}
