package soak

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

// sample is what the client holds at a moment.
type sample struct {
	at         time.Duration // since the beginning
	orders     int64         // begun so far
	heap       int64         // bytes, after a collection
	goroutines int64
	conns      int64 // open connections of the client
	files      int64 // open descriptors of the process, sockets included
	rows       int64 // of the journal
	open       int64 // of them in doubt or under way
	size       int64 // bytes of the journal's file and its log
}

func (s sample) String() string {
	return fmt.Sprintf("%6s  orders %7d  heap %5.1f MB  goroutines %4d  connections %3d  files %3d  "+
		"rows %6d, open %4d  journal %5.1f MB",
		s.at.Round(time.Second), s.orders, megabytes(s.heap), s.goroutines, s.conns, s.files,
		s.rows, s.open, megabytes(s.size))
}

func megabytes(n int64) float64 { return float64(n) / (1 << 20) }

// take measures everything once.
func take(ctx context.Context, journal *sql.DB, path string) (sample, error) {
	var s sample
	row := journal.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(outcome = 'unknown'), 0) FROM operations")
	if err := row.Scan(&s.rows, &s.open); err != nil {
		return s, err
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			s.size += info.Size()
		}
	}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return s, err
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	s.heap, s.goroutines, s.files = int64(memory.HeapAlloc), int64(runtime.NumGoroutine()), int64(len(open))
	return s, nil
}

// A measure is a value that must not grow, and how much of it may be chance: a
// share of its size, and a constant.
type measure struct {
	name  string
	of    func(sample) int64
	share float64
	slack int64
}

// What callers have under way at a moment is chance: a call holds about 30 kB,
// a goroutine or two, and a connection, and of 256 callers a few dozen more or
// less are between two orders. The medians of the halves lie half of the time
// apart: in ten minutes about 75,000 orders, so that 100 bytes kept of each
// would show.
var measures = []measure{
	{"heap", func(s sample) int64 { return s.heap }, 0.15, 4 << 20},
	{"goroutines", func(s sample) int64 { return s.goroutines }, 0.15, 64},
	{"connections", func(s sample) int64 { return s.conns }, 0.15, 32},
	{"open files", func(s sample) int64 { return s.files }, 0.15, 32},
	{"open rows", func(s sample) int64 { return s.open }, 0.25, callers},
}

// The journal keeps settled records for its retention, so these are flat only
// after that.
var kept = []measure{
	{"rows", func(s sample) int64 { return s.rows }, 0.15, 1000},
	{"journal size", func(s sample) int64 { return s.size }, 0.15, 4 << 20},
}

// grown returns the measures that are larger in the later half of the samples
// than in the earlier one, beyond chance. It compares medians, so that no
// single moment decides.
func grown(samples []sample, all []measure) []string {
	var found []string
	half := len(samples) / 2
	for _, m := range all {
		before, after := median(samples[:half], m.of), median(samples[half:], m.of)
		if limit := before + int64(m.share*float64(before)) + m.slack; after > limit {
			found = append(found, fmt.Sprintf("%s grew from %d to %d", m.name, before, after))
		}
	}
	return found
}

func median(samples []sample, of func(sample) int64) int64 {
	values := make([]int64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
