package idem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

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

func TestJ16_WithoutARefACallThatSentNothingIsNotSent(t *testing.T) {
	for name, row := range away {
		for _, class := range mutations {
			t.Run(name+", "+class.String(), journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
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
			}))
		}
	}
}

type brokenJournal struct{ countingJournal }

func (*brokenJournal) Save(context.Context, journal.Record) (bool, error) {
	return false, journal.ErrNotCommitted
}

func TestJ16_AnOwnKeyNeedsNoSecondReading(t *testing.T) {
	j := &brokenJournal{countingJournal{Memory: journal.NewMemory()}}
	inWorld(t, lose, func(t *testing.T, w *world) {
		assert.Equal(t, OutcomeNotSent, w.do(post(Keyed)).Outcome)
		assert.EqualValues(t, 1, j.loads.Load())
	}, func(c *Config) { c.Journal = j })
}

func TestJ16_AGivenKeyReportsWhatItKnew(t *testing.T) {
	for name, row := range away {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			c := ofKey(post(Keyed), NewKey())
			j.plan, j.load = row.plan, row.load
			assert.Equal(t, OutcomeNotSent, w.do(c).Outcome)
			key := usedKey(t, "order-1", time.Now().Add(-10*time.Second))
			c.Key = key
			j.plan = row.plan
			r := w.do(c)
			assert.Equal(t, OutcomeUnknown, r.Outcome)
			assert.False(t, r.SafeUntil.IsZero(), "it is the same request, for all that is known")
		}))
	}
	// Another process has used it.
	shared := journal.NewMemory()
	j := &faultyJournal{Memory: shared}
	inWorld(t, lose, func(t *testing.T, w *world) {
		other := w.newEngine(func(c *Config) { c.Journal = shared })
		c := atMost(1, ofKey(post(Keyed), freshKey(t, "order-1")))
		require.Equal(t, OutcomeUnknown, other.Do(context.Background(), c).Outcome)
		c.Key = freshKey(t, "order-1")
		j.plan = []fault{faultNotWritten, faultNotWritten}
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrJournal)
		assert.False(t, r.SafeUntil.IsZero())
	}, func(c *Config) { c.Journal = j })
}

func TestJ16_WithARefACallThatSentNothingIsUnknown(t *testing.T) {
	for name, row := range away {
		t.Run(name, journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
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
		}))
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
		t.Run("J16_"+class.String(), journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
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
		}))
	}
}

type bindlessJournal struct {
	*journal.Memory
	err error
}

func (j *bindlessJournal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	if j.err != nil {
		return nil, j.err
	}
	return j.Memory.Bind(ctx, from, to)
}

var unbound = map[string]struct {
	change func(*Config)
	err    error // of the journal
	want   error
	words  string
	helps  bool // making the call again does
}{
	"away": {
		func(*Config) {}, &journal.Error{Cause: journal.CauseRefused, Code: "SQLSTATE 57P03"}, journal.CauseRefused,
		"connection refused (SQLSTATE 57P03)", true,
	},
	"another account": {
		func(c *Config) { c.Account = "another" }, nil, ErrOtherAccount,
		`belongs to account "" at`, false,
	},
	"another secret": {
		func(c *Config) { c.JournalSecrets = [][]byte{[]byte("another, long enough")} }, nil, ErrJournalSecret,
		"another secret", false,
	},
}

func inUnboundWorld(t *testing.T, name string, f func(t *testing.T, w *world, j *bindlessJournal)) {
	t.Helper()
	row := unbound[name]
	j := &bindlessJournal{Memory: journal.NewMemory()}
	inWorld(t, lose, func(t *testing.T, w *world) {
		owner := w.newEngine(func(c *Config) {
			c.Journal, c.JournalSecrets, c.Observe = j, [][]byte{[]byte("the secret of the owner")}, nil
		})
		require.NoError(t, owner.sealed.bind(t.Context()))
		j.err = row.err
		f(t, w, j)
		assert.Zero(t, w.hits.Load(), "nothing is sent")
	}, func(c *Config) {
		c.Journal, c.JournalSecrets = j, [][]byte{[]byte("the secret of the owner")}
		row.change(c)
	})
}

func TestJ16_ACallThatCannotBindReportsWhatItsKeyOrRefKnew(t *testing.T) {
	for name, row := range unbound {
		for _, class := range mutations {
			t.Run(name+", "+class.String(), func(t *testing.T) {
				inUnboundWorld(t, name, func(t *testing.T, w *world, _ *bindlessJournal) {
					check := func(r Result, want Outcome) {
						t.Helper()
						assert.Equal(t, want, r.Outcome)
						assert.ErrorIs(t, r.Err, ErrJournal)
						assert.ErrorIs(t, r.Err, row.want)
						assert.ErrorContains(t, r.Err, row.words)
						assert.ErrorIs(t, r.RecordErr, row.want, "item 16")
						assert.Equal(t, row.helps, r.RetryHelps)
						last := w.events[len(w.events)-1]
						assert.ErrorIs(t, last.RecordErr, row.want)
						if want == OutcomeUnknown {
							assert.ErrorContains(t, r.Err, wordsNothingSent)
						}
					}
					check(w.do(post(class)), OutcomeNotSent)
					check(w.do(withRef(class)), OutcomeUnknown)
					check(w.do(reserving(class, journal.NewMemory())), OutcomeUnknown)
					if !class.sendsKey() {
						return
					}
					c := ofKey(post(class), NewKey())
					check(w.do(c), OutcomeNotSent)
					sent := usedKey(t, "order-1", time.Now().Add(-10*time.Second))
					c.Key = sent
					r := w.do(c)
					check(r, OutcomeUnknown)
					assert.Equal(t, class == Keyed, !r.SafeUntil.IsZero())
				})
			})
		}
	}
}

