package idem

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJ3_ALeaseThatIsLostInAWaitEndsTheCall(t *testing.T) {
	busy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		answer(w, 503, "{}")
	}
	inJournalledWorld(t, busy, func(t *testing.T, w *world, j *faultyJournal) {
		j.plan = []fault{faultNone, faultLost}
		began := time.Now()
		r := w.do(withRef(Keyed))
		assert.Less(t, time.Since(began), lease)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrJournal)
		assert.Contains(t, r.Err.Error(), stopLease.String())
	})
}

// The attempt under way is given up, and nobody says that the caller has left.
func TestJ7_ALeaseThatIsLostInAnAttemptEndsTheCall(t *testing.T) {
	slow := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server then notices who leaves
		<-r.Context().Done()
	}
	inJournalledWorld(t, slow, func(t *testing.T, w *world, j *faultyJournal) {
		j.plan = []fault{faultNone, faultNotWritten}
		r := w.do(withRef(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualError(t, r.Err, "the claim could not be renewed; "+stopLease.String())
		assert.ErrorIs(t, r.Err, ErrJournal)
		var f *failure
		require.ErrorAs(t, r.Err, &f)
		assert.NotContains(t, f.causes, nil)
	})
}

// Somebody's panic ends the call, and with it the renewing.
func TestJ4_APanicLeavesTheClaimToOthers(t *testing.T) {
	inJournalledWorld(t, says(200, `{}`), func(t *testing.T, w *world, j *faultyJournal) {
		e := w.newEngine(func(c *Config) { c.Journal, c.Observe = j, func(Event) { panic("somebody's bug") } })
		defer e.CloseIdleConnections()
		assert.Panics(t, func() { e.Do(context.Background(), withRef(Keyed)) })
		time.Sleep(time.Minute)
		assert.NoError(t, w.do(withRef(Keyed)).Err)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

// An operation that is new to the journal is not in doubt: what it finds already so
// was not its own doing.
func TestR14_ANewOperationIsNotInDoubt(t *testing.T) {
	inJournalledWorld(t, says(409, `{"error":{"code":"already"}}`), func(t *testing.T, w *world, _ *faultyJournal) {
		r := w.do(withRef(Convergent))
		assert.Equal(t, OutcomeDone, r.Outcome)
		assert.EqualError(t, r.Err, reasonAlready)
		assert.NotErrorIs(t, r.Err, ErrAnswerLost)
	})
}

// An operation without a key has no window, and a lease all the same.
func TestJ7_TheLeaseIsAskedWhereTheBytesOfACancelLeave(t *testing.T) {
	var machine sleepy
	var slept atomic.Bool
	j := NewMemoryJournal()
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		r := w.engine.Do(onConn(func() {
			if !slept.CompareAndSwap(false, true) {
				return
			}
			machine.sleep(30 * time.Second)
			rec, _, err := j.Load(context.Background(), "ref:order-1")
			assert.NoError(t, err)
			rec.Owner = "another"
			_, err = j.Save(context.Background(), rec)
			assert.NoError(t, err)
		}), withRef(Convergent))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Zero(t, w.hits.Load())
	}, func(c *Config) { c.Journal, c.WallClock = j, machine.now })
}

// A renewal that failed before a later attempt ends the call, also where the
// journal recovers at once: nobody knows who holds the operation.
func TestJ7_AnAttemptNeedsARenewedLease(t *testing.T) {
	inJournalledWorld(t, says(503, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
		j.plan = []fault{faultNone, faultNotWritten}
		r := w.do(withRef(Keyed))
		assert.Len(t, r.Attempts, 1)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualError(t, r.Err, "the claim could not be renewed; another owner may have taken the operation over")
	})
}
