package durabletest

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

var sizes = flag.String("records", "2000", "so many `records` in the journal; or several numbers, with commas")

// Sized is a journal whose size can be measured.
type Sized struct {
	// Journal is new.
	Journal journal.Journal
	// Bytes returns how much space the journal takes.
	Bytes func() int64
	// Expire makes all settled records older than the retention.
	Expire func()
	// Sweep removes what is older than the retention.
	Sweep func() error
}

// MeasureSizes measures what a journal does while it holds many records, of
// which one in ten is open and past its window; -records is how many. The
// vendor answers at once.
//
//	µs/call       a durable call of a new ref; the median
//	µs/replay     a call of a ref that is done; the median
//	ms/first      until Recover yields its first record
//	µs/recovered  a record of a Recover of a thousand, 8 at a time
//	bytes/record  of the database
//	µs/swept      a record that is removed, while one caller makes calls
//	ms/held-up    the longest of these calls
func MeasureSizes(b *testing.B, open func(b *testing.B) Sized) {
	b.Helper()
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(text)
		require.NoError(b, err)
		b.Run("records="+text, func(b *testing.B) {
			for b.Loop() {
				measureSize(b, open(b), n)
			}
		})
	}
}

func measureSize(b *testing.B, s Sized, n int) {
	b.Helper()
	e := unsealedEngine(b, s.Journal, instant{})
	open, done := templates(b)
	bindNew(b, e)
	saveCopies(b, s.Journal, open, "open", n/10)
	saveCopies(b, s.Journal, done, "done", n-n/10)
	b.ReportMetric(float64(s.Bytes())/float64(n), "bytes/record")

	b.ReportMetric(micros(medianOf(b, func() error { return buy(b, e, newName()) })), "µs/call")
	b.ReportMetric(micros(medianOf(b, func() error {
		return buy(b, e, copyName("done", rand.IntN(n-n/10)))
	})), "µs/replay")

	b.ReportMetric(float64(recoverSome(b, e, 1).Microseconds())/1000, "ms/first")
	many := min(1000, n/20)
	b.ReportMetric(micros(recoverSome(b, e, many))/float64(many), "µs/recovered")

	s.Expire()
	took, longest := sweepBesideCalls(b, s, e)
	b.ReportMetric(micros(took)/float64(n-n/10), "µs/swept")
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms/held-up")
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func buy(b *testing.B, e *idem.Engine, ref string) error {
	b.Helper()
	return e.Do(b.Context(), idem.Call{Ref: ref, Request: orderRequest()}).Err
}

func templates(b *testing.B) (open, done journal.Record) {
	b.Helper()
	memory := journal.NewMemory()
	require.NoError(b, buy(b, unsealedEngine(b, memory, instant{}), "template"))
	return pendingTemplate(b), recordOf(b, memory, "template")
}

func copyName(prefix string, i int) string { return fmt.Sprintf("%s-%07d", prefix, i) }

// saveCopies saves so many copies of a record, each with a ref and key of its
// own.
func saveCopies(b *testing.B, j journal.Journal, rec journal.Record, prefix string, n int) {
	b.Helper()
	const writers = 64
	rec.Version, rec.Owner, rec.Lease = 0, "", 0
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < n; i += writers {
				one := rec
				one.ID, one.Key = journal.RefID(copyName(prefix, i)), "key of "+copyName(prefix, i)
				if saved, err := j.Save(context.Background(), one); err != nil || !saved {
					b.Errorf("saved %v: %v", saved, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// medianOf returns the median time of some hundred calls.
func medianOf(b *testing.B, call func() error) time.Duration {
	b.Helper()
	times := make([]float64, 512)
	for i := range times {
		begun := time.Now()
		require.NoError(b, call())
		times[i] = float64(time.Since(begun))
	}
	return time.Duration(median(times))
}

// recoverSome returns how long it takes to recover so many records, which stay
// open.
func recoverSome(b *testing.B, e *idem.Engine, limit int) time.Duration {
	b.Helper()
	with := findingNothing(func(context.Context) {})
	begun, found := time.Now(), 0
	for _, err := range e.Recover(b.Context(), with, idem.RecoveryOptions{Limit: limit, Concurrency: *concurrency}) {
		require.NoError(b, err)
		found++
	}
	require.Equal(b, limit, found)
	return time.Since(begun)
}

// sweepBesideCalls returns the duration of a sweep, and of the longest call
// during it.
func sweepBesideCalls(b *testing.B, s Sized, e *idem.Engine) (took, longest time.Duration) {
	b.Helper()
	begun, swept := time.Now(), make(chan error, 1)
	go func() {
		err := s.Sweep()
		took = time.Since(begun)
		swept <- err
	}()
	for {
		select {
		case err := <-swept:
			require.NoError(b, err)
			return took, longest
		default:
		}
		call := time.Now()
		require.NoError(b, buy(b, e, newName()))
		longest = max(longest, time.Since(call))
	}
}
