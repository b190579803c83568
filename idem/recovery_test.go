package idem

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func orphans(t *testing.T, w *world, class Class, n int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			c := callOf(fmt.Sprintf("order-%04d", i), class)
			c.Request.Path = fmt.Sprintf("/op/%d", i)
			assert.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		})
	}
	all.Wait()
}

func collect(t *testing.T, e *Engine, with Recovery, opts ...RecoveryOptions) []RecoveryResult {
	t.Helper()
	var all []RecoveryResult
	for one, err := range e.Recover(context.Background(), with, opts...) {
		require.NoError(t, err)
		all = append(all, one)
	}
	return all
}

func TestJ15_EachRecordGoesToOneRecovererOfAFleet(t *testing.T) {
	for _, recoverers := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(recoverers), journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			orphans(t, w, Keyed, 1000)
			time.Sleep(2 * time.Minute)
			var reads atomic.Int64
			with := knowing(Keyed)
			with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) {
				time.Sleep(time.Second) // a pass is longer than the first pause
				reads.Add(1)
				return ReconcileResult{}, nil
			}
			var all sync.WaitGroup
			var mu sync.Mutex
			yielded := map[string]int{}
			for range recoverers {
				e := w.newEngine(func(c *Config) { c.Journal = j })
				all.Go(func() {
					for one, err := range e.Recover(context.Background(), with) {
						assert.NoError(t, err)
						mu.Lock()
						yielded[one.Pending.ID]++
						mu.Unlock()
					}
				})
			}
			all.Wait()
			assert.Len(t, yielded, 1000)
			sum := 0
			for _, n := range yielded {
				sum += n
			}
			assert.Equal(t, 1000, sum)
			assert.EqualValues(t, 1000, reads.Load())
		}))
	}
}

func TestJ15_WhatStaysUnknownIsReadLessAndLessOften(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphans(t, w, Keyed, 20)
		time.Sleep(2 * time.Minute)
		var reads []time.Time
		with := knowing(Keyed)
		with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) {
			reads = append(reads, time.Now())
			return ReconcileResult{}, nil
		}
		begun := time.Now()
		for time.Since(begun) < 24*time.Hour { // every minute, as RunRecovery does
			collect(t, w.engine, with, RecoveryOptions{Concurrency: 1})
			time.Sleep(time.Minute)
		}
		assert.Len(t, reads, 20*11, "of 1440 passes: a minute, two, four ... 17 hours")
	})
	assert.Equal(t, 24*time.Hour, recoveryPause(12))
	assert.Equal(t, 24*time.Hour, recoveryPause(math.MaxInt))
	assert.Equal(t, time.Minute, recoveryPause(0))
}

func TestJ15_ThePauseBeginsAfterTheYield(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(2 * time.Minute)
		for range w.engine.Recover(context.Background(), knowing(Keyed)) {
			time.Sleep(50 * time.Second)
		}
		rec := stored(t, j)
		assert.Equal(t, firstPause, rec.Lease)
		assert.Empty(t, rec.Owner)
		time.Sleep(rec.Lease)
		for range w.engine.Recover(context.Background(), knowing(Keyed)) {
			rec = stored(t, j)
			assert.Equal(t, firstPause, rec.Lease, "a process that ends here leaves it to others")
		}
		rec = stored(t, j)
		assert.Equal(t, 2*firstPause, rec.Lease)
	})
}

func TestJ15_CallsAndResolveIgnoreThePause(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphans(t, w, Idempotent, 2)
		time.Sleep(time.Hour)
		require.Len(t, collect(t, w.engine, knowing(Idempotent)), 2)
		time.Sleep(2 * firstPause)
		require.Len(t, collect(t, w.engine, knowing(Idempotent)), 2)
		settle := func() error { return w.engine.Resolve(t.Context(), journal.RefID("order-0000"), Resolution{}) }
		require.ErrorIs(t, settle(), ErrMayBeExecuting, "recovery has just sent it")
		time.Sleep(101 * time.Second)
		rec, _, err := j.Load(t.Context(), journal.RefID("order-0000"))
		require.NoError(t, err)
		require.Positive(t, rec.Lease, "recovery passes it over")
		require.NoError(t, settle())
		before, begun := w.hits.Load(), time.Now()
		c := callOf("order-0001", Idempotent)
		c.Request.Path = "/op/1"
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		assert.Equal(t, before+1, w.hits.Load())
		assert.Less(t, time.Since(begun), time.Second)
	})
}

