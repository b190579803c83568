package idem

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// An owner whose lease has lapsed may await its response for a window. That is
// kept by whoever takes the record over, and not where the owner has left by
// itself.
func TestR39_ALapsedOwnerIsKeptInMind(t *testing.T) {
	for name, row := range map[string]struct {
		lapses bool
		take   func(t *testing.T, w *world, j *faultyJournal)
	}{
		"lapsed, found by recovery": {true, func(t *testing.T, w *world, _ *faultyJournal) {
			t.Helper()
			require.Len(t, w.recover(Recovery{Operation: func(string) (Operation, bool) { return Operation{}, false }}), 1)
		}},
		"lapsed, found by a call": {true, func(t *testing.T, w *world, _ *faultyJournal) {
			t.Helper()
			w.listener.SetDown(true)
			c := withRef(Idempotent)
			c.Policy.MaxAttempts = 1
			require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		}},
		"lapsed, adopted twice": {true, func(t *testing.T, w *world, j *faultyJournal) {
			t.Helper()
			_, err := j.Adopt(t.Context(), "another", time.Nanosecond, journal.Filter{Limit: 1})
			require.NoError(t, err)
			time.Sleep(time.Microsecond)
			require.Len(t, w.recover(Recovery{Operation: func(string) (Operation, bool) { return Operation{}, false }}), 1)
		}},
		"left, found by recovery": {false, func(t *testing.T, w *world, _ *faultyJournal) {
			t.Helper()
			require.Len(t, w.recover(Recovery{Operation: func(string) (Operation, bool) { return Operation{}, false }}), 1)
		}},
		"left, adopted by one that then lapsed": {true, func(t *testing.T, w *world, j *faultyJournal) {
			t.Helper()
			require.Len(t, w.recover(Recovery{Operation: func(string) (Operation, bool) { return Operation{}, false }}), 1)
			time.Sleep(firstPause)
			adopted, err := j.Adopt(t.Context(), "another", lease, journal.Filter{Limit: 1})
			require.NoError(t, err)
			require.Len(t, adopted, 1)
			time.Sleep(lease)
			require.Len(t, w.recover(Recovery{Operation: func(string) (Operation, bool) { return Operation{}, false }}), 1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
				c := withRef(Idempotent)
				c.Policy.MaxAttempts = 1
				if row.lapses {
					j.plan = []fault{faultNone, faultNotWritten} // it cannot say that it has left
				}
				require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
				time.Sleep(lease)
				row.take(t, w, j)
				settle := func() error { return w.engine.Resolve(context.Background(), journal.RefID("order-1"), Resolution{}) }
				still := w.engine.policy.KeyTTL + w.engine.policy.KeyTTLMargin + skewAllowance
				if row.lapses {
					still += w.engine.policy.KeyTTL
				}
				time.Sleep(still - time.Second)
				require.ErrorIs(t, settle(), ErrMayBeExecuting)
				time.Sleep(2 * time.Second)
				assert.NoError(t, settle())
			})
		})
	}
}
