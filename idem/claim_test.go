package idem

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

func TestJ3_AfterADoubtfulWriteNothingOfAnotherOwnerIsSettled(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		first := entry{Record: journal.Record{ID: "ref:order-1", Owner: "first", Lease: lease}}
		save := func(e entry) {
			t.Helper()
			ok, err := w.engine.sealed.Save(t.Context(), e)
			require.NoError(t, err)
			require.True(t, ok)
		}
		save(first)
		first.Version++
		c := newOwnedRecord(&w.engine.sealed, first, w.engine.clock.Now())
		j.plan = []fault{faultLost}
		require.ErrorIs(t, c.settle(t.Context(), OutcomeRejected, nil, ""), errDisk)
		another := first
		another.Owner = "another"
		save(another)
		assert.ErrorIs(t, c.settle(t.Context(), OutcomeRejected, nil, ""), claim.ErrTaken)
		rec := stored(t, j)
		assert.Equal(t, "another", rec.Owner)
		assert.Equal(t, journal.StateOpen, rec.State())
	})
}

type strictJournal struct{ *journal.Memory }

func (j strictJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return j.Memory.Save(ctx, r)
}

func TestJ5_TheResultIsRecordedAlsoForACallerWhoHasLeft(t *testing.T) {
	for name, row := range map[string]struct {
		answer http.HandlerFunc
		want   Outcome
	}{
		"answered": {answer: says(200, `{}`), want: OutcomeDone},
		"refused":  {answer: says(400, errorObject), want: OutcomeRejected},
		"lost":     {answer: lose, want: OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			j := strictJournal{journal.NewMemory()}
			var leave context.CancelFunc
			inWorld(t, row.answer, func(t *testing.T, w *world) {
				var ctx context.Context
				ctx, leave = context.WithCancel(t.Context())
				r := w.engine.Do(ctx, withRef(Keyed))
				require.Error(t, ctx.Err())
				assert.NoError(t, r.RecordErr)
				assert.Equal(t, row.want, r.Outcome)
				rec := stored(t, j)
				assert.Equal(t, journal.Outcome(row.want), rec.Outcome)
				assert.Empty(t, rec.Owner, "who comes next need not wait")
			}, func(c *Config) {
				c.Journal = j
				c.Observe = func(e Event) {
					if e.Kind == EventAttemptEnded {
						leave()
					}
				}
			})
		})
	}
}

type slowJournal struct{ *journal.Memory }

func (j slowJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	time.Sleep(2 * time.Second)
	return j.Memory.Save(ctx, r)
}

// The store's lease may begin with the call, not with the return.
func TestJ7_ALeaseIsAsOldAsTheQuestionForIt(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		in := withRef(Keyed)
		c := w.engine.newOperation(t.Context(), &in)
		began := w.engine.clock.Now()
		claimed, err := c.tryClaim(entry{}, c.intent())
		require.NoError(t, err)
		require.True(t, claimed)
		assert.Equal(t, lease, c.claim.LeftAt(began), "claimed")
		c.claim.Keep(func(error) {}, nil, 0)
		defer c.claim.End()
		began = w.engine.clock.Now()
		require.NoError(t, c.claim.Assure(t.Context()))
		assert.Equal(t, lease, c.claim.LeftAt(began), "renewed")
	}, func(c *Config) { c.Journal = slowJournal{journal.NewMemory()} })
}

type drowsyJournal struct {
	*journal.Memory
	machine sleepy
}

func (j *drowsyJournal) Adopt(
	ctx context.Context, owner string, lease time.Duration, f journal.Filter,
) ([]journal.Record, error) {
	all, err := j.Memory.Adopt(ctx, owner, lease, f)
	for _, r := range all {
		j.machine.sleep(lease + 2*time.Second)
		r.Owner = "another"
		_, _ = j.Save(ctx, r)
	}
	return all, err
}

// What was adopted before a machine slept may be another owner's meanwhile.
func TestJ7_AnAdoptedLeaseIsAsOldAsTheQuestionForIt(t *testing.T) {
	j := &drowsyJournal{Memory: journal.NewMemory()}
	inWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world) {
		orphan(t, w, Idempotent)
		assert.Empty(t, w.recover(knowing(Idempotent)), "J15: it is another's to yield")
		assert.EqualValues(t, 1, w.hits.Load(), "and to send")
	}, func(c *Config) { c.Journal, c.WallClock = j, j.machine.now })
}

func TestJ7_TheLeaseIsRenewedForAsLongAsReadingLasts(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(2 * time.Minute)
		with := knowing(Keyed)
		with.Reconcile = func(ctx context.Context, _ PendingOperation) (ReconcileResult, error) {
			time.Sleep(3 * lease)
			assert.NoError(t, ctx.Err())
			recs, err := j.Adopt(ctx, "another", lease, journal.Filter{Limit: 1})
			assert.NoError(t, err)
			assert.Empty(t, recs, "nobody else reads for it")
			return ReconcileResult{}, nil
		}
		assert.Len(t, w.recover(with), 1)
	})
}

func TestJ7_AReadingWhoseLeaseIsLostIsGivenUp(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(2 * time.Minute)
		j.set(faultLost)
		with := knowing(Keyed)
		with.Reconcile = func(ctx context.Context, _ PendingOperation) (ReconcileResult, error) {
			began := time.Now()
			select {
			case <-ctx.Done():
			case <-time.After(2 * lease):
			}
			assert.Equal(t, lease, time.Since(began))
			j.set(faultNone)
			return ReconcileResult{}, ctx.Err()
		}
		all := w.recover(with)
		require.Len(t, all, 1)
		assert.ErrorIs(t, all[0].Result.Err, context.Canceled)
	})
}

// A connection may keep the call that used it last, whose gate it checks: not
// what is personal in it.
func TestJ9_AnEndedCallKeepsNothingPersonal(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, _ *faultyJournal) {
		in := withRef(Keyed)
		in.Request.Header = http.Header{"X-Email": {"ada@example.com"}}
		o := w.engine.newOperation(t.Context(), &in)
		require.NoError(t, o.check())
		s := &attempts{operation: o}
		require.Nil(t, s.claimRecord())
		s.run()
		a := s.progress.answered
		require.NotNil(t, a)
		require.NotEmpty(t, a.seen.Body)
		s.forget()
		assert.Zero(t, a.seen)
		assert.Equal(t, progress{}, s.progress)
		o.forget()
		assert.Empty(t, o.call.Request.Body)
		assert.Empty(t, o.call.Request.Header)
		assert.Zero(t, o.claim.Record().payload)
	})
}