func TestJ15_InsideAnOpenWindowThePauseLeavesTimeForAnAttempt(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		orphan(t, w, Keyed)
		until := time.Now().Add(90*time.Second - w.engine.policy.KeyTTLMargin)
		for passes := range 4 {
			all := collect(t, w.engine, knowing(Keyed))
			require.Len(t, all, 1, passes)
			rec, _, err := w.engine.sealed.journal.Load(t.Context(), journal.RefID("order-1"))
			require.NoError(t, err)
			assert.Less(t, rec.Lease, time.Until(until)-minAttempt)
			time.Sleep(rec.Lease)
		}
		assert.EqualValues(t, 5, w.hits.Load())
	}, func(c *Config) { c.Journal, c.Policy.MaxAttempts = journal.NewMemory(), 1 })
}

func TestJ15_AFailingOperationHoldsUpNoOther(t *testing.T) {
	var up atomic.Bool
	inJournalledWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if !up.Load() || r.URL.Path == "/op/0" || r.URL.Path == "/op/5" {
			lose(rw, r)
		}
		answer(rw, 200, `{"id":"x"}`)
	}, func(t *testing.T, w *world, _ *faultyJournal) {
		orphans(t, w, Keyed, 10)
		up.Store(true)
		begun := time.Now()
		outcomes := map[Outcome]int{}
		for one, err := range w.engine.Recover(context.Background(), knowing(Keyed), RecoveryOptions{Concurrency: 1}) {
			require.NoError(t, err)
			outcomes[one.Result.Outcome]++
			if one.Result.Outcome == OutcomeDone {
				assert.Less(t, time.Since(begun), time.Second)
				continue
			}
			assert.Greater(t, time.Since(begun), time.Minute, "it was sent as long as its window allows")
			assert.ErrorContains(t, one.Result.Err, stopWindow.String())
		}
		assert.Equal(t, map[Outcome]int{OutcomeDone: 8, OutcomeUnknown: 2}, outcomes)
	})
}

func TestJ15_AnOperationThatFailsForAWhileIsDoneInTheSamePass(t *testing.T) {
	for _, class := range []Class{Keyed, Idempotent} {
		inJournalledWorld(t, script(lose, lose, lose, lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, _ *faultyJournal) {
			orphan(t, w, class)
			all := collect(t, w.engine, knowing(class))
			require.Len(t, all, 1)
			assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
			assert.Equal(t, ActionResend, all[0].Action)
			assert.EqualValues(t, 5, w.hits.Load())
		})
	}
}

func TestR33_RecoveryReadsTheStateAfterItsLastAttempt(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Idempotent)
		with, reads := knowing(Idempotent), 0
		with.Refetch = func(context.Context, PendingOperation) (*Response, State) {
			reads++
			return nil, StateUnread
		}
		all := collect(t, w.engine, with)
		require.Len(t, all, 1)
		assert.Equal(t, OutcomeUnknown, all[0].Result.Outcome)
		assert.Equal(t, 1, reads)
		assert.EqualValues(t, 1+defaultMaxAttempts, w.hits.Load())
	})
}

func TestJ15_OptionsBoundAPass(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphans(t, w, KeyUnverified, 3)
		time.Sleep(time.Hour)
		orphans(t, w, KeyUnverified, 5) // two of them are new
		time.Sleep(15 * time.Minute)
		assert.Empty(t, collect(t, w.engine, knowing(KeyUnverified), RecoveryOptions{Operation: "other"}))
		assert.Len(t, collect(t, w.engine, knowing(KeyUnverified), RecoveryOptions{OlderThan: time.Hour, Limit: 2}), 2)
		assert.Len(t, collect(t, w.engine, knowing(KeyUnverified), RecoveryOptions{OlderThan: time.Hour}), 1)
		assert.Len(t, collect(t, w.engine, knowing(KeyUnverified), RecoveryOptions{Limit: 1, Operation: "op"}), 1)
		assert.Len(t, collect(t, w.engine, knowing(KeyUnverified), RecoveryOptions{Concurrency: 256}), 1)
		for name, bad := range map[string][]RecoveryOptions{
			"a limit below zero": {{Limit: -1}}, "an age below zero": {{OlderThan: -1}}, "below one": {{Concurrency: -1}},
			"no text":  {{Operation: "a\x00"}},
			"too many": {{Concurrency: 257}}, "twice": {{}, {}},
		} {
			for one, err := range w.engine.Recover(context.Background(), knowing(KeyUnverified), bad...) {
				assert.ErrorAs(t, err, new(*InvalidError), name)
				assert.Empty(t, one.Pending.ID)
			}
		}
	})
}

