package idem

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

var slowly = takes(10*time.Second, says(200, `{"id":"x"}`))

func begin[T any](f func() T) <-chan T {
	ended := make(chan T, 1)
	go func() { ended <- f() }()
	synctest.Wait()
	return ended
}

func TestClose_WaitsForCallsUnderWayAndLetsNoneBegin(t *testing.T) {
	inWorld(t, slowly, func(t *testing.T, w *world) {
		under := begin(func() Result { return w.do(post(Keyed)) })
		closed := begin(func() error { return w.engine.Close(t.Context()) })
		late := w.do(post(Keyed))
		require.ErrorIs(t, late.Err, ErrClosed)
		assert.Equal(t, OutcomeNotSent, late.Outcome)
		assert.False(t, late.RetryHelps)
		select {
		case <-closed:
			t.Fatal("it has not waited")
		default:
		}
		require.NoError(t, (<-under).Err)
		require.NoError(t, <-closed)
		assert.EqualValues(t, 1, w.hits.Load())
		require.NoError(t, w.engine.Close(t.Context()), "again")
	})
}

func TestClose_ContextBoundsTheWait(t *testing.T) {
	inWorld(t, slowly, func(t *testing.T, w *world) {
		first, second := begin(func() Result { return w.do(post(Keyed)) }), begin(func() Result { return w.do(read()) })
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begun := time.Now()
		err := w.engine.Close(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.EqualError(t, err, "calls still under way: 2: context deadline exceeded")
		assert.Equal(t, 5*time.Second, time.Since(begun))
		require.ErrorIs(t, w.do(post(Keyed)).Err, ErrClosed)
		require.NoError(t, w.engine.Close(t.Context()))
		require.NoError(t, (<-first).Err, "it was not cut short")
		require.NoError(t, (<-second).Err)
		assert.NoError(t, w.engine.Close(ctx), "nothing is under way, so that nothing is waited for")
	})
}

func TestClose_RetriesOfACallUnderWayGoOn(t *testing.T) {
	inWorld(t, script(says(503, ""), says(503, ""), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		under := begin(func() Result { return w.do(post(Keyed)) })
		require.NoError(t, w.engine.Close(t.Context()))
		r := <-under
		require.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 3)
	})
}

func TestClose_WhatBeginsAfterItIsRefused(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		e, ctx := w.engine, t.Context()
		require.NoError(t, e.Close(ctx))
		hits := w.hits.Load()
		for name, begin := range beginnings {
			assert.ErrorIs(t, begin(ctx, e), ErrClosed, name)
		}
		assert.ErrorIs(t, e.Rebind(ctx, Account{}), ErrClosed)
		loop := e.RunRecovery(ctx, time.Minute, knowing(Keyed), func(RecoveryResult, error) {})
		assert.ErrorIs(t, loop, ErrClosed)
		assert.Equal(t, hits, w.hits.Load(), "nothing was sent")
	})
}

func TestJ16_ACallAfterCloseReportsWhatWasKnown(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		c := atMost(1, ofKey(post(Keyed), NewKey()))
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		require.NoError(t, w.engine.Close(t.Context()))
		for want, call := range map[Outcome]Call{
			OutcomeNotSent: post(Keyed), // under a key of its own
			OutcomeUnknown: c,
		} {
			r := w.do(call)
			require.ErrorIs(t, r.Err, ErrClosed)
			assert.Equal(t, want, r.Outcome)
		}
		assert.Equal(t, OutcomeUnknown, w.do(withRef(Keyed)).Outcome, "others may have sent it")
	})
}

// A hook's use of the engine belongs to the call that runs the hook.
func TestClose_ACallUnderWayMayStillRead(t *testing.T) {
	inWorld(t, script(takes(10*time.Second, lose), says(200, `{"id":"x"}`)),
		func(t *testing.T, w *world) {
			c := atMost(1, post(Idempotent))
			var kept context.Context
			c.Refetch = func(ctx context.Context) (*Response, State) {
				kept = ctx //nolint:fatcontext // to use it after the call
				r := w.engine.Do(ctx, read())
				assert.NoError(t, r.Err)
				assert.ErrorIs(t, w.do(read()).Err, ErrClosed, "with another context")
				return r.Response, StateHolds
			}
			under := begin(func() Result { return w.do(c) })
			closed := begin(func() error { return w.engine.Close(t.Context()) })
			r := <-under
			require.NoError(t, r.Err)
			assert.True(t, r.Recovered)
			require.NoError(t, <-closed)
			assert.ErrorIs(t, w.engine.Do(context.WithoutCancel(kept), read()).Err, ErrClosed, "the call has ended")
		})
}

