package postgres

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// A call through the engine, with a ref, reads once and commits twice. It stands
// next to the same call without a journal, and to PostgreSQL's own commits: single
// inserts of as many bytes, over as many connections.

// crowds are how many callers there are at once.
var crowds = []int{1, 16, 64}

var conns = flag.Int("conns", 16, "connections in each pool of the benchmarks")

// pooled is a setting of the DSN.
func pooled() string { return fmt.Sprintf("pool_max_conns=%d", *conns) }

const (
	body   = 300 // bytes of a request
	answer = `{"id":"1"}`
)

func BenchmarkCalls(b *testing.B) {
	for _, callers := range crowds {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			e := instant(b, newStore(b).with(pooled()).open())
			inParallel(b, callers, func() error { return e.Do(context.Background(), purchase()).Err })
		})
	}
}

func BenchmarkCallsWithoutJournal(b *testing.B) {
	e := instant(b, nil)
	inParallel(b, 1, func() error {
		c := purchase()
		c.Ref = ""
		return e.Do(context.Background(), c).Err
	})
}

func BenchmarkRawInserts(b *testing.B) {
	for _, callers := range crowds {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := newStore(b)
			s.open() // makes the schema
			s.exec(`CREATE TABLE raw (id text PRIMARY KEY, sealed bytea NOT NULL)`)
			pool, err := pgxpool.New(context.Background(), s.with(pooled()).dsn)
			require.NoError(b, err)
			defer pool.Close()
			sql := expand(`INSERT INTO {}.raw VALUES ($1, $2)`, s.schema)
			sealed := make([]byte, body)
			inParallel(b, callers, func() error {
				_, err := pool.Exec(context.Background(), sql, uuid.NewString(), sealed)
				return err
			})
		})
	}
}

// inParallel calls f b.N times, from a number of goroutines.
func inParallel(b *testing.B, callers int, f func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := f(); !assert.NoError(b, err) {
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

// instant is an engine whose vendor answers at once.
func instant(b *testing.B, j idem.Journal) *idem.Engine {
	b.Helper()
	e, err := idem.New(idem.Config{
		Profile:        idem.Profile{KeyHeader: "Idempotency-Key", Window: minRetention},
		BaseURL:        "http://127.0.0.1",
		Transport:      answering{},
		Journal:        j,
		JournalSecrets: [][]byte{[]byte("secret")},
	})
	require.NoError(b, err)
	return e
}

type answering struct{}

func (answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode:    http.StatusOK,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(answer)),
		Body:          io.NopCloser(strings.NewReader(answer)),
		Request:       r,
	}, nil
}

func purchase() idem.Call {
	return idem.Call{
		Ref: uuid.NewString(),
		Request: idem.Request{
			Operation: idem.Operation{Name: "issue", Class: idem.Keyed, Success: []int{http.StatusOK}},
			Method:    http.MethodPost,
			Path:      "/passes",
			Body:      []byte(`{"note":"` + strings.Repeat("x", body) + `"}`),
		},
	}
}
