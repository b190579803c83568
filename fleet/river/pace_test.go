package riverbardge

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

func (d database) pace(t *testing.T, o PaceOptions) *Pace {
	t.Helper()
	o.Name, o.Schema = "api", d.schema
	p, err := NewPace(t.Context(), d.pool, o)
	require.NoError(t, err)
	return p
}

// passes counts what processes, each with one request at a time, let pass in d.
func passes(t *testing.T, d time.Duration, processes ...*Pace) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var n atomic.Int64
	var all sync.WaitGroup
	for _, p := range processes {
		all.Go(func() {
			for p.Wait(ctx) == nil {
				n.Add(1)
			}
		})
	}
	all.Wait()
	return n.Load()
}

func TestAFleetKeepsOneRate(t *testing.T) {
	d := newDatabase(t)
	for _, rate := range []float64{50, 1000} { // the second one in blocks
		o := PaceOptions{PerSecond: rate}
		got := passes(t, 2*time.Second, d.pace(t, o), d.pace(t, o), d.pace(t, o), d.pace(t, o))
		assert.LessOrEqual(t, float64(got), 2*rate+1, "at %v", rate)
		assert.GreaterOrEqual(t, float64(got), 2*0.4*rate, "at %v", rate) // machines differ
	}
}

func TestAPauseIsTheFleets(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := PaceOptions{PerSecond: 100}
	a, b := d.pace(t, o), d.pace(t, o)
	require.NoError(t, a.Wait(t.Context()))
	require.NoError(t, b.Wait(t.Context()))

	a.observe(bardge.Event{Kind: bardge.EventAttemptEnded, Attempt: bardge.Attempt{Status: 429}})
	start := time.Now()
	require.NoError(t, b.Wait(t.Context()))
	assert.InDelta(t, 5, time.Since(start).Seconds(), 4.3, "a second, and what a busy machine adds")

	a.Pause(t.Context(), 30*time.Second)
	for _, p := range []*Pace{a, b, b} {
		start := time.Now()
		var late *LateError
		require.ErrorAs(t, p.Wait(t.Context()), &late, "a longer wait is the queue's")
		assert.InDelta(t, 30, late.Wait.Seconds(), 1)
		assert.Less(t, time.Since(start), 10*time.Second)
	}
}

// Jobs that are refused leave the moments to others.
func TestAMomentThatIsTooLateIsNotTaken(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	p := d.pace(t, PaceOptions{PerSecond: 0.05 / ofLimit, MaxWait: 30 * time.Second})
	var waits []time.Duration
	for range 5 {
		wait, err := p.reserve(t.Context())
		if err != nil {
			var late *LateError
			require.ErrorAs(t, err, &late)
			assert.InDelta(t, 40, late.Wait.Seconds(), 5, "each time the same")
			continue
		}
		waits = append(waits, wait)
	}
	assert.Len(t, waits, 2, "at once and after 20 s; the third one would wait for 40 s")
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	p := d.pace(t, PaceOptions{PerSecond: 0.1, MaxWait: time.Minute})
	require.NoError(t, p.Wait(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	require.ErrorIs(t, p.Wait(ctx), context.Canceled)
	assert.Less(t, time.Since(start), 5*time.Second)
}

// The row is in a table that PostgreSQL empties after a crash.
func TestThePaceSurvivesACrashOfPostgreSQL(t *testing.T) {
	t.Parallel()
	own := pgtest.Start(t)
	d := databaseOf(t, own.DSN)
	p := d.pace(t, PaceOptions{PerSecond: 100})
	require.NoError(t, p.Wait(t.Context()))
	require.NoError(t, own.Crash())
	require.Eventually(t, func() bool { return p.Wait(t.Context()) == nil }, 10*time.Second, 10*time.Millisecond)
	got := passes(t, time.Second, p)
	assert.LessOrEqual(t, got, int64(116), "at its rate again")
	assert.Positive(t, got)
}

func TestNewPaceRefuses(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	for _, o := range []PaceOptions{{PerSecond: 1}, {Name: "a"}, {Name: "a", PerSecond: -1}, {Name: "a", PerSecond: 1e6}} {
		_, err := NewPace(t.Context(), d.pool, o)
		assert.Error(t, err)
	}
	_, err := NewPace(t.Context(), nil, PaceOptions{Name: "a", PerSecond: 1})
	assert.Error(t, err)
}
