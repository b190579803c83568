package idem

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// memoryTx is a transaction of the caller's on a journal.Memory: what it
// reserves is in the journal once it is committed.
type memoryTx struct {
	journal *journal.Memory
	pending []journal.Record
	err     error
}

func (tx *memoryTx) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	if tx.err != nil {
		return journal.Record{}, false, tx.err
	}
	stored, ok, err := tx.journal.Load(ctx, rec.ID)
	for _, p := range tx.pending {
		if p.ID == rec.ID {
			stored, ok = p, true
			stored.Version++
		}
	}
	if err != nil || ok && stored.Version != rec.Version {
		return stored, false, err
	}
	tx.pending = append(tx.pending, rec)
	rec.Version++
	return rec, true, nil
}

func (tx *memoryTx) commit(t *testing.T) {
	t.Helper()
	for _, rec := range tx.pending {
		ok, err := tx.journal.Save(context.Background(), rec)
		require.NoError(t, err)
		require.True(t, ok)
	}
}

func reserving(class Class, in journal.Reserver) Call {
	c := withRef(class)
	c.Reserver = in
	return c
}

func reserve(t *testing.T, w *world, j *faultyJournal, class Class) Result {
	t.Helper()
	tx := &memoryTx{journal: j.Memory}
	r := w.do(reserving(class, tx))
	require.ErrorIs(t, r.Err, ErrReserved)
	require.Equal(t, OutcomeNotSent, r.Outcome)
	tx.commit(t)
	return r
}

func stored(t *testing.T, j journal.Journal) journal.Record {
	t.Helper()
	rec, ok, err := j.Load(t.Context(), journal.RefID("order-1"))
	require.NoError(t, err)
	require.True(t, ok)
	return rec
}

var mutations = []Class{Keyed, KeyUnverified, NonIdempotent, Idempotent}

func TestOutbox_AReservationIsRecordedAndSendsNothing(t *testing.T) {
	for _, class := range mutations {
		t.Run(class.String(), journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
			tx := &memoryTx{journal: j.Memory}
			r := w.do(reserving(class, tx))
			assert.ErrorIs(t, r.Err, ErrReserved)
			assert.Equal(t, OutcomeNotSent, r.Outcome)
			assert.NoError(t, r.RecordErr)
			assert.False(t, r.RetryHelps, "nothing is to be repeated")
			again := w.do(reserving(class, tx))
			assert.ErrorIs(t, again.Err, ErrReserved, "inside the transaction")
			assert.Equal(t, OutcomeNotSent, again.Outcome)
			assert.Empty(t, recorded(t, j), "nothing before the commit")
			tx.commit(t)
			rec := stored(t, j)
			assert.Equal(t, journal.StateReserved, rec.State())
			assert.Equal(t, 1, rec.Generation)
			assert.Equal(t, r.Key.String(), rec.Key)
			assert.Empty(t, rec.Owner)
			opened, err := w.engine.sealed.unseal(rec, w.engine.clock.Now())
			require.NoError(t, err)
			assert.JSONEq(t, `{"a":1}`, string(opened.Body))
			assert.Equal(t, "POST /op", opened.Method+" "+opened.Path)
			assert.Zero(t, w.hits.Load())
		}))
	}
}

func TestOutbox_AReservationIsNoFailure(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		reserve(t, w, j, Keyed)
		require.Len(t, w.events, 1)
		e := w.events[0]
		assert.Equal(t, EventCallEnded, e.Kind)
		assert.True(t, e.Reserved)
		assert.NoError(t, e.RecordErr)
		assert.Contains(t, e.Reason, "reserved")
	})
}

func TestOutbox_WhatCannotBeReservedIsRefused(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		c := post(Keyed)
		c.Reserver = j.Memory
		var invalid *InvalidError
		require.ErrorAs(t, w.do(c).Err, &invalid, "no ref")
		assert.Equal(t, "ref", invalid.Field)
		c = read()
		c.Ref, c.Reserver = "order-1", j.Memory
		assert.ErrorAs(t, w.do(c).Err, &invalid, "a read")
		assert.Empty(t, recorded(t, j))
	})
}

func TestOutbox_ADirectCallSendsAReservationOnce(t *testing.T) {
	for _, class := range mutations {
		t.Run(class.String(), func(t *testing.T) {
			var seen journal.Record
			var j *faultyJournal
			inJournalledWorld(t, func(w http.ResponseWriter, r *http.Request) {
				seen, _, _ = j.Load(r.Context(), journal.RefID("order-1"))
				answer(w, 200, `{"id":"x"}`)
			}, func(t *testing.T, w *world, store *faultyJournal) {
				j = store
				reserved := reserve(t, w, j, class)
				time.Sleep(3 * time.Hour)
				r := w.do(withRef(class))
				require.NoError(t, r.Err, "long after the reservation")
				assert.Equal(t, OutcomeDone, r.Outcome)
				assert.Equal(t, reserved.Key.String(), r.Key.String())
				assert.Equal(t, journal.StateOpen, seen.State(), "it is open before the first byte")
				assert.WithinDuration(t, time.Now(), seen.Since, time.Second, "the window begins with the lease")
				assert.Less(t, seen.Age, time.Second)
				r = w.do(withRef(class))
				require.NoError(t, r.Err)
				assert.True(t, r.FromJournal)
				assert.EqualValues(t, 1, w.hits.Load())
			})
		})
	}
}

