package pace

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// limited makes a pacer that has seen its first 429.
func limited(wait time.Duration) *Pacer {
	p := New(Settings{})
	p.random = func(time.Duration) time.Duration { return 0 }
	p.Throttled(time.Now(), wait)
	return p
}

// pass lets n requests pass and leave, and returns when each has entered.
func pass(t *testing.T, p *Pacer, n int) []time.Duration {
	t.Helper()
	start := time.Now()
	at := make([]time.Duration, n)
	for i := range at {
		if !p.TryEnter() {
			require.NoError(t, p.Wait(t.Context(), Turn{Latest: start.Add(time.Hour)}))
		}
		at[i] = time.Since(start)
		p.Leave(true)
	}
	return at
}

func TestR41_NoLimitNoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Settings{})
		assert.Equal(t, make([]time.Duration, 1000), pass(t, p, 1000))
		assert.Zero(t, testing.AllocsPerRun(100, func() { p.TryEnter(); p.Leave(true) }))
		assert.False(t, p.Paces())
	})
}

// A stray 429 does not make a busy client a slow one; a burst is no rate.
func TestR41_ThePaceBeginsBelowWhatTheServerDid(t *testing.T) {
	rows := map[string]struct {
		before func(p *Pacer)
		rate   float64
	}{
		"nothing":      {before: func(*Pacer) {}, rate: startRate},
		"10 a second":  {before: func(p *Pacer) { respond(p, 100, 100*time.Millisecond) }, rate: startRate},
		"200 a second": {before: func(p *Pacer) { respond(p, 1000, 5*time.Millisecond) }, rate: 140},
		"200 a second, and an hour of nothing": {before: func(p *Pacer) {
			respond(p, 1000, 5*time.Millisecond)
			time.Sleep(time.Hour)
		}, rate: startRate},
		"a burst of 66": {before: func(p *Pacer) { respond(p, 66, time.Microsecond) }, rate: 0.7 * 50},
		"rejections": {before: func(p *Pacer) {
			for range 1000 {
				p.TryEnter()
				p.Leave(false)
			}
		}, rate: startRate},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := New(Settings{})
				row.before(p)
				p.Throttled(time.Now(), 0)
				assert.InDelta(t, row.rate, p.rate, 3)
			})
		})
	}
}

// respond lets n requests end well, one after the other.
func respond(p *Pacer, n int, every time.Duration) {
	for range n {
		p.TryEnter()
		time.Sleep(every)
		p.Leave(true)
	}
}

func TestR41_TheRateIsCutOnceForAnEpisode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(time.Second)
		assert.InDelta(t, startRate, p.rate, 0)
		sent := time.Now()
		time.Sleep(time.Millisecond)
		p.Throttled(sent.Add(-time.Second), time.Second)
		assert.InDelta(t, startRate, p.rate, 0, "it was sent before")
		for range 3 {
			p.Throttled(sent.Add(time.Millisecond), time.Second)
		}
		assert.InDelta(t, cutTo*startRate, p.rate, 0.01, "once for three that were sent after it")
		for range 100 {
			p.Throttled(time.Now(), 0)
			time.Sleep(time.Millisecond)
		}
		for range 50 {
			p.Throttled(time.Now().Add(time.Hour), 0)
		}
		assert.InDelta(t, floorRate, p.rate, 0.1, "the floor")
	})
}

func TestR41_ThePauseEndsAtOneRequestAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(3 * time.Second)
		at := pass(t, p, 3)
		assert.Equal(t, 3*time.Second, at[0])
		assert.InDelta(t, 50, float64((at[1]-at[0])/time.Millisecond), 1)
		assert.InDelta(t, 50, float64((at[2]-at[1])/time.Millisecond), 1)
	})
}

func TestR41_TheRateGrowsWhileRequestsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(0)
		time.Sleep(time.Minute)
		pass(t, p, 1)
		assert.InDelta(t, startRate, p.rate, 0.2, "none has waited")
		var all sync.WaitGroup
		for range 400 {
			all.Go(func() { pass(t, p, 1) })
		}
		start := time.Now()
		all.Wait()
		assert.InDelta(t, 12.36, time.Since(start).Seconds(), 0.5, "400 = 20 t + t²")
		assert.InDelta(t, startRate+firstGrowth*time.Since(start).Seconds(), p.rate, 1)
		p.Throttled(time.Now(), 0)
		before := p.rate
		for range 100 {
			all.Go(func() { pass(t, p, 1) })
		}
		start = time.Now()
		all.Wait()
		assert.InDelta(t, before+laterGrowth*time.Since(start).Seconds(), p.rate, 1, "more slowly after a cut")
	})
}

func TestR41_AKnownRateIsNotExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Settings{Rate: 100})
		at := pass(t, p, 97)
		assert.Zero(t, at[0])
		assert.InDelta(t, time.Second, at[96], float64(time.Millisecond))
		time.Sleep(time.Hour)
		at = pass(t, p, 3)
		assert.Greater(t, at[2], 20*time.Millisecond, "what was not used is lost")
		p.Throttled(time.Now(), 0)
		assert.InDelta(t, 0.85*96, p.rate, 0.01)
		var all sync.WaitGroup
		for range 4000 {
			all.Go(func() { pass(t, p, 1) })
		}
		all.Wait()
		assert.InDelta(t, 96, p.rate, 0, "it grows to what is known")
	})
}

