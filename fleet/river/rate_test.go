package riverbardge

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
)

// The long run is: go test -run AFleetAtALimit -v -args -rate-jobs 6000 -rate-strict.
var (
	rateJobs   = flag.Int("rate-jobs", 600, "passes to issue at a limit of 200 a second")
	rateBurst  = flag.Float64("rate-burst", 10, "requests that the limit admits at once")
	rateStrict = flag.Bool("rate-strict", false, "hold a quiet machine to the target")
)

// limit is a server's limit of 200 requests a second, with a burst.
type limit struct {
	next http.Handler

	mu              sync.Mutex
	tokens          float64
	at, first, last time.Time
	all, rejected   int
}

const limitRate = 200.0

func (l *limit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.admits() {
		time.Sleep(20 * time.Millisecond) // what the work takes
		l.next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusTooManyRequests)
}

func (l *limit) admits() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.at.IsZero() {
		l.tokens, l.first = *rateBurst, now
	} else {
		l.tokens = min(*rateBurst, l.tokens+now.Sub(l.at).Seconds()*limitRate)
	}
	l.at, l.last = now, now
	l.all++
	if l.tokens < 1 {
		l.rejected++
		return false
	}
	l.tokens--
	return true
}

func TestAFleetAtALimit(t *testing.T) {
	d := newDatabase(t)
	sb, err := sandbox.New()
	require.NoError(t, err)
	defer sb.Close()
	l := &limit{next: sb.Handler()}
	front := httptest.NewServer(l)
	defer front.Close()

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	queue := d.client(t, &river.Config{})
	require.NoError(t, pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		_, err := InsertMany(ctx, queue, tx, func(yield func(issueArgs, error) bool) {
			for i := range *rateJobs {
				if !yield(issueArgs{Policy: fmt.Sprintf("p-%d", i), Member: fmt.Sprintf("m-%d", i)}, nil) {
					return
				}
			}
		})
		return err
	}))
	all, err := startProcesses(ctx, 4, append(os.Environ(),
		envURL+"="+front.URL+sandbox.BasePath, envAPIKey+"="+sb.APIKey, envPass+"="+sb.Seed.PassID,
		envDSN+"="+d.dsn, envSchema+"="+d.schema, envMode+"="+modeJournal, envRate+"="+fmt.Sprint(limitRate)))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		var done int
		err := d.pool.QueryRow(ctx, `SELECT count(*) FROM `+d.schema+`.river_job
			WHERE kind = 'issue_pass' AND state = 'completed'`).Scan(&done)
		return err == nil && done == *rateJobs
	}, 5*time.Minute, 100*time.Millisecond)
	require.NoError(t, all.stop())

	l.mu.Lock()
	defer l.mu.Unlock()
	took := l.last.Sub(l.first)
	share := float64(l.rejected) / float64(l.all)
	used := float64(l.all-l.rejected) / took.Seconds() / limitRate
	t.Logf("%d requests in %.1f s, %.2f %% of them 429, %.1f %% of the limit used", l.all, took.Seconds(), 100*share, 100*used)
	assert.LessOrEqual(t, share, 0.2, "without a pace it is above 0.9")
	if *rateStrict { // a machine without processors to spare sends in bursts
		assert.LessOrEqual(t, share, 0.01)
		assert.GreaterOrEqual(t, used, 0.9)
	}
	assert.Equal(t, *rateJobs, sb.Requests(sandbox.IssuePass))
}