func TestJ16_AJournalThatComesBackIsUsed(t *testing.T) {
	j := &bindlessJournal{Memory: journal.NewMemory(), err: errDisk}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		require.Equal(t, OutcomeUnknown, w.do(withRef(Keyed)).Outcome)
		j.err = nil
		assert.NoError(t, w.do(withRef(Keyed)).Err)
	}, func(c *Config) { c.Journal = j })
}

func laterVersion(t *testing.T, w *world, j journal.Journal, id string, o Outcome) {
	t.Helper()
	rec := journal.Record{ID: id, Operation: "op", Generation: 1, Outcome: journal.Outcome(o), Since: time.Now()}
	rec.Sealed = w.engine.sealed.seal.Close(claim.AssociatedData(claim.Account(w.engine.sealed.binder.account), &rec), []byte{claim.PayloadVersion + 1, '{', '}'})
	ok, err := j.Save(t.Context(), rec)
	require.NoError(t, err)
	require.True(t, ok)
}

// A record of a later version is not interpreted, also where its
// outcome can be read.
func TestJ16_ARecordOfALaterVersionIsUnknown(t *testing.T) {
	for _, outcome := range []Outcome{OutcomeUnknown, OutcomeNotSent, OutcomeRejected, OutcomeDone} {
		for _, class := range mutations {
			t.Run(outcome.String()+", "+class.String(), journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
				check := func(c Call) {
					t.Helper()
					r := w.do(c)
					assert.Equal(t, OutcomeUnknown, r.Outcome)
					assert.ErrorIs(t, r.Err, ErrJournalVersion)
					assert.ErrorIs(t, r.RecordErr, ErrJournalVersion)
					assert.ErrorContains(t, r.Err, "later version")
					assert.False(t, r.RetryHelps)
				}
				require.NoError(t, w.engine.sealed.bind(t.Context()))
				laterVersion(t, w, j, journal.RefID("order-1"), outcome)
				check(withRef(class))
				check(reserving(class, j.Memory))
				if class.sendsKey() {
					laterVersion(t, w, j, journal.KeyID("order-1"), outcome)
					c := ofKey(post(class), freshKey(t, "order-1"))
					check(c)
				}
				assert.Zero(t, w.hits.Load())
			}))
		}
	}
}

type firstBindFails struct{ *journal.Memory }

func (j firstBindFails) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	if to != nil {
		return nil, errDisk
	}
	return j.Memory.Bind(ctx, from, to)
}

// J16: a binding that may have been written is no intent: no other owner finds
// one.
func TestJ16_ABindingInDoubtIsNoIntent(t *testing.T) {
	for _, class := range mutations {
		inWorld(t, lose, func(t *testing.T, w *world) {
			assert.Equal(t, OutcomeNotSent, w.do(post(class)).Outcome, "%s", class)
			assert.Equal(t, OutcomeUnknown, w.do(withRef(class)).Outcome, "%s, with a ref", class)
			assert.Zero(t, w.hits.Load())
		}, func(c *Config) { c.Journal = firstBindFails{journal.NewMemory()} })
	}
}

func TestJournalError_NamesItsCauseInFixedWords(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{errDisk, "the journal could not be written: it is in doubt whether the record was committed"},
		{
			fmt.Errorf("%w: pq: %w", journal.ErrNotCommitted, &journal.Error{Cause: journal.CauseDiskFull, Code: "SQLSTATE 53100"}),
			"the journal could not be written: nothing was committed: disk full (SQLSTATE 53100)",
		},
		{
			errors.Join(journal.ErrNotCommitted, journal.CauseReplaced),
			"the journal could not be written: nothing was committed: the journal's file was replaced",
		},
		{
			&journal.Error{Cause: journal.CauseConnection, Code: "ECONNRESET"},
			"the journal could not be written: it is in doubt whether the record was committed: connection failed (ECONNRESET)",
		},
		{
			errors.Join(errAbandoned, context.DeadlineExceeded),
			"the journal could not be written: it is in doubt whether the record was committed: timeout",
		},
		// A journal of the caller's can return any text.
		{
			errors.Join(journal.ErrNotCommitted, journal.Cause("dsn=postgres://me:secret@db")),
			"the journal could not be written: nothing was committed",
		},
		{
			errors.Join(journal.ErrNotCommitted, &journal.Error{Cause: journal.CauseDiskFull, Code: "/var/lib/db"}),
			"the journal could not be written: nothing was committed: disk full",
		},
		{
			errors.Join(journal.ErrNotCommitted, &journal.Error{Cause: journal.CauseDiskFull, Code: strings.Repeat("A", 49)}),
			"the journal could not be written: nothing was committed: disk full",
		},
	} {
		failed := journalFailure(&claim.JournalError{Write: true, Err: row.err})
		assert.EqualError(t, failed, row.want)
		assert.ErrorIs(t, failed, row.err)
	}
	assert.EqualError(t, journalFailure(&claim.JournalError{Err: journal.CauseRefused}), "the journal could not be read: connection refused")
}