func TestClose_RecoveryFinishesWhatHasBegun(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		for _, ref := range []string{"order-1", "order-2", "order-3"} {
			require.Equal(t, OutcomeUnknown, w.do(callOf(ref, KeyUnverified)).Outcome)
		}
		with, reads := knowing(KeyUnverified), 0
		with.Reconcile = func(ctx context.Context, _ PendingOperation) (ReconcileResult, error) {
			reads++
			time.Sleep(time.Second)
			r := w.engine.Do(ctx, read())
			assert.NotErrorIs(t, r.Err, ErrClosed)
			return ReconcileResult{Done: true, Response: &Response{Status: 200, Body: []byte(`{}`)}}, nil
		}
		var yielded []RecoveryResult
		each := func(r RecoveryResult, err error) {
			assert.NoError(t, err)
			yielded = append(yielded, r)
		}
		loop := begin(func() error {
			return w.engine.RunRecovery(t.Context(), time.Minute, with, each, RecoveryOptions{Concurrency: 1})
		})
		closed := begin(func() error { return w.engine.Close(t.Context()) })
		require.NoError(t, <-closed)
		require.ErrorIs(t, <-loop, ErrClosed)
		require.Len(t, yielded, 1)
		assert.Equal(t, OutcomeDone, yielded[0].Result.Outcome)
		assert.Equal(t, 1, reads)
		left, err := j.Adopt(t.Context(), "next process", time.Minute, journal.Filter{})
		require.NoError(t, err)
		assert.Len(t, left, 2, "they are free for another process at once")
		for _, e := range w.events {
			assert.NotEqual(t, EventRecoveryFailed, e.Kind, "closing is no failure")
		}
	})
}

func TestClose_EndsTheRecoveryLoopInItsPause(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		loop := begin(func() error {
			return w.engine.RunRecovery(t.Context(), time.Hour, knowing(Keyed), func(RecoveryResult, error) {})
		})
		begun := time.Now()
		require.NoError(t, w.engine.Close(t.Context()))
		require.ErrorIs(t, <-loop, ErrClosed)
		assert.Zero(t, time.Since(begun))
	})
}

func TestClose_InACallbackOfRecoveryLosesNothing(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		for _, ref := range []string{"order-1", "order-2", "order-3"} {
			require.Equal(t, OutcomeUnknown, w.do(callOf(ref, KeyUnverified)).Outcome)
		}
		each := func(RecoveryResult, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			assert.ErrorIs(t, w.engine.Close(ctx), context.DeadlineExceeded)
		}
		err := w.engine.RunRecovery(t.Context(), time.Minute, knowing(KeyUnverified), each, RecoveryOptions{Concurrency: 1})
		require.ErrorIs(t, err, ErrClosed)
		require.NoError(t, w.engine.Close(t.Context()))
		left, err := j.Adopt(t.Context(), "next process", time.Minute, journal.Filter{})
		require.NoError(t, err)
		assert.Len(t, left, 2, "the others are free at once")
	})
}

func TestClose_ACallThatWaitsForAnOwnerGetsItsResult(t *testing.T) {
	inJournalledWorld(t, slowly, func(t *testing.T, w *world, j *faultyJournal) {
		owner := w.newEngine(func(c *Config) { c.Journal = j })
		sent := begin(func() Result { return owner.Do(t.Context(), withRef(Keyed)) })
		waiting := begin(func() Result { return w.do(withRef(Keyed)) })
		require.NoError(t, w.engine.Close(t.Context()))
		r := <-waiting
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		require.NoError(t, (<-sent).Err)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestClose_IsSafeForConcurrentUse(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 8 {
					if r := w.do(post(Keyed)); r.Err != nil {
						assert.ErrorIs(t, r.Err, ErrClosed)
						assert.Equal(t, OutcomeNotSent, r.Outcome)
					}
				}
			})
			all.Go(func() { assert.NoError(t, w.engine.Close(t.Context())) })
		}
		all.Wait()
		assert.ErrorIs(t, w.do(post(Keyed)).Err, ErrClosed)
	})
	e, err := New(Config{Profile: testProfile(), BaseURL: "https://x"})
	require.NoError(t, err)
	assert.ErrorAs(t, e.Close(nil), new(*InvalidError)) //nolint:staticcheck // the case
}
