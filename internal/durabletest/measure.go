package durabletest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

type Measured struct {
	// Open opens a fresh journal; the benchmark's Cleanup closes it.
	Open func(b *testing.B) journal.Journal
	// Raw returns a function that commits one row durably, with the given size
	// and key, as fast as the database can for that many concurrent callers.
	Raw func(b *testing.B, callers int) func(id string, row []byte) error
}

const (
	roundSize = 256 // rows, and calls, in each round
	rowSize   = 600 // bytes; about what a journal keeps of a call
)

// Measure benchmarks whole calls of the engine with a journal, each with two
// durable writes, beside single rows that the database commits. An op is a
// round of so many of each. The figures are medians of the rounds, so that a
// disturbance of the machine affects all alike:
//
//	calls/s    durable calls, for so many callers
//	rows/s     raw rows, likewise
//	share      durable writes of the journal for each raw row
//	added      the time that the journal adds to one call, in raw commits
func Measure(b *testing.B, m Measured) {
	b.Helper()
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) { measureRate(b, m, callers) })
	}
	b.Run("added", func(b *testing.B) { measureAdded(b, m) })
}

func measureRate(b *testing.B, m Measured, callers int) {
	b.Helper()
	var rows, calls, shares []float64
	raw, with := m.Raw(b, callers), instantEngine(b, m.Open(b))
	row := make([]byte, rowSize)
	for b.Loop() {
		perRow := together(b, callers, func(id string) error { return raw("ref:"+id, row) })
		perCall := together(b, callers, func(id string) error { return purchase(b, with, id) })
		rows, calls, shares = append(rows, 1/perRow), append(calls, 1/perCall), append(shares, 2*perRow/perCall)
	}
	b.ReportMetric(median(rows), "rows/s")
	b.ReportMetric(median(calls), "calls/s")
	b.ReportMetric(median(shares), "share")
}

// measureAdded compares calls of one caller, with a journal and without. They
// alternate with rows, so that both begin like calls over a network: after a
// wait, with cold caches.
func measureAdded(b *testing.B, m Measured) {
	b.Helper()
	var added []float64
	raw, without, with := m.Raw(b, 1), instantEngine(b, nil), instantEngine(b, m.Open(b))
	row := make([]byte, rowSize)
	steps := [...]func(id string) error{
		func(string) error { return purchase(b, without, "") },
		func(id string) error { return raw("ref:"+id, row) },
		func(id string) error { return purchase(b, with, id) },
	}
	for b.Loop() {
		var spent [len(steps)]time.Duration
		for range roundSize {
			id := newName()
			for i, step := range steps {
				begun := time.Now()
				require.NoError(b, step(id))
				spent[i] += time.Since(begun)
			}
		}
		added = append(added, float64(spent[2]-spent[0])/float64(spent[1]))
	}
	b.ReportMetric(median(added), "added")
}

var serial atomic.Int64

// newName returns a unique name.
func newName() string { return "order-" + strconv.FormatInt(serial.Add(1), 10) }

// together does a round's work with so many callers, and returns the seconds of
// each piece.
func together(b *testing.B, callers int, do func(id string) error) float64 {
	b.Helper()
	var left atomic.Int64
	left.Store(roundSize)
	var wg sync.WaitGroup
	begun := time.Now()
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(newName()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(begun).Seconds() / roundSize
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// instantEngine is an engine whose vendor responds at once.
func instantEngine(b *testing.B, j journal.Journal) *idem.Engine {
	b.Helper()
	config := idem.Config{
		Profile:   idem.Profile{Vendor: "pay", KeyHeader: "Idempotency-Key", KeyTTL: 90 * time.Second},
		BaseURL:   "https://api.example.com",
		Transport: instant{},
		Journal:   j,
		Account:   account,
	}
	if j != nil {
		config.JournalSecrets = [][]byte{[]byte("a secret of sixteen bytes or more")}
	}
	e, err := idem.New(config)
	require.NoError(b, err)
	return e
}

const answer = `{"id":"pass_0123456789","first_name":"Ada","last_name":"Lovelace","email":"ada@example.com"}`

func purchase(b *testing.B, e *idem.Engine, ref string) error {
	b.Helper()
	return e.Do(b.Context(), idem.Call{Ref: ref, Request: idem.Request{
		Operation: idem.Operation{Name: "issuePass", Class: idem.Keyed, Success: []int{http.StatusOK}},
		Method:    http.MethodPost, Path: "/v3/passes", Body: []byte(answer),
	}}).Err
}

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
