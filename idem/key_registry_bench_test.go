package idem

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// BenchmarkKeyMemory gives an engine 500,000 keys in one window of 12 hours and
// 500,000 in the next one. It reports what a key costs in memory, and how long
// the slowest call waits for its own: of each call the shortest time of all
// passes, so that what holds up the machine now and then does not count
// (-benchtime 5x).
func BenchmarkKeyMemory(b *testing.B) {
	const keys, window = 500_000, 12 * time.Hour
	took := make([]time.Duration, 2*keys)
	for i := range took {
		took[i] = time.Hour
	}
	for b.Loop() {
		var before, after runtime.MemStats
		ring, now := newKeyRegistry(window), clock.Clock{}.Now()
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range took {
			if i == keys {
				runtime.GC()
				runtime.ReadMemStats(&after)
			}
			now.Mono, now.Wall = now.Mono+window/keys, now.Wall+window/keys
			k := Key{value: fmt.Sprintf("order-%030d", i), tracker: newKeyTracker()}
			start := time.Now()
			h := ring.acquire(k, now)
			h.begin(now)
			h.end(VerdictDone)
			ring.release(h, now)
			took[i] = min(took[i], time.Since(start))
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/keys, "B/key")
		runtime.KeepAlive(ring)
	}
	b.ReportMetric(float64(slices.Max(took).Microseconds()), "worst-µs")
}

// BenchmarkKeyMemoryHold is one call's use of a key that is given again and
// again.
func BenchmarkKeyMemoryHold(b *testing.B) {
	ring, now := newKeyRegistry(time.Minute), clock.Clock{}.Now()
	k := Key{value: "order-8812-0123456789-0123456789", tracker: newKeyTracker()}
	b.ReportAllocs()
	for b.Loop() {
		ring.release(ring.acquire(k, now), now)
	}
}

// BenchmarkClock measures a stamp while the clocks do not drift apart, one with
// a fresh reading of the machine's sleep, and one without any.
func BenchmarkClock(b *testing.B) {
	for name, now := range map[string]func() clock.Timestamp{
		"without": clock.Clock{}.Now,
		"now":     clock.New(nil, nil).Now,
		"sure":    clock.New(nil, nil).Sure,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				now()
			}
		})
	}
}
