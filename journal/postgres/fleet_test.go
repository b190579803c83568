package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

func TestJ3_AdoptDoesNotWait(t *testing.T) {
	s := newStore(t)
	j := s.open()
	for _, id := range []string{"ref:1", "ref:2"} {
		save(t, j, orphan(id))
	}
	tx := s.locks(`SELECT FROM {}.operations WHERE id = 'ref:1' FOR UPDATE`)
	recs, err := j.Adopt(context.Background(), "new", time.Minute, journal.Filter{Limit: 10})
	require.NoError(t, err)
	require.Len(t, recs, 1)
	assert.Equal(t, "ref:2", recs[0].ID)
	require.NoError(t, tx.Rollback(context.Background()))
}

func machine(t *testing.T, j journal.Journal, skew time.Duration, vendor string) *idem.Engine {
	t.Helper()
	e, err := idem.New(idem.Config{
		Profile:   idem.Profile{Vendor: "pay", KeyHeader: "Idempotency-Key", KeyTTL: 90 * time.Second},
		BaseURL:   vendor,
		Journal:   j,
		WallClock: func() time.Time { return time.Now().Add(skew) },
	})
	require.NoError(t, err)
	t.Cleanup(e.CloseIdleConnections)
	return e
}

// By the record's time and the reader's clock the key is young; by the
// database's it is not.
func TestJ8_TheDatabasesClockFindsAKeyExpired(t *testing.T) {
	for name, row := range map[string]struct {
		writer, reader time.Duration // how much their clocks are ahead
		passed         time.Duration
		sent           int64
	}{
		"clocks agree, inside the window":  {passed: 30 * time.Second, sent: 1},
		"clocks agree, after it":           {passed: 100 * time.Second},
		"writer ahead, after the window":   {writer: 80 * time.Second, passed: 100 * time.Second},
		"reader behind, after the window":  {reader: -80 * time.Second, passed: 100 * time.Second},
		"writer behind: it seems to be so": {writer: -time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			call := idem.Call{
				Ref:    "order-1",
				Policy: idem.Policy{MaxAttempts: 1},
				Request: idem.Request{
					Operation: idem.Operation{Name: "issue", Class: idem.Keyed, Success: []int{http.StatusOK}},
					Method:    http.MethodPost, Path: "/passes", Body: []byte(`{}`),
				},
			}
			var received atomic.Int64 // the first response is lost
			vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if received.Add(1) == 1 {
					panic(http.ErrAbortHandler)
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{}`))
			}))
			defer vendor.Close()
			first := machine(t, s.open(), row.writer, vendor.URL).Do(context.Background(), call)
			require.Equal(t, idem.OutcomeUnknown, first.Outcome)
			s.pass(row.passed)

			r := machine(t, s.open(), row.reader, vendor.URL).Do(context.Background(), call)
			assert.Equal(t, row.sent, received.Load()-1)
			assert.Equal(t, row.sent == 0, errors.Is(r.Err, idem.ErrKeyExpired), r.Err)
		})
	}
}

// The server stops and restarts during the calls: they fail without wrong
// results, and continue.
func TestJ6_ARestartLosesNothingAndInventsNothing(t *testing.T) {
	db := pgtest.Start(t)
	for name, interrupt := range map[string]func() error{"restart": db.Restart, "crash": db.Crash} {
		t.Run(name, func(t *testing.T) {
			s := storeOn(t, db.DSN)
			j := s.open()
			ids, failures := saveWhile(t, "ref:", func(id string) int64 { return insist(t, j, id) }, interrupt)
			assert.Positive(t, failures, "the server was gone")
			assert.Equal(t, len(ids), ask[int](s, `SELECT count(*) FROM operations WHERE id = ANY($1)`, ids))
			assert.Equal(t, len(ids), ask[int](s, `SELECT count(*) FROM operations`))
		})
	}
}

// saveWhile has four callers save records before, during and after an
// interruption. It returns the acknowledged ids, and the number of failures.
func saveWhile(tb testing.TB, prefix string, save func(id string) int64, interrupt func() error) ([]string, int64) {
	tb.Helper()
	ctx, stop := context.WithCancel(context.Background())
	saved := make(chan string)
	var failures atomic.Int64
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				id := fmt.Sprintf("%s%d-%d", prefix, worker, i)
				failures.Add(save(id))
				saved <- id
			}
		})
	}
	var ids []string
	take := func(n int) {
		for range n {
			ids = append(ids, <-saved)
		}
	}
	take(100)
	interrupted := make(chan error, 1)
	go func() { interrupted <- interrupt() }()
	for done := false; !done; {
		select {
		case id := <-saved:
			ids = append(ids, id)
		case err := <-interrupted:
			require.NoError(tb, err)
			done = true
		}
	}
	take(100)
	stop()
	go func() { wg.Wait(); close(saved) }()
	for id := range saved {
		ids = append(ids, id)
	}
	return ids, failures.Load()
}

func insist(tb testing.TB, j *Journal, id string) (failures int64) {
	tb.Helper()
	return insistWith(tb, func() (bool, error) { return j.Save(context.Background(), order(id)) })
}

func insistWith(tb testing.TB, save func() (bool, error)) (failures int64) {
	tb.Helper()
	doubt := false
	for {
		ok, err := save()
		switch {
		case err == nil && ok:
			return failures
		case err == nil:
			assert.True(tb, doubt, "it was written although the journal was certain that it was not")
			return failures
		}
		failures++
		doubt = doubt || !errors.Is(err, journal.ErrNotCommitted)
		time.Sleep(time.Duration(min(failures, 20)) * time.Millisecond) // as a caller's backoff
	}
}
