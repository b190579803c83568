package idem

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

var renewalFaults = map[string]fault{"not written": faultNotWritten, "lost": faultLost, "in doubt": faultInDoubt}

func answersAfter(d time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server then notices who leaves
		select {
		case <-r.Context().Done():
		case <-time.After(d):
		}
		answer(w, 200, `{"id":"x"}`)
	}
}

func TestR35_OneFailedRenewalEndsNothing(t *testing.T) {
	for name, f := range renewalFaults {
		t.Run("in an attempt, "+name, journalledTest(answersAfter(12*time.Second), func(t *testing.T, w *world, j *faultyJournal) {
			j.plan = []fault{faultNone, f}
			r := w.do(withRef(Keyed))
			require.NoError(t, r.Err)
			assert.NoError(t, r.RecordErr)
			assert.EqualValues(t, 1, w.hits.Load())
		}))
		t.Run("before an attempt, "+name, journalledTest(script(lose, says(200, `{}`)), func(t *testing.T, w *world, j *faultyJournal) {
			j.plan = []fault{faultNone, f, f}
			r := w.do(withRef(Keyed))
			require.NoError(t, r.Err)
			assert.EqualValues(t, 2, w.hits.Load())
		}))
	}
}

// While renewals fail the lease is still held: no other owner takes the
// operation.
func TestR39_ARenewalIsRepeatedUntilTheLeaseHasLapsed(t *testing.T) {
	inJournalledWorld(t, asksToWait(503, "30"), func(t *testing.T, w *world, j *faultyJournal) {
		j.plan, j.rest = []fault{faultNone}, faultNotWritten
		began := time.Now()
		r := w.do(withRef(Keyed))
		assert.Equal(t, lease, time.Since(began))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrJournal)
		var f *endError
		require.ErrorAs(t, r.Err, &f)
		assert.ErrorContains(t, f.causes[0], stopLease.String(), "in the wait")
	})
}

func TestR39_AWrittenAttemptIsAwaitedWithoutItsLease(t *testing.T) {
	inJournalledWorld(t, answersAfter(14*time.Second), func(t *testing.T, w *world, j *faultyJournal) {
		j.plan, j.rest = []fault{faultNone}, faultNotWritten
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.Equal(t, OutcomeDone, r.Outcome)
		assert.ErrorIs(t, r.RecordErr, errDisk)
		assert.Equal(t, 14*time.Second, r.Attempts[0].Duration)
	})
	inJournalledWorld(t, answersAfter(time.Hour), func(t *testing.T, w *world, j *faultyJournal) {
		j.plan, j.rest = []fault{faultNone}, faultNotWritten
		r := w.do(withRef(Keyed))
		require.Len(t, r.Attempts, 1, "no other one follows without the lease")
		assert.Equal(t, defaultAttemptTimeout, r.Attempts[0].Duration)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrJournal)
	})
}

// However long an attempt may last, it ends before NotExecuted may be believed.
func TestR39_AnAttemptWithoutALeaseEndsBeforeItIsResolved(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		c := newOwnedRecord(&w.engine.sealed, entry{Record: journal.Record{ID: "call:1", Owner: "first"}}, w.engine.clock.Now())
		ended := make(chan time.Time, 1)
		began := time.Now()
		j.set(faultNotWritten)
		c.Keep(func(error) { ended <- time.Now() }, func() bool { return true }, w.engine.policy.KeyTTL)
		lasted := (<-ended).Sub(began)
		c.End()
		assert.Equal(t, lease+w.engine.policy.KeyTTL, lasted)

		server := w.engine.policy.KeyTTL + w.engine.policy.KeyTTLMargin // which may still work on it
		rec := entry{Record: journal.Record{Owner: "first", Since: began, Lease: lease - lasted - server}}
		rec.asked = w.engine.clock.Now()
		assert.True(t, w.engine.mayStillRun(rec, true), "clocks may differ")
		rec.Lease -= 2 * skewAllowance
		assert.False(t, w.engine.mayStillRun(rec, true))

		// Another owner has looked as soon as the lease had lapsed, and has
		// left.
		rec = entry{Record: journal.Record{Since: began, Lease: -time.Hour}, asked: w.engine.clock.Now()}
		rec.inherit(rec.Released+1, clock.AtWall(began.Add(lease)), w.engine.policy.KeyTTL)
		assert.True(t, w.engine.mayStillRun(rec, true))
		rec.asked.Wall += server
		assert.True(t, w.engine.mayStillRun(rec, true))
		rec.asked.Wall += 2 * skewAllowance
		assert.False(t, w.engine.mayStillRun(rec, true))
	})
}

