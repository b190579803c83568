package durabletest

import (
	"context"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

var (
	openRecords = flag.Int("open-records", 5_000, "open records of the recovery benchmarks")
	concurrency = flag.Int("recovery-concurrency", 8, "operations that a recoverer works on at the same time")
	apiDelay    = flag.Duration("recovery-api-delay", time.Millisecond, "how long the API takes to answer a recoverer")
)

// nowhere is an address that refuses connections.
const nowhere = "127.0.0.1:1"

// Recoverable describes how processes share a journal.
type Recoverable struct {
	// Make makes a new store, and returns its place.
	Make func(b *testing.B) (place string)
	// Open opens the journal there, from any process; the benchmark's Cleanup
	// closes it.
	Open func(b *testing.B, place string) journal.Journal
}

// MeasureRecovery measures a full Recover of open operations past their window:
// each is searched for at an API that responds in a millisecond, and stays
// open. With -recovery-processes it compares one process with several, see
// measureFleet.
func MeasureRecovery(b *testing.B, store Recoverable) {
	b.Helper()
	switch {
	case IsRecoverer():
		recoverForParent(b, store.Open(b, os.Getenv(placeVariable)))
	case *processes > 0:
		measureFleet(b, store)
	default:
		measureRecovery(b, store)
	}
}

func measureRecovery(b *testing.B, store Recoverable) {
	b.Helper()
	address := slowAPI(b)
	for range b.N {
		b.StopTimer()
		j := store.Open(b, store.Make(b))
		e := recoveryEngine(b, address, j)
		fill(b, e, j, *openRecords)
		b.StartTimer()
		found, heap := recoverAll(b, e)
		require.Equal(b, *openRecords, found)
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*found), "µs/record")
		b.ReportMetric(float64(heap)/(1<<20), "MB-heap")
		e.CloseIdleConnections()
	}
}

// slowAPI returns the address of an API that finds nothing.
func slowAPI(b *testing.B) string {
	b.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(*apiDelay)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{}`))
	}))
	b.Cleanup(api.Close)
	return api.Listener.Addr().String()
}

// recoveryEngine is an engine whose API is at this address, in any process: a
// journal belongs to one base URL.
func recoveryEngine(b *testing.B, address string, j journal.Journal) *idem.Engine {
	b.Helper()
	var dialer net.Dialer
	return unsealedEngine(b, j, &http.Transport{
		MaxIdleConnsPerHost: *concurrency,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
	})
}

// unsealedEngine seals nothing, so that copies of a record can be read.
func unsealedEngine(b *testing.B, j journal.Journal, rt http.RoundTripper) *idem.Engine {
	b.Helper()
	e, err := idem.New(idem.Config{
		Profile: idem.Profile{Vendor: "bench", KeyHeader: "Idempotency-Key", KeyTTL: 90 * time.Second},
		BaseURL: "http://localhost", Journal: j, Account: "bench", Transport: rt,
	})
	require.NoError(b, err)
	return e
}

func fill(b *testing.B, e *idem.Engine, j journal.Journal, n int) {
	b.Helper()
	bindNew(b, e)
	saveCopies(b, j, pendingTemplate(b), "order", n)
}

func bindNew(b *testing.B, e *idem.Engine) {
	b.Helper()
	for _, err := range e.Recover(context.Background(), idem.Recovery{}) {
		require.NoError(b, err)
		b.Fatal("the journal is new")
	}
}

// pendingTemplate is the record of an operation that is open and past its
// window.
func pendingTemplate(b *testing.B) journal.Record {
	b.Helper()
	memory := journal.NewMemory()
	e := recoveryEngine(b, nowhere, memory)
	over, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	e.Do(over, idem.Call{Ref: "template", Policy: idem.Policy{MaxAttempts: 1}, Request: orderRequest()})
	rec := recordOf(b, memory, "template")
	rec.Outcome, rec.Since = journal.OutcomeUnknown, time.Now().Add(-time.Hour).Truncate(time.Microsecond)
	return rec
}

func recordOf(b *testing.B, j journal.Journal, ref string) journal.Record {
	b.Helper()
	rec, ok, err := j.Load(context.Background(), journal.RefID(ref))
	require.NoError(b, err)
	require.True(b, ok)
	return rec
}

func orderRequest() idem.Request {
	return idem.Request{
		Operation: idem.Operation{Name: "order", Class: idem.Keyed, Success: []int{http.StatusOK}},
		Method:    http.MethodPost, Path: "/orders", Body: []byte(`{"client":"client_0001","item":"item_0001"}`),
	}
}

// findingNothing recovers orders, each of which is searched for and stays open.
func findingNothing(look func(context.Context)) idem.Recovery {
	return idem.Recovery{
		Operation: func(string) (idem.Operation, bool) { return orderRequest().Operation, true },
		Reconcile: func(ctx context.Context, _ idem.PendingOperation) (idem.ReconcileResult, error) {
			look(ctx)
			return idem.ReconcileResult{}, nil
		},
	}
}

// recoverAll counts what one pass yields, and the most memory seen in use.
func recoverAll(b *testing.B, e *idem.Engine) (found int, heap uint64) {
	b.Helper()
	with := findingNothing(func(ctx context.Context) {
		e.Do(ctx, idem.Call{Request: idem.Request{
			Operation: idem.Operation{Name: "find", Class: idem.Safe, Success: []int{http.StatusOK}},
			Method:    http.MethodGet, Path: "/orders",
		}})
	})
	for _, err := range e.Recover(context.Background(), with, idem.RecoveryOptions{Concurrency: *concurrency}) {
		require.NoError(b, err)
		found++
		if found%1000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			heap = max(heap, m.HeapInuse)
		}
	}
	return found, heap
}