func TestR41_APauseIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(24 * time.Hour)
		assert.Equal(t, []time.Duration{maxPause}, pass(t, p, 1))
	})
}

func TestR41_ALimitIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(time.Second)
		time.Sleep(forgetAfter - time.Second)
		pass(t, p, 1)
		assert.True(t, p.Paces())
		time.Sleep(time.Second)
		pass(t, p, 1)
		assert.False(t, p.Paces())
		assert.True(t, p.TryEnter())
	})
}

// The order is: what is urgent, by its time; then what came first.
func TestR41_TheOrderOfTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(time.Second)
		var order []string
		var mu sync.Mutex
		var all sync.WaitGroup
		for _, w := range []struct {
			name   string
			urgent bool
			left   time.Duration
		}{
			{name: "new 1", left: time.Hour},
			{name: "new 2", left: time.Minute},
			{name: "retry of much time", urgent: true, left: time.Minute},
			{name: "retry of little time", urgent: true, left: 10 * time.Second},
		} {
			all.Go(func() {
				assert.NoError(t, p.Wait(t.Context(), Turn{Urgent: w.urgent, Latest: time.Now().Add(w.left)}))
				mu.Lock()
				defer mu.Unlock()
				order = append(order, w.name)
			})
			synctest.Wait()
		}
		all.Wait()
		assert.Equal(t, []string{"retry of little time", "retry of much time", "new 1", "new 2"}, order)
	})
}

func TestR41_WhatComesTooLateIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(10 * time.Second)
		start := time.Now()
		wait := func(left time.Duration, insists bool) error {
			return p.Wait(t.Context(), Turn{Latest: time.Now().Add(left), Insists: insists})
		}
		var late *LateError
		require.ErrorAs(t, wait(5*time.Second, false), &late)
		assert.Equal(t, 10*time.Second, late.Wait)
		assert.Zero(t, time.Since(start))

		go func() {
			time.Sleep(5 * time.Second)
			p.Throttled(time.Now(), 30*time.Second)
		}()
		require.ErrorAs(t, wait(20*time.Second, false), &late, "a longer pause")
		assert.Equal(t, 30*time.Second, late.Wait)
		assert.Equal(t, 5*time.Second, time.Since(start))

		require.NoError(t, wait(5*time.Second, true), "it insists")
		assert.Equal(t, 10*time.Second, time.Since(start))
		p.Leave(true)
	})
}

func TestR41_AQueueThatIsTooLongIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Settings{Rate: 10 / ofKnown})
		ctx, cancel := context.WithCancel(t.Context())
		for range 101 {
			go func() { _ = p.Wait(ctx, Turn{Latest: time.Now().Add(time.Hour)}) }()
		}
		synctest.Wait()
		assert.ErrorAs(t, p.Wait(ctx, Turn{Latest: time.Now().Add(9 * time.Second)}), new(*LateError))
		assert.Len(t, p.queue, 100)
		cancel()
		synctest.Wait()
		assert.Empty(t, p.queue)
		assert.Zero(t, p.queued.Load())
		assert.EqualValues(t, 1, p.inFlight.Load(), "the first one has entered")
	})
}

func TestR41_AtMost64AreInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(0)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range 200 {
			go func() { _ = p.Wait(ctx, Turn{Latest: time.Now().Add(time.Hour)}) }()
		}
		time.Sleep(time.Minute)
		assert.EqualValues(t, maxInFlight, p.inFlight.Load())
		for range 10 {
			p.Leave(true)
		}
		time.Sleep(time.Minute)
		assert.EqualValues(t, maxInFlight, p.inFlight.Load())
		cancel()
		synctest.Wait()
	})
}

// One request waits for a limiter at a time.
func TestR41_ALimiterIsAskedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l oneAtATime
		p := New(Settings{Limiter: &l})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { pass(t, p, 2) })
		}
		start := time.Now()
		all.Wait()
		assert.Equal(t, 40*time.Second, time.Since(start))
		assert.Equal(t, 1, l.most)
	})
}

type oneAtATime struct {
	mu          sync.Mutex
	under, most int
}

func (l *oneAtATime) Wait(context.Context) error {
	l.add(1)
	defer l.add(-1)
	time.Sleep(time.Second)
	return nil
}

func (l *oneAtATime) add(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under += n
	l.most = max(l.most, l.under)
}

// Of the urgent ones, only those with less time go before it.
func TestR41_AnUrgentRequestIsNotRefusedForThoseBehindIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := limited(time.Second)
		var all sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		for range 1000 {
			all.Go(func() {
				if p.Wait(ctx, Turn{Urgent: true, Latest: time.Now().Add(time.Hour)}) == nil {
					p.Leave(true)
				}
			})
		}
		synctest.Wait()
		require.NoError(t, p.Wait(t.Context(), Turn{Urgent: true, Latest: time.Now().Add(3 * time.Second)}))
		p.Leave(true)
		cancel()
		all.Wait()
	})
}