func hangingDials(c *Config) {
	c.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	c.Policy.AttemptTimeout = 30 * time.Second
}

// An attempt that is not written could not leave without its lease: it is given
// up as soon as that has lapsed, also where the journal hangs.
func TestJ7_AnAttemptThatIsNotWrittenEndsWithItsLease(t *testing.T) {
	for name, f := range map[string]fault{"fails": faultNotWritten, "hangs": faultHangs} {
		t.Run(name, func(t *testing.T) {
			j := &faultyJournal{Memory: journal.NewMemory(), plan: []fault{faultNone}, rest: f}
			inWorld(t, lose, func(t *testing.T, w *world) {
				r := w.do(withRef(Keyed))
				require.Len(t, r.Attempts, 1)
				assert.Equal(t, lease, r.Attempts[0].Duration)
				assert.ErrorIs(t, r.Err, ErrJournal)
				assert.Equal(t, OutcomeUnknown, r.Outcome, "of the ref, whose record says so")
			}, hangingDials, func(c *Config) { c.Journal = j })
		})
	}
}

type takingJournal struct{ *journal.Memory }

func (j takingJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if r.Version > 0 && r.State() == journal.StateOpen && r.Owner != "" {
		taken := r
		taken.Owner = "another"
		_, _ = j.Memory.Save(ctx, taken)
	}
	return j.Memory.Save(ctx, r)
}

// That another owner has it is definite: nothing is repeated.
func TestJ7_AClaimThatWasTakenIsGivenUpAtOnce(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		r := w.do(withRef(Keyed))
		require.Len(t, r.Attempts, 1)
		assert.Equal(t, lease/3, r.Attempts[0].Duration)
		assert.ErrorIs(t, r.Err, claim.ErrTaken)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
	}, hangingDials, func(c *Config) { c.Journal = takingJournal{journal.NewMemory()} })
}

// lateJournal returns from its renewals when their time is over, and writes
// later.
type lateJournal struct {
	*journal.Memory
	late time.Duration
}

func (j *lateJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if r.Version == 1 && r.Owner != "" {
		time.Sleep(j.late)
	}
	return j.Memory.Save(ctx, r)
}

// A renewal that was abandoned may still be written, between the reading that
// settles the doubt and the result: the result is recorded all the same.
func TestR39_AnAbandonedRenewalDoesNotHideTheResult(t *testing.T) {
	for _, late := range []time.Duration{4 * time.Second, 8 * time.Second, time.Minute} {
		j := &lateJournal{Memory: journal.NewMemory(), late: late}
		inWorld(t, answersAfter(5*time.Second), func(t *testing.T, w *world) {
			r := w.do(withRef(Keyed))
			require.NoError(t, r.Err)
			require.NoError(t, r.RecordErr, late)
			time.Sleep(2 * time.Minute)
			assert.Equal(t, journal.OutcomeDone, stored(t, j).Outcome)
		}, func(c *Config) { c.Journal = j })
	}
}

type crossedJournal struct {
	*journal.Memory
	late func()
}

func (j *crossedJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if r.Version == 1 && r.Owner != "" && j.late == nil {
		j.late = func() { _, _ = j.Memory.Save(ctx, r) }
		return false, errors.New("it is not known whether it was written")
	}
	return j.Memory.Save(ctx, r)
}

func (j *crossedJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	r, ok, err := j.Memory.Load(ctx, id)
	if j.late != nil {
		j.late()
	}
	return r, ok, err
}

func TestR39_ALateWriteOfItsOwnIsNotAnotherOwner(t *testing.T) {
	j := &crossedJournal{Memory: journal.NewMemory()}
	inWorld(t, answersAfter(3400*time.Millisecond), func(t *testing.T, w *world) {
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.NoError(t, r.RecordErr)
	}, func(c *Config) { c.Journal = j })
}

type slowRenewals struct{ *journal.Memory }

func (j slowRenewals) Save(ctx context.Context, r journal.Record) (bool, error) {
	if r.Version > 0 && r.Owner != "" {
		time.Sleep(3 * time.Second)
	}
	return j.Memory.Save(ctx, r)
}

// A renewal takes its time, after which the window may have no room left.
func TestR8_TheWindowIsAskedAgainAfterARenewal(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		r := w.do(withRef(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorContains(t, r.Err, stopWindow.String())
		assert.Len(t, r.Attempts, int(w.hits.Load()), "none begins that has no time")
		for _, a := range r.Attempts {
			assert.LessOrEqual(t, a.Start.Sub(r.Attempts[0].Start), 83*time.Second)
		}
	}, func(c *Config) { c.Journal = slowRenewals{journal.NewMemory()} })
}
