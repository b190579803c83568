package idem

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// away are the ways in which a journal is away for a new operation.
var away = map[string]struct {
	plan   []fault
	load   error
	doubt  bool // the intent may have been committed
	reason string
}{
	"not written":           {[]fault{faultNotWritten, faultNotWritten}, nil, false, "could not be written: nothing was committed"},
	"not written, not read": {[]fault{faultNotWritten}, errDisk, false, "could not be read"},
	"lost":                  {[]fault{faultLost}, nil, true, "is in doubt"},
	"in doubt":              {[]fault{faultInDoubt}, nil, true, "is in doubt"},
	"in doubt, not read":    {[]fault{faultInDoubt}, errDisk, true, "is in doubt"},
	"hangs":                 {[]fault{faultHangs}, nil, true, "is in doubt"},
}

func TestJ16_WithoutARefACallThatSentNothingSaysSo(t *testing.T) {
	for name, row := range away {
		for _, class := range []Class{Keyed, KeyUnverified, NonIdempotent, Idempotent} {
			t.Run(name+", "+class.String(), func(t *testing.T) {
				inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
					j.plan, j.load = row.plan, row.load
					r := w.do(post(class))
					want := OutcomeNotSent
					if class == Idempotent && row.doubt {
						want = OutcomeUnknown // recovery sends it later
						assert.ErrorContains(t, r.Err, wordsNothingSent)
					}
					assert.Equal(t, want, r.Outcome)
					assert.ErrorIs(t, r.Err, ErrJournal)
					assert.ErrorContains(t, r.Err, row.reason)
					assert.Zero(t, r.SafeUntil)
					j.load = nil
					recovered := w.recover(knowing(class))
					time.Sleep(lease)
					recovered = append(recovered, w.recover(knowing(class))...)
					if class != Idempotent {
						assert.Zero(t, w.hits.Load(), "nor is it ever sent")
					}
					assert.Equal(t, name == "in doubt" || name == "in doubt, not read", len(recovered) > 0)
				})
			})
		}
	}
}

// brokenJournal writes nothing, and counts.
type brokenJournal struct{ countingJournal }

func (*brokenJournal) Save(context.Context, journal.Record) (bool, error) {
	return false, journal.ErrNotCommitted
}

// No other call can have used a key of the call's own: the journal is read
// once.
func TestJ16_AnOwnKeyNeedsNoSecondReading(t *testing.T) {
	j := &brokenJournal{countingJournal{Memory: journal.NewMemory()}}
	inWorld(t, lose, func(t *testing.T, w *world) {
		assert.Equal(t, OutcomeNotSent, w.do(post(Keyed)).Outcome)
		assert.EqualValues(t, 1, j.loads.Load())
	}, func(c *Config) { c.Journal = j })
}

func TestJ16_AGivenKeyReportsWhatItKnew(t *testing.T) {
	for name, row := range away {
		t.Run(name, func(t *testing.T) {
			inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
				c := post(Keyed)
				c.Key = NewKey()
				j.plan, j.load = row.plan, row.load
				assert.Equal(t, OutcomeNotSent, w.do(c).Outcome)
				key, err := SentKey("order-1", time.Now().Add(-10*time.Second))
				require.NoError(t, err)
				c.Key = key
				j.plan = row.plan
				r := w.do(c)
				assert.Equal(t, OutcomeUnknown, r.Outcome)
				assert.False(t, r.SafeUntil.IsZero(), "it is the same request, for all that is known")
			})
		})
	}
	// Another process has used it.
	shared := journal.NewMemory()
	j := &faultyJournal{Memory: shared}
	inWorld(t, lose, func(t *testing.T, w *world) {
		other := w.newEngine(func(c *Config) { c.Journal = shared })
		defer other.CloseIdleConnections()
		c := post(Keyed)
		c.Key, c.Policy.MaxAttempts = freshKey(t, "order-1"), 1
		require.Equal(t, OutcomeUnknown, other.Do(context.Background(), c).Outcome)
		c.Key = freshKey(t, "order-1")
		j.plan = []fault{faultNotWritten, faultNotWritten}
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrJournal)
		assert.False(t, r.SafeUntil.IsZero())
	}, func(c *Config) { c.Journal = j })
}

func TestJ16_WithARefACallThatSentNothingIsUnknownAndSaysSo(t *testing.T) {
	for name, row := range away {
		t.Run(name, func(t *testing.T) {
			inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
				j.plan, j.load = row.plan, row.load
				r := w.do(withRef(Keyed))
				if name == "not written" {
					assert.Equal(t, OutcomeNotSent, r.Outcome, "the ref was read, and has no record")
				} else {
					assert.Equal(t, OutcomeUnknown, r.Outcome)
					assert.ErrorContains(t, r.Err, wordsNothingSent)
				}
				assert.Zero(t, w.hits.Load())
				j.load = nil
				assert.NoError(t, w.do(withRef(Keyed)).Err, "it may be repeated with the ref")
				assert.EqualValues(t, 1, w.hits.Load())
			})
		})
	}
}

// What was claimed and not sent is known where the record is never sent by
// others.
func TestJ16_NothingSentAndNotRecorded(t *testing.T) {
	for _, row := range []struct {
		call Call
		want Outcome
	}{
		{post(Keyed), OutcomeNotSent},
		{post(NonIdempotent), OutcomeNotSent},
		{post(Idempotent), OutcomeUnknown},
		{withRef(Keyed), OutcomeUnknown},
	} {
		inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
			w.listener.SetDown(true)
			row.call.Policy.MaxAttempts = 1
			j.plan = []fault{faultNone, faultLost}
			r := w.do(row.call)
			assert.Equal(t, row.want, r.Outcome)
			assert.ErrorIs(t, r.RecordErr, errDisk)
		})
	}
}

func TestJ16_AnEndedWaitForAnotherOwnerSentNothing(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		_, err := j.Adopt(t.Context(), "another", lease, journal.Filter{Limit: 1})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := w.engine.Do(ctx, withRef(Keyed))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorContains(t, r.Err, wordsNothingSent)
		assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
	})
}

func TestResult_NamesItsRef(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		assert.Equal(t, "order-1", orphan(t, w, Keyed).Ref)
		assert.Empty(t, w.do(post(Idempotent)).Ref)
		time.Sleep(2 * time.Minute)
		refs := map[string]bool{}
		for _, r := range w.recover(knowing(Keyed)) {
			refs[r.Result.Ref] = true
		}
		assert.Equal(t, map[string]bool{"order-1": true, "": true}, refs)
	})
}

func TestJ16_ATimeoutShorterThanTheJournalsWrite(t *testing.T) {
	for class, want := range map[Class]Outcome{
		Keyed: OutcomeNotSent, KeyUnverified: OutcomeNotSent, NonIdempotent: OutcomeNotSent,
		Idempotent: OutcomeUnknown, // recovery may find the intent, and sends it
	} {
		t.Run("J16_"+class.String(), func(t *testing.T) {
			inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
				j.set(faultHangs)
				for ref, want := range map[string]Outcome{"": want, "order-1": OutcomeUnknown} {
					c := post(class)
					c.Ref, c.Timeout = ref, time.Millisecond
					r := w.do(c)
					require.ErrorIs(t, r.Err, context.DeadlineExceeded)
					assert.Equal(t, want, r.Outcome, "ref %q", ref)
				}
				assert.Zero(t, w.hits.Load())
				j.set(faultNone)
				require.NoError(t, w.do(withRef(class)).Err)
			})
		})
	}
}