// After the lease it is an ordinary open record: only what may be sent again
// is.
func TestOutbox_AfterTheLeaseItIsAnOpenRecord(t *testing.T) {
	for _, class := range mutations {
		t.Run(class.String(), journalledTest(script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, j *faultyJournal) {
			reserve(t, w, j, class)
			time.Sleep(time.Hour)
			r := w.do(atMost(1, withRef(class)))
			require.Equal(t, OutcomeUnknown, r.Outcome)
			assert.Equal(t, journal.StateOpen, stored(t, j).State())
			if class == Keyed {
				assert.WithinDuration(t, time.Now().Add(85*time.Second), r.SafeUntil, 5*time.Second)
			}
			r = w.do(withRef(class))
			repeatable := class == Keyed || class == Idempotent
			assert.Equal(t, repeatable, r.Outcome == OutcomeDone)
			want := int64(1)
			if repeatable {
				want = 2
			}
			assert.Equal(t, want, w.hits.Load())
		}))
	}
}

func TestOutbox_AReservationOfARefThatIsKnown(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
		reserve(t, w, j, Keyed)
		other := reserving(Keyed, &memoryTx{journal: j.Memory})
		other.Request.Body = []byte(`{"a":2}`)
		r := w.do(other)
		assert.ErrorIs(t, r.Err, ErrRefReused)
		other.Reserver = nil
		assert.ErrorIs(t, w.do(other).Err, ErrRefReused, "nor may a direct call change it")
		assert.ErrorIs(t, w.do(reserving(Keyed, &memoryTx{journal: j.Memory})).Err, ErrReserved)
		assert.Zero(t, w.hits.Load())
		require.NoError(t, w.do(withRef(Keyed)).Err)
		r = w.do(reserving(Keyed, &memoryTx{journal: j.Memory}))
		require.NoError(t, r.Err, "it is done")
		assert.True(t, r.FromJournal)
		assert.Equal(t, OutcomeDone, r.Outcome)
	})
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		require.Equal(t, OutcomeUnknown, w.do(atMost(1, withRef(Keyed))).Outcome)
		r := w.do(reserving(Keyed, &memoryTx{journal: j.Memory}))
		assert.ErrorIs(t, r.Err, ErrReserved, "it is recorded")
		assert.Equal(t, OutcomeUnknown, r.Outcome, "and may have been sent")
	})
}

func TestOutbox_AFreeRefIsReservedAnew(t *testing.T) {
	inJournalledWorld(t, script(says(400, errorObject), says(200, `{"id":"x"}`)), func(t *testing.T, w *world, j *faultyJournal) {
		first := w.do(withRef(Keyed))
		require.Equal(t, OutcomeRejected, first.Outcome)
		reserved := reserve(t, w, j, Keyed)
		assert.Equal(t, 2, stored(t, j).Generation)
		assert.NotEqual(t, first.Key.String(), reserved.Key.String())
		assert.NoError(t, w.do(withRef(Keyed)).Err)
	})
	// A Reserver that cannot replace a record reports it, and the ref stays as
	// it is.
	inJournalledWorld(t, says(400, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
		require.Equal(t, OutcomeRejected, w.do(withRef(Keyed)).Outcome)
		r := w.do(reserving(Keyed, insertOnly{j.Memory}))
		assert.Equal(t, OutcomeRejected, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrJournal)
		assert.Equal(t, journal.StateFree, stored(t, j).State())
	})
}

type removedOnce struct {
	*faultyJournal
	done bool
}

func (j *removedOnce) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	if !j.done && rec.Version > 0 {
		j.done = true
		j.Memory = journal.NewMemory()
	}
	stored, reserved, err := j.Memory.Reserve(ctx, rec)
	if stored.ID == "" {
		stored = journal.Record{}
	}
	return stored, reserved, err
}

func TestOutbox_ARefThatRetentionRemovesMeanwhile(t *testing.T) {
	inJournalledWorld(t, says(400, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
		require.Equal(t, OutcomeRejected, w.do(withRef(Keyed)).Outcome)
		assert.ErrorIs(t, w.do(reserving(Keyed, &removedOnce{faultyJournal: j})).Err, ErrReserved)
		assert.Equal(t, 1, stored(t, j).Generation)
	})
}

type insertOnly struct{ *journal.Memory }

func (j insertOnly) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	stored, ok, err := j.Load(ctx, rec.ID)
	if ok || err != nil {
		return stored, false, err
	}
	return j.Memory.Reserve(ctx, rec)
}

