package idem

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func stepped(w *world, j journal.Journal) *Engine {
	return w.newEngine(func(c *Config) {
		c.Journal, c.WallClock = j, func() time.Time { return time.Now().Add(time.Hour) }
	})
}

// A wall clock that is set forward makes nothing older: what recovery has just
// sent, or what an owner before it may still await, may still be executed.
func TestJ10_AClockThatIsSetForwardEndsNoWait(t *testing.T) {
	for _, class := range []Class{Idempotent, NonIdempotent} {
		t.Run(class.String(), journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			orphan(t, w, class)
			require.Len(t, collect(t, w.engine, knowing(class)), 1)
			e := stepped(w, j)
			err := e.Resolve(t.Context(), journal.RefID("order-1"), Resolution{})
			assert.ErrorIs(t, err, ErrMayBeExecuting)
			time.Sleep(3 * time.Minute)
			assert.NoError(t, e.Resolve(t.Context(), journal.RefID("order-1"), Resolution{}))
		}))
	}
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Idempotent)
		_, err := j.Adopt(t.Context(), "suspended", lease, journal.Filter{})
		require.NoError(t, err)
		time.Sleep(lease + time.Second)
		require.Len(t, collect(t, w.engine, knowing(Idempotent)), 1)
		time.Sleep(110 * time.Second) // what recovery has sent is over
		e := stepped(w, j)
		err = e.Resolve(t.Context(), journal.RefID("order-1"), Resolution{})
		assert.ErrorIs(t, err, ErrMayBeExecuting, "the owner before may have sent later")
		time.Sleep(3 * time.Minute)
		assert.NoError(t, e.Resolve(t.Context(), journal.RefID("order-1"), Resolution{}))
	})
}

func TestJ10_AClockThatIsSetForwardCorrectsNothingEarly(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Idempotent)
		_, err := j.Adopt(t.Context(), "suspended", lease, journal.Filter{})
		require.NoError(t, err)
		require.NoError(t, w.resolve(madeThing("1")))
		time.Sleep(110 * time.Second)
		e := stepped(w, j)
		err = e.Resolve(t.Context(), journal.RefID("order-1"), Resolution{})
		assert.ErrorIs(t, err, ErrMayBeExecuting, "that owner may have awaited a response")
		time.Sleep(3 * time.Minute)
		assert.NoError(t, e.Resolve(t.Context(), journal.RefID("order-1"), Resolution{}))
	})
}

func TestJ15_AClockThatWasAheadHidesNothingFromRecovery(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		require.Len(t, collect(t, stepped(w, j), knowing(Keyed)), 1)
		time.Sleep(2 * firstPause)
		assert.Len(t, collect(t, w.engine, knowing(Keyed)), 1)
	})
}

type boundlessJournal struct {
	*journal.Memory
	t *testing.T
}

func (j boundlessJournal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	assert.Nil(j.t, to, "a dry run binds nothing")
	return j.Memory.Bind(ctx, from, to)
}

func TestJ17_ADryRunBindsNothing(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, lose, func(t *testing.T, w *world) {
		dry := func() []RecoveryResult {
			return collect(t, w.newEngine(func(c *Config) { c.Journal = boundlessJournal{j, t} }),
				knowing(Keyed), RecoveryOptions{DryRun: true})
		}
		assert.Empty(t, dry())
		orphan(t, w, Keyed)
		assert.Len(t, dry(), 1)
	}, func(c *Config) { c.Journal = j })
	inWorld(t, lose, func(t *testing.T, w *world) {
		for _, err := range w.engine.Recover(t.Context(), knowing(Keyed), RecoveryOptions{DryRun: true}) {
			assert.ErrorIs(t, err, ErrOtherAccount)
		}
	}, func(c *Config) { c.Journal, c.Account = j, "another" })
}

// rebindingJournal is given to another account between a reading and a write of
// its binding.
type rebindingJournal struct {
	*journal.Memory
	rebind func()
	once   sync.Once
}

func (j *rebindingJournal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	if to != nil && from != nil {
		j.once.Do(j.rebind)
	}
	return j.Memory.Bind(ctx, from, to)
}

// The secret is rotated while the journal is given to another account.
func TestJ12_ARotationDoesNotHideThatTheJournalWasRebound(t *testing.T) {
	j := &rebindingJournal{Memory: journal.NewMemory()}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		first := w.newEngine(ofAccount(j.Memory, "a", secretOne))
		require.NoError(t, first.Do(t.Context(), withRef(Keyed)).Err)
		j.rebind = func() {
			other := w.newEngine(ofAccount(j.Memory, "b", secretTwo, secretOne))
			assert.NoError(t, other.Rebind(t.Context(), first.sealed.binder.account))
		}
		c := ofRef(post(Keyed), "order-2")
		r := w.newEngine(ofAccount(j, "a", secretTwo, secretOne)).Do(t.Context(), c)
		assert.ErrorIs(t, r.Err, ErrOtherAccount)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestJ15_AReservedOperationThatIsOnlyReportedStaysAsItIs(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		reserve(t, w, j, Keyed)
		first := stored(t, j)
		time.Sleep(time.Hour)
		with := knowing(Keyed)
		with.Matches = func(PendingOperation) bool { return false }
		require.Len(t, collect(t, w.engine, with), 1)
		rec := stored(t, j)
		assert.Equal(t, journal.StateReserved, rec.State())
		assert.Equal(t, first.Generation, rec.Generation)
		assert.Equal(t, first.Key, rec.Key)
		assert.Equal(t, time.Hour, rec.Age)
		assert.Positive(t, rec.Lease)
	})
}

