package idem

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRunRecovery_RunsPassAfterPass(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		var found []time.Duration
		begun := time.Now()
		go func() {
			ended <- w.engine.RunRecovery(ctx, time.Minute, knowing(KeyUnverified), func(one RecoveryResult, err error) {
				assert.NoError(t, err)
				assert.Equal(t, "order-1", one.Pending.Ref)
				found = append(found, time.Since(begun).Round(time.Minute))
				panic("an observer's own")
			})
		}()
		synctest.Wait()
		orphan(t, w, KeyUnverified)
		time.Sleep(90 * time.Second)
		j.fail(errDisk)
		time.Sleep(time.Minute)
		j.fail(nil)
		time.Sleep(time.Hour)
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		m := time.Minute
		assert.Equal(t, []time.Duration{m, 3 * m, 5 * m, 9 * m, 17 * m, 33 * m}, found)
		failures := 0
		for _, e := range w.events {
			if e.Kind == EventRecoveryFailed {
				failures++
				assert.ErrorIs(t, e.RecordErr, errDisk)
				assert.Equal(t, "the journal could not be read", e.Reason)
			}
		}
		assert.Equal(t, 1, failures)
	}, func(c *Config) { c.Logger = slog.New(slog.DiscardHandler) })
}

func TestRunRecovery_APassHasADeadlineOfItsOwn(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, KeyUnverified)
		with := knowing(KeyUnverified)
		var lasted []time.Duration
		with.Reconcile = func(ctx context.Context, _ PendingOperation) (ReconcileResult, error) {
			begun := time.Now()
			<-ctx.Done()
			lasted = append(lasted, time.Since(begun))
			return ReconcileResult{}, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*minPassTime)
		defer cancel()
		err := w.engine.RunRecovery(ctx, time.Second, with, func(RecoveryResult, error) {
			t.Error("it was not finished, and is due in the next pass")
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Len(t, lasted, 2)
		assert.Equal(t, minPassTime, lasted[0])
		assert.Equal(t, EventRecoveryFailed, w.events[len(w.events)-1].Kind)
		assert.NoError(t, w.events[len(w.events)-1].RecordErr)
	})
}

func TestRunRecovery_SurvivesAPanicOfAHook(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, KeyUnverified)
		with, reads := knowing(KeyUnverified), 0
		with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) {
			reads++
			panic(errHookPanic)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 119*time.Second)
		defer cancel()
		err := w.engine.RunRecovery(ctx, time.Minute, with, func(RecoveryResult, error) {})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2, reads)
	}, func(c *Config) { c.Logger = slog.New(slog.DiscardHandler) })
}

func TestRunRecovery_RefusesBadArguments(t *testing.T) {
	each := func(RecoveryResult, error) {}
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		e := w.engine
		without := w.newEngine()
		for name, err := range map[string]error{
			"no interval": e.RunRecovery(t.Context(), 0, knowing(Keyed), each),
			"no callback": e.RunRecovery(t.Context(), time.Minute, knowing(Keyed), nil),
			"a dry run":   e.RunRecovery(t.Context(), time.Minute, knowing(Keyed), each, RecoveryOptions{DryRun: true}),
			"bad options": e.RunRecovery(t.Context(), time.Minute, knowing(Keyed), each, RecoveryOptions{Limit: -1}),
			"no context":  e.RunRecovery(nil, time.Minute, knowing(Keyed), each), //nolint:staticcheck // the case
			"no journal":  without.RunRecovery(t.Context(), time.Minute, knowing(Keyed), each),
		} {
			assert.ErrorAs(t, err, new(*InvalidError), name)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, e.RunRecovery(over, time.Minute, knowing(Keyed), each), context.Canceled)
	})
}
