package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// crowds are how many callers work at the same time.
var crowds = []int{1, 16, 64}

// BenchmarkRaw is the measure: rows of the same size into a plain table, so many
// to a commit, with nothing between them and SQLite.
func BenchmarkRaw(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("grouped=", n), func(b *testing.B) {
			raw := openRaw(b)
			b.ResetTimer()
			for i := 0; i < b.N; i += n {
				raw.commit(i, n)
			}
			perSecond(b)
		})
	}
}

// BenchmarkRawCallers is the same for callers that wait for their row: one
// goroutine commits whatever has arrived.
func BenchmarkRawCallers(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("callers=", n), func(b *testing.B) {
			raw := openRaw(b)
			rows := make(chan chan struct{}, n)
			go func() {
				var waiting []chan struct{}
				for i := 0; ; i += len(waiting) {
					first, ok := <-rows
					if !ok {
						return
					}
					waiting = append(waiting[:0], first)
					for len(rows) > 0 {
						waiting = append(waiting, <-rows)
					}
					raw.commit(i, len(waiting))
					for _, w := range waiting {
						w <- struct{}{}
					}
				}
			}()
			together(b, n, func(int) {
				done := make(chan struct{}, 1)
				rows <- done
				<-done
			})
			close(rows)
		})
	}
}

type rawTable struct {
	db     *sql.DB
	insert *sql.Stmt
}

func openRaw(b *testing.B) rawTable {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	_, err = db.Exec("CREATE TABLE t (id TEXT PRIMARY KEY, data BLOB)")
	require.NoError(b, err)
	insert, err := db.Prepare("INSERT INTO t VALUES (?, ?)")
	require.NoError(b, err)
	return rawTable{db, insert}
}

// commit inserts n rows from the given one on.
func (r rawTable) commit(from, n int) {
	tx, err := r.db.Begin()
	if err != nil {
		panic(err)
	}
	stmt := tx.Stmt(r.insert) //nolint:sqlclosecheck // it is closed with its transaction
	for i := range n {
		if _, err := stmt.Exec("ref:order-"+strconv.Itoa(from+i), make([]byte, 600)); err != nil {
			panic(err)
		}
	}
	if err := tx.Commit(); err != nil {
		panic(err)
	}
}

// BenchmarkSave is one durable write of the journal.
func BenchmarkSave(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("callers=", n), func(b *testing.B) {
			j := benchJournal(b)
			together(b, n, func(i int) {
				ok, err := j.Save(b.Context(), idem.Record{
					ID: fmt.Sprint("ref:order-", i), Ref: fmt.Sprint("order-", i), Generation: 1, Operation: "issuePass",
					Method: "POST", Path: "/v3/passes", Key: "0197f9d0-0000-7000-8000-000000000000",
					Since: time.Now(), Owner: "0197f9d0-0000-4000-8000-000000000000", Lease: 10 * time.Second,
					Sealed: make([]byte, 400),
				})
				if err != nil || !ok {
					b.Error(ok, err)
				}
			})
		})
	}
}

// BenchmarkCall is a whole call of the engine, with a server that costs nothing:
// without a journal, and with one, where a call is a read and two durable writes.
func BenchmarkCall(b *testing.B) {
	for _, durable := range []bool{false, true} {
		for _, n := range crowds {
			b.Run(fmt.Sprintf("durable=%t/callers=%d", durable, n), func(b *testing.B) {
				config := idem.Config{
					Profile:   idem.Profile{KeyHeader: "Idempotency-Key", Window: 90 * time.Second},
					BaseURL:   "https://api.example.com",
					Transport: instant{},
				}
				if durable {
					config.Journal, config.JournalSecrets = benchJournal(b), [][]byte{[]byte("secret")}
				}
				e, err := idem.New(config)
				require.NoError(b, err)
				together(b, n, func(i int) {
					c := idem.Call{Request: idem.Request{
						Operation: idem.Operation{Name: "issuePass", Class: idem.Keyed, Success: []int{200}},
						Method:    http.MethodPost, Path: "/v3/passes", Body: []byte(answer),
					}}
					if durable {
						c.Ref = fmt.Sprint("order-", i)
					}
					ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
					defer cancel()
					if r := e.Do(ctx, c); r.Err != nil {
						b.Error(r.Err, r.JournalErr)
					}
				})
			})
		}
	}
}

const answer = `{"id":"pass_0123456789","first_name":"Ada","last_name":"Lovelace","email":"ada@example.com"}`

// instant answers at once.
type instant struct{}

func (instant) RoundTrip(r *http.Request) (*http.Response, error) {
	_, err := io.Copy(io.Discard, r.Body)
	return &http.Response{
		StatusCode:    http.StatusOK,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader([]byte(answer))),
		ContentLength: int64(len(answer)), Request: r,
	}, err
}

func benchJournal(b *testing.B) idem.Journal {
	b.Helper()
	j := openJournal(b, filepath.Join(b.TempDir(), "journal.db"))
	b.Cleanup(func() { require.NoError(b, j.Close()) })
	return j
}

// together shares b.N calls among n callers.
func together(b *testing.B, n int, f func(i int)) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				f(int(i))
			}
		})
	}
	wg.Wait()
	perSecond(b)
}

func perSecond(b *testing.B) {
	b.Helper()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}