func TestR39_AHookThatPanicsBeforeAnythingIsDoneLeavesNoLease(t *testing.T) {
	for name, row := range map[string]func(){
		"panic":  func() { panic(errHookPanic) },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			reserve(t, w, j, Keyed)
			with := knowing(Keyed)
			with.Operation = func(string) (Operation, bool) { row(); return Operation{}, false }
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				defer func() { _ = recover() }()
				for range w.engine.Recover(context.Background(), with) {
				}
			}()
			<-ended
			assert.Empty(t, stored(t, j).Owner)
			assert.Zero(t, w.hits.Load())
		}))
	}
}

func TestJ15_AReservedOperationThatIsRateLimitedIsTriedLessOften(t *testing.T) {
	inJournalledWorld(t, says(429, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
		reserve(t, w, j, NonIdempotent)
		var pauses []time.Duration
		for range 3 {
			all := collect(t, w.engine, knowing(NonIdempotent))
			require.Len(t, all, 1)
			assert.Equal(t, OutcomeRejected, all[0].Result.Outcome)
			rec := stored(t, j)
			assert.Equal(t, journal.StateReserved, rec.State())
			pauses = append(pauses, rec.Lease)
			time.Sleep(rec.Lease + time.Second)
		}
		assert.Equal(t, []time.Duration{firstPause, 2 * firstPause, 4 * firstPause}, pauses)
	})
}

func TestJ17_AReservationIsCancelledUnderRecovery(t *testing.T) {
	for _, class := range mutations {
		t.Run(class.String(), journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
			reserve(t, w, j, class)
			with := knowing(class)
			with.Matches = func(PendingOperation) bool {
				assert.NoError(t, w.resolve(Resolution{}))
				return true
			}
			assert.Empty(t, collect(t, w.engine, with), "it is not Recover's any more")
			assert.Equal(t, journal.StateFree, w.get().State)
			assert.Zero(t, w.hits.Load())
		}))
	}
}

// A person's word comes while the API's own response is on its way, and is
// wrong.
func TestJ17_TheAPIsProofOverrulesAPersonWhoWasFaster(t *testing.T) {
	var w *world
	inJournalledWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
		if w.hits.Load() == 1 {
			assert.NoError(t, w.resolve(madeThing("wrong")))
		}
		answer(rw, 200, `{"id":"right"}`)
	}, func(t *testing.T, inner *world, _ *faultyJournal) {
		w = inner
		w.engine.resource = func(string, []byte) string { return "thing:right" }
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.NoError(t, r.RecordErr)
		got := w.get()
		assert.False(t, got.ByPerson)
		assert.Equal(t, "thing:right", got.Resource)
		assert.Len(t, got.Resolutions, 1, "the history is kept")
		assert.JSONEq(t, `{"id":"right"}`, string(w.do(withRef(Keyed)).Response.Body))
		time.Sleep(time.Hour)
		require.ErrorIs(t, w.resolve(Resolution{}), ErrAlreadyResolved)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

// The record of a call whose lease has lapsed has another owner, who left it
// open, or still works on it.
func TestJ5_AProofIsRecordedAlsoWithoutTheLease(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*entry)
		want   journal.State
	}{
		"left open":          {change: func(e *entry) { e.Owner, e.Lease = "", time.Minute }, want: journal.StateDone},
		"another works":      {change: func(e *entry) { e.Owner, e.Lease = "another", time.Minute }, want: journal.StateOpen},
		"another generation": {change: func(e *entry) { e.Owner, e.Lease, e.Generation = "", 0, 2 }, want: journal.StateOpen},
	} {
		t.Run(name, func(t *testing.T) {
			var w *world
			inJournalledWorld(t, func(rw http.ResponseWriter, r *http.Request) {
				e, _, err := w.engine.sealed.Load(r.Context(), journal.RefID("order-1"))
				assert.NoError(t, err)
				row.change(&e)
				saved, err := w.engine.sealed.Save(r.Context(), e)
				assert.True(t, saved && err == nil)
				answer(rw, 200, `{"id":"x"}`)
			}, func(t *testing.T, inner *world, _ *faultyJournal) {
				w = inner
				r := w.do(withRef(NonIdempotent))
				require.NoError(t, r.Err)
				assert.Equal(t, OutcomeDone, r.Outcome)
				assert.Equal(t, row.want == journal.StateDone, r.RecordErr == nil)
				assert.Equal(t, row.want, w.get().State)
			})
		})
	}
}
