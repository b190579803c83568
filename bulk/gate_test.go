package bulk

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// What items end with, as the gate sees it.
var (
	outage   error = &idem.Failure{Outcome: idem.OutcomeNotSent, RetryHelps: true}
	rejected error = &idem.Failure{Outcome: idem.OutcomeRejected}
	errOwn         = errors.New("the function's own")
)

// inGate calls f with a gate that pauses for a minute, and counts its notices.
func inGate(t *testing.T, f func(t *testing.T, g *gate, notices *int)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		notices := 0
		f(t, newGate(time.Minute, func() { notices++ }), &notices)
	})
}

// pass lets items through one after the other, which end with err.
func (g *gate) pass(t *testing.T, n int, err error) {
	t.Helper()
	for range n {
		leave, entered := g.enter(t.Context())
		require.True(t, entered)
		leave(err)
	}
}

// isShut reports whether no item gets through now.
func (g *gate) isShut(t *testing.T) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	_, entered := g.enter(ctx)
	return !entered
}

func TestGate_PausesAfterSixFailuresInARow(t *testing.T) {
	inGate(t, func(t *testing.T, g *gate, notices *int) {
		g.pass(t, 5, outage)
		g.pass(t, 1, errOwn) // it counts as neither
		assert.False(t, g.isShut(t))
		g.pass(t, 1, rejected)
		g.pass(t, 6, outage)
		assert.True(t, g.isShut(t))
		assert.Equal(t, 1, *notices)
		pauses, until := g.paused()
		assert.Equal(t, 1, pauses)
		assert.InDelta(t, time.Minute, time.Until(until), float64(time.Millisecond))
	})
}

func TestGate_PausesWhenHalfOfThirtySecondsHaveFailed(t *testing.T) {
	inGate(t, func(t *testing.T, g *gate, _ *int) {
		for range 9 {
			g.pass(t, 1, outage)
			g.pass(t, 1, nil)
		}
		g.pass(t, 1, nil)
		time.Sleep(failureWindow) // what is older does not count
		g.pass(t, 5, outage)
		g.pass(t, 14, nil)
		g.pass(t, 4, outage)
		assert.False(t, g.isShut(t), "9 of 23")
		g.pass(t, 1, nil)
		g.pass(t, 5, outage)
		assert.False(t, g.isShut(t), "14 of 29")
		g.pass(t, 1, outage)
		assert.True(t, g.isShut(t), "15 of 30")
	})
}

func TestGate_OneItemTriesAfterThePause(t *testing.T) {
	inGate(t, func(t *testing.T, g *gate, notices *int) {
		g.pass(t, 6, outage)
		began := time.Now()
		first, entered := g.enter(t.Context())
		require.True(t, entered)
		assert.Equal(t, time.Minute, time.Since(began))
		assert.True(t, g.isShut(t), "one is under way")
		first(outage)
		assert.True(t, g.isShut(t), "the next pause has begun")

		second, entered := g.enter(t.Context())
		require.True(t, entered)
		assert.InDelta(t, 2*time.Minute, time.Since(began), float64(time.Millisecond))
		second(errOwn)
		g.pass(t, 1, rejected) // the API has answered
		assert.False(t, g.isShut(t))
		assert.Equal(t, 2, *notices)
		g.pass(t, 5, outage)
		assert.False(t, g.isShut(t), "failures from before do not count")
	})
}

func TestGate_WaitersGoOnWhenTheOutageEnds(t *testing.T) {
	inGate(t, func(t *testing.T, g *gate, _ *int) {
		g.pass(t, 6, outage)
		through := make(chan struct{}, 100)
		for range 100 {
			go func() {
				leave, entered := g.enter(t.Context())
				if entered {
					time.Sleep(time.Second)
					leave(nil)
					through <- struct{}{}
				}
			}()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Empty(t, through)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Len(t, through, 100)
	})
}

func TestGate_CallsFromBeforeTheOutageDoNotEndIt(t *testing.T) {
	inGate(t, func(t *testing.T, g *gate, _ *int) {
		old, _ := g.enter(t.Context())
		g.pass(t, 6, outage)
		old(nil)
		assert.True(t, g.isShut(t))
	})
}