// What could not be sent, or was not taken for now, is not lost: it stays
// reserved.
func TestOutbox_WhatIsNotSentStaysReserved(t *testing.T) {
	for name, row := range map[string]struct {
		h      http.HandlerFunc
		down   bool
		want   Outcome
		state  journal.State
		direct Outcome // of the next call
	}{
		"server down":  {h: says(200, `{"id":"x"}`), down: true, want: OutcomeNotSent, state: journal.StateReserved, direct: OutcomeDone},
		"rate limited": {h: script(says(429, errorObject), says(200, `{"id":"x"}`)), want: OutcomeRejected, state: journal.StateReserved, direct: OutcomeDone},
		"rejected":     {h: script(says(400, errorObject), says(200, `{"id":"x"}`)), want: OutcomeRejected, state: journal.StateFree, direct: OutcomeDone},
	} {
		t.Run(name, journalledTest(row.h, func(t *testing.T, w *world, j *faultyJournal) {
			reserve(t, w, j, Keyed)
			time.Sleep(time.Hour)
			w.listener.SetDown(row.down)
			first := w.do(atMost(1, withRef(Keyed)))
			require.Equal(t, row.want, first.Outcome)
			rec := stored(t, j)
			assert.Equal(t, row.state, rec.State())
			if row.state == journal.StateReserved {
				assert.NotEqual(t, first.Key.String(), rec.Key, "a server may have seen the key")
				assert.Less(t, rec.Age, time.Hour, "it is reserved again, and its age begins anew")
				all, err := j.Adopt(t.Context(), "recoverer", lease, journal.Filter{})
				require.NoError(t, err)
				assert.Empty(t, all, "Recover waits before it tries again")
				time.Sleep(reservedPause)
				all, err = j.Adopt(t.Context(), "recoverer", time.Nanosecond, journal.Filter{})
				require.NoError(t, err)
				assert.Len(t, all, 1)
				time.Sleep(time.Second)
			}
			w.listener.SetDown(false)
			assert.Equal(t, row.direct, w.do(withRef(Keyed)).Outcome)
		}))
	}
}

func TestOutbox_APanicLeavesItReserved(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		require.ErrorIs(t, w.do(reserving(Keyed, j)).Err, ErrReserved)
		assert.Panics(t, func() { w.do(withRef(Keyed)) })
		assert.Equal(t, journal.StateReserved, stored(t, j).State())
		assert.Zero(t, w.hits.Load())
	}, func(c *Config) {
		c.Journal = j
		c.Authorize = func(context.Context, http.Header) error { panic("no key") }
	})
}

// lockedJournal holds each write back for as long as a lock timeout lasts, as a
// database does where an open transaction has inserted the ref.
type lockedJournal struct {
	countingJournal
	saves int
}

func (j *lockedJournal) Save(context.Context, journal.Record) (bool, error) {
	j.saves++
	time.Sleep(2 * time.Second)
	return false, errors.Join(journal.ErrNotCommitted, &journal.Error{Cause: journal.CauseLocked, Code: "SQLSTATE 55P03"})
}

func TestOutbox_ACallInsideItsOwnOpenReservationEndsAtOnce(t *testing.T) {
	for _, class := range mutations {
		j := &lockedJournal{countingJournal: countingJournal{Memory: journal.NewMemory()}}
		inWorld(t, lose, func(t *testing.T, w *world) {
			began := time.Now()
			r := w.do(withRef(class))
			assert.Equal(t, 2*time.Second, time.Since(began), "it waits once")
			assert.Equal(t, 1, j.saves)
			assert.Equal(t, OutcomeUnknown, r.Outcome, "the ref may be sent once that transaction is committed")
			assert.ErrorContains(t, r.Err, wordsNothingSent)
			assert.ErrorContains(t, r.Err, "nothing was committed: locked (SQLSTATE 55P03)")
			assert.ErrorContains(t, r.Err, "reservation of this ref that is not committed")
			assert.ErrorIs(t, r.RecordErr, journal.CauseLocked)
			assert.True(t, r.RetryHelps)
			assert.Zero(t, w.hits.Load())
			assert.Equal(t, OutcomeNotSent, w.do(post(Keyed)).Outcome, "without a ref no other call can have the record")
		}, func(c *Config) { c.Journal = j })
	}
}

func TestJ16_AReservationThatFails(t *testing.T) {
	for name, row := range map[string]struct {
		err  error
		want Outcome
	}{
		"certainly not written": {err: errors.Join(journal.ErrNotCommitted, errDisk), want: OutcomeNotSent},
		"in doubt":              {err: errDisk, want: OutcomeUnknown},
		"locked":                {err: errors.Join(journal.ErrNotCommitted, journal.CauseLocked), want: OutcomeUnknown},
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			r := w.do(reserving(Keyed, &memoryTx{journal: j.Memory, err: row.err}))
			assert.Equal(t, row.want, r.Outcome)
			assert.ErrorIs(t, r.Err, ErrJournal)
			assert.ErrorIs(t, r.RecordErr, row.err)
			assert.NotContains(t, r.Err.Error(), "disk trouble")
			assert.True(t, r.RetryHelps)
			assert.Zero(t, w.hits.Load())
		}))
	}
}