func TestJ15_SeveralAreWorkedOnAtTheSameTimeAndYieldedOneByOne(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphans(t, w, Keyed, 12)
		time.Sleep(2 * time.Minute)
		var working, most, yields atomic.Int64
		with := knowing(Keyed)
		with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) {
			n := working.Add(1)
			defer working.Add(-1)
			most.Store(max(most.Load(), n))
			time.Sleep(time.Second)
			return ReconcileResult{}, nil
		}
		begun := time.Now()
		for range w.engine.Recover(context.Background(), with) {
			require.EqualValues(t, 1, yields.Add(1))
			runtime.Gosched()
			yields.Add(-1)
		}
		assert.EqualValues(t, defaultRecoveryConcurrency, most.Load())
		assert.Equal(t, 3*time.Second, time.Since(begun))
	})
}

func TestJ15_LeavingTheLoopPutsBackWhatWasNotBegun(t *testing.T) {
	for name, leave := range map[string]func(e *Engine, with Recovery){
		"break": func(e *Engine, with Recovery) {
			for range e.Recover(context.Background(), with) {
				break
			}
		},
		"panic": func(e *Engine, with Recovery) {
			defer func() { _ = recover() }()
			for range e.Recover(context.Background(), with) {
				panic("the loop's own")
			}
		},
		"context": func(e *Engine, with Recovery) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			for range e.Recover(ctx, with) {
				cancel()
			}
		},
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			orphans(t, w, Keyed, 50)
			time.Sleep(2 * time.Minute)
			var reads atomic.Int64
			with := knowing(Keyed)
			with.Reconcile = func(ctx context.Context, _ PendingOperation) (ReconcileResult, error) {
				reads.Add(1)
				select {
				case <-time.After(time.Duration(reads.Load()) * time.Second):
				case <-ctx.Done():
				}
				return ReconcileResult{}, ctx.Err()
			}
			leave(w.engine, with)
			assert.LessOrEqual(t, reads.Load(), int64(2*defaultRecoveryConcurrency))
			all, err := j.List(t.Context(), journal.Filter{})
			require.NoError(t, err)
			paused := 0
			for _, r := range all {
				assert.Empty(t, r.Owner)
				if r.Lease > 0 {
					paused++
				}
			}
			yielded := 1
			if name == "panic" { // as if the process had ended there
				yielded = 0
			}
			assert.Equal(t, yielded, paused)
			assert.Equal(t, 50-yielded, len(collect(t, w.engine, knowing(Keyed)))) //nolint:testifylint // long
		}))
	}
}

var errHookPanic = errors.New("the reconciler's")

func TestR39_APanicOfAHookPassesOnToTheLoop(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphans(t, w, Keyed, 10)
		time.Sleep(2 * time.Minute)
		with := knowing(Keyed)
		with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) { panic(errHookPanic) }
		assert.PanicsWithValue(t, errHookPanic, func() { collect(t, w.engine, with) })
		time.Sleep(time.Minute) // no renewal goes on
		all, err := j.List(t.Context(), journal.Filter{})
		require.NoError(t, err)
		for _, r := range all {
			assert.Empty(t, r.Owner)
			assert.Equal(t, journal.StateOpen, r.State())
		}
		assert.NotEmpty(t, collect(t, w.engine, knowing(Keyed)), "the others are due")
	})
}

func TestJ14_ARecordThatIsNotItsOperationsIsReportedAndNeverSent(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		before := w.hits.Load()
		with := knowing(Keyed)
		with.Matches = func(o PendingOperation) bool { return o.Request.Path != "/op" || o.Request.Method != http.MethodPost }
		with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) {
			t.Error("it is not read for")
			return ReconcileResult{Done: true}, nil
		}
		all := collect(t, w.engine, with)
		require.Len(t, all, 1)
		assert.Equal(t, ActionReport, all[0].Action)
		assert.Equal(t, OutcomeUnknown, all[0].Result.Outcome)
		assert.ErrorIs(t, all[0].Result.Err, errMismatch)
		assert.Equal(t, before, w.hits.Load())
	})
}
