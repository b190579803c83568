package growth

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
	"github.com/bardge/bardge-go/internal/memnet"
)

var jsonFile = flag.String("json", "", "measure at length, and write the report to this `file`")

func TestMain(m *testing.M) {
	measurement.Serve()
	goleak.VerifyTestMain(m)
}

// measured are the reference and the client to compare with it.
var measured = []peers.Peer{peers.NetHTTP, peers.SDK}

type effort struct {
	callers []int
	plan    measurement.Plan
}

var (
	thorough = effort{
		callers: []int{1, 16, 256, 4096},
		plan:    measurement.Plan{Passes: 3, Blocks: 3, Calls: 2 * 4096},
	}
	brief = effort{
		callers: []int{1, 16},
		plan:    measurement.Plan{Passes: 1, Blocks: 1, Calls: 64},
	}
)

// TestGrowth measures at length only with -json. It always checks that values
// were measured, never how fast.
func TestGrowth(t *testing.T) {
	e := brief
	if *jsonFile != "" {
		e = thorough
	}
	var report Report
	for _, n := range e.callers {
		for _, p := range measured {
			report.Rows = append(report.Rows, Row{Callers: n, Client: p.Name})
		}
	}
	measureMemory(t, e, report.Rows)
	measureLoopback(t, e, report.Rows)

	assertMeasured(t, report)
	t.Log("\n" + report.Markdown())
	measurement.WriteReport(t, *jsonFile, report)
}

func measureMemory(t *testing.T, e effort, rows []Row) {
	t.Helper()
	workloads := make([]measurement.Workload, len(rows))
	for i, row := range rows {
		c, err := measurement.NewWorkload(peer(i), measurement.MemoryURL, &measurement.MemoryTransport{}, row.Callers)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		workloads[i] = c
	}
	for i, timing := range compare(t, workloads, e.plan) {
		var err error
		rows[i].Memory = timing
		rows[i].Call, err = measurement.GarbageOf(workloads[i], e.plan.Calls)
		require.NoError(t, err)
		rows[i].InFlight, err = measurement.InFlight(peer(i), rows[i].Callers)
		require.NoError(t, err)
	}
}

func measureLoopback(t *testing.T, e effort, rows []Row) {
	t.Helper()
	url := measurement.Loopback(t)
	workloads := make([]measurement.Workload, len(rows))
	for i, row := range rows {
		c, err := measurement.NewWorkload(peer(i), url, measurement.Network(row.Callers), row.Callers)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		workloads[i] = c
	}
	for i, timing := range compare(t, workloads, e.plan) {
		rows[i].Loopback = timing
	}
}

func peer(i int) peers.Peer { return measured[i%len(measured)] }

func compare(t *testing.T, workloads []measurement.Workload, p measurement.Plan) []measurement.Timing {
	t.Helper()
	medians, err := measurement.Compare(workloads, p)
	require.NoError(t, err)
	timings := make([]measurement.Timing, len(medians))
	for i, m := range medians {
		timings[i] = m.Timing(medians[i-i%len(measured)])
	}
	return timings
}

func assertMeasured(t *testing.T, r Report) {
	t.Helper()
	for _, row := range r.Rows {
		assert.Positive(t, row.Memory.Nanos, "%+v", row)
		assert.Positive(t, row.Loopback.Nanos, "%+v", row)
		assert.Positive(t, row.Call.Allocations, "%+v", row)
		assert.Positive(t, row.Call.Bytes, "%+v", row)
		assert.Positive(t, row.InFlight, "%+v", row)
	}
}

const (
	// flatCalls is the number of calls on each of two days.
	flatCalls = 10_000
	// flatBytes is three times the heap's variation; a leak of one word per
	// call, or of four per eight calls, is more.
	flatBytes = flatCalls * 9 / 2
	// keyMemory is how long a client may remember a caller's key: a day, and
	// half a day until its generation is dropped (R40).
	keyMemory = 49 * time.Hour
)

// TestNothingGrowsWithTheNumberOfCalls makes calls of every kind, with every
// result, over the SDK's own connections; lets the keys' window pass; and
// measures what the client still holds. Then it repeats all of it.
func TestNothingGrowsWithTheNumberOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.day(t, flatCalls/10) // allocates what is allocated once
		first, before := s.day(t, flatCalls), runtime.NumGoroutine()
		second, after := s.day(t, flatCalls), runtime.NumGoroutine()
		t.Logf("held after %d calls: %d bytes; after %d: %d", flatCalls, first, 2*flatCalls, second)
		assert.Less(t, second-first, int64(flatBytes), "bytes")
		assert.Equal(t, before, after, "goroutines")
		for _, o := range []bardge.Outcome{
			bardge.OutcomeDone, bardge.OutcomeRejected, bardge.OutcomeUnknown, bardge.OutcomeNotSent,
		} {
			assert.Greater(t, s.outcomes[o], flatCalls/100, "calls that ended %s", o)
		}
		assert.Greater(t, s.requests.Load(), int64(2*flatCalls), "some were tried again")
	})
}

type shop struct {
	client   *bardge.Client
	requests atomic.Int64
	keys     int // given by the caller so far
	outcomes map[bardge.Outcome]int
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{outcomes: map[bardge.Outcome]int{}}
	listener := memnet.Listen()
	server := &http.Server{Handler: s}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	client, err := bardge.New("bench-key",
		bardge.WithBaseURL("http://"+listener.Addr().String()),
		bardge.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: listener.DialContext}}))
	require.NoError(t, err)
	s.client = client
	t.Cleanup(func() {
		client.CloseIdleConnections()
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
	return s
}

// ServeHTTP breaks, rejects, or answers a request with a body that could be a
// success.
func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.requests.Add(1)
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	switch {
	case n%11 == 0:
		panic(http.ErrAbortHandler)
	case n%7 == 0:
		w.WriteHeader(http.StatusServiceUnavailable)
	case n%5 == 0:
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"error":{"type":"invalid_request_error","code":"validation_error","message":"no"}}`)
	case strings.HasPrefix(r.URL.Path, "/bookings/"):
		_, _ = io.WriteString(w, `{"object":"booking","id":"booking_abc123","status":"CANCELLED"}`)
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		fallthrough
	default:
		_, _ = io.WriteString(w, `{"object":"issued_pass","id":"brgpass_abc123","status":"ACTIVE"}`)
	}
}

func (s *shop) day(t *testing.T, calls int) int64 {
	t.Helper()
	for n := range calls {
		s.outcomes[bardge.OutcomeOf(s.call(t.Context(), n))]++
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(keyMemory)
	_ = s.issue(t.Context(), s.freshKey()) // keys are forgotten when others are used
	s.client.CloseIdleConnections()
	synctest.Wait()
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func (s *shop) call(ctx context.Context, n int) error {
	switch n % 8 {
	case 0:
		return s.issue(ctx)
	case 1:
		return s.issue(ctx, bardge.WithMaxAttempts(1))
	case 2:
		return s.issue(ctx, s.freshKey())
	case 3:
		key := s.freshKey()
		return errors.Join(s.issue(ctx, key), s.issue(ctx, key))
	case 4:
		return s.issue(ctx, s.sentKey())
	case 5:
		_, _, err := s.client.IssuedPasses.Get(ctx, "brgpass_abc123")
		return err
	case 6:
		_, _, err := s.client.Bookings.Cancel(ctx, "booking_abc123")
		return err
	default:
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return s.issue(ctx)
	}
}

func (s *shop) issue(ctx context.Context, opts ...bardge.CallOption) error {
	_, _, err := s.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: "client_ada", PassID: "pass_abc123"}, opts...)
	return err
}

func (s *shop) freshKey() bardge.CallOption {
	s.keys++
	key, _ := bardge.UnsentKey(fmt.Sprint("order-", s.keys)) // fails for an empty one only
	return bardge.WithIdempotencyKey(key)
}

func (s *shop) sentKey() bardge.CallOption {
	s.keys++
	key, _ := bardge.SentKey(fmt.Sprint("order-", s.keys), time.Now()) // likewise
	return bardge.WithIdempotencyKey(key)
}
