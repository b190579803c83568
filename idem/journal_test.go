package idem

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

type faultyJournal struct {
	*journal.Memory
	mu   sync.Mutex
	plan []fault // one for each Save to come
	rest fault   // of those after them
	load error

	adopt error // of each Adopt
}

func (j *faultyJournal) Adopt(ctx context.Context, owner string, lease time.Duration, f journal.Filter) ([]journal.Record, error) {
	j.mu.Lock()
	err := j.adopt
	j.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return j.Memory.Adopt(ctx, owner, lease, f)
}

func (j *faultyJournal) fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.adopt = err
}

func (j *faultyJournal) set(rest fault) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.rest = rest
}

type fault uint8

const (
	faultNone       fault = iota
	faultNotWritten       // nothing was written, and the journal says so
	faultLost             // nothing was written, and nobody knows
	faultInDoubt          // written, and nobody knows
	faultHangs            // nothing was written, and nobody answers
)

var errDisk = errors.New("disk trouble")

func recorded(t *testing.T, j journal.Reader) []journal.Record {
	t.Helper()
	all, err := j.List(context.Background(), journal.Filter{Limit: journal.MaxLimit})
	require.NoError(t, err)
	return all
}

func (j *faultyJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if j.load != nil {
		return journal.Record{}, false, j.load
	}
	return j.Memory.Load(ctx, id)
}

// sameOperation refuses what Record rules out, and journals may rely on.
func (j *faultyJournal) sameOperation(ctx context.Context, r journal.Record) error {
	old, ok, err := j.Memory.Load(ctx, r.ID)
	if err != nil || !ok || old.Version != r.Version || old.Generation != r.Generation {
		return err
	}
	what := func(r journal.Record) [4]string {
		return [...]string{r.Operation, r.Key, r.Since.String(), r.Scope}
	}
	if old.Reserved && !r.Reserved {
		old.Since = r.Since // its window begins
	}
	if what(old) != what(r) {
		return fmt.Errorf("generation %d was %q, and becomes %q", r.Generation, what(old), what(r))
	}
	return nil
}

func (j *faultyJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if err := j.sameOperation(ctx, r); err != nil {
		panic(err)
	}
	j.mu.Lock()
	f := j.rest
	if len(j.plan) > 0 {
		f, j.plan = j.plan[0], j.plan[1:]
	}
	j.mu.Unlock()
	switch f {
	case faultNotWritten:
		return false, errors.Join(journal.ErrNotCommitted, errDisk)
	case faultLost:
		return false, errDisk
	case faultHangs:
		<-ctx.Done()
		return false, ctx.Err()
	case faultInDoubt:
		if _, err := j.Memory.Save(ctx, r); err != nil {
			return false, err
		}
		return false, errDisk
	default:
		return j.Memory.Save(ctx, r)
	}
}

func inJournalledWorld(
	t *testing.T, h http.HandlerFunc, f func(*testing.T, *world, *faultyJournal), change ...func(*Config),
) {
	t.Helper()
	j := &faultyJournal{Memory: journal.NewMemory()}
	change = append(change, func(c *Config) { c.Journal = j })
	inWorld(t, h, func(t *testing.T, w *world) { f(t, w, j) }, change...)
}

func journalledTest(h http.HandlerFunc, f func(*testing.T, *world, *faultyJournal)) func(*testing.T) {
	return func(t *testing.T) { inJournalledWorld(t, h, f) }
}

func withRef(class Class) Call { return ofRef(post(class), "order-1") }

func TestJ1_TheIntentIsRecordedBeforeTheFirstByte(t *testing.T) {
	var j *faultyJournal
	var seen journal.Record
	inJournalledWorld(t, func(w http.ResponseWriter, r *http.Request) {
		seen, _, _ = j.Load(r.Context(), "ref:order-1")
		answer(w, 200, `{"id":"x"}`)
	}, func(t *testing.T, w *world, store *faultyJournal) {
		j = store
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.Equal(t, journal.OutcomeUnknown, seen.Outcome, "recorded means: may have been sent")
		assert.Equal(t, r.Key.String(), seen.Key)
		opened, err := w.engine.sealed.unseal(seen, clock.Timestamp{})
		require.NoError(t, err)
		assert.JSONEq(t, `{"a":1}`, string(opened.Body))
		assert.Equal(t, "POST /op", opened.Method+" "+opened.Path)
		assert.Equal(t, "op", seen.Operation)
		assert.Equal(t, 1, seen.Generation)
		assert.False(t, seen.Since.IsZero())
		assert.NotEmpty(t, seen.Owner)
	})
}

func TestJ1_AResultNeverClaimsMoreThanTheJournalKnows(t *testing.T) {
	inJournalledWorld(t, says(400, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
		require.Equal(t, OutcomeRejected, w.do(withRef(Keyed)).Outcome)
		j.plan = []fault{faultNotWritten, faultNotWritten}
		assert.Equal(t, OutcomeRejected, w.do(withRef(Keyed)).Outcome, "of the ref, which holds a mark")
		j.plan = []fault{faultNone, faultLost}
		assert.Equal(t, OutcomeUnknown, w.do(withRef(Keyed)).Outcome)
	})
}

func TestJ2_ARefBelongsToItsRequest(t *testing.T) {
	other := func(c *Call) { c.Request.Body = []byte(`{"a":2}`) }
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, _ *faultyJournal) {
		require.NoError(t, w.do(withRef(Keyed)).Err)
		c := withRef(Keyed)
		other(&c)
		r := w.do(c)
		assert.ErrorIs(t, r.Err, ErrRefReused)
		assert.Equal(t, &RefReusedError{Recorded: OutcomeDone}, r.Err)
		assert.Equal(t, OutcomeUnknown, r.Outcome, "this request was not done: the other one was")

		same := withRef(Keyed)
		same.Request.Body = []byte(" { \"a\" : 1 } ")
		assert.NoError(t, w.do(same).Err, "compared as canonical JSON")
		assert.EqualValues(t, 1, w.hits.Load())
	})
	inJournalledWorld(t, says(503, errorObject), func(t *testing.T, w *world, _ *faultyJournal) {
		c := atMost(1, withRef(Keyed))
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		other(&c)
		r := w.do(c)
		assert.ErrorIs(t, r.Err, ErrRefReused, "open")
		assert.Equal(t, &RefReusedError{Recorded: OutcomeUnknown}, r.Err)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestJ2_ARefThatEndedWithoutExecutionIsFree(t *testing.T) {
	var rec recorder
	inJournalledWorld(t, rec.then(script(says(400, errorObject), says(200, `{}`))), func(t *testing.T, w *world, _ *faultyJournal) {
		w.listener.SetDown(true)
		c := atMost(1, withRef(Keyed))
		first := w.do(c)
		require.Equal(t, OutcomeNotSent, first.Outcome)
		w.listener.SetDown(false)
		c.Request.Body = []byte(`{"a":2}`)
		second := w.do(c)
		require.Equal(t, OutcomeRejected, second.Outcome)
		c.Request.Body = []byte(`{"a":3}`)
		third := w.do(c)
		require.NoError(t, third.Err)
		assert.Len(t, map[string]bool{first.Key.String(): true, second.Key.String(): true, third.Key.String(): true}, 3, "a new generation, a new key")
	})
}

// A call whose claim was taken over sends nothing more, and settles nothing.
func TestJ3_AClaimThatIsGone(t *testing.T) {
	var j *faultyJournal
	inJournalledWorld(t, func(_ http.ResponseWriter, r *http.Request) {
		rec, _, err := j.Load(r.Context(), "ref:order-1")
		assert.NoError(t, err)
		rec.Owner = "another"
		_, err = j.Save(r.Context(), rec)
		assert.NoError(t, err)
		panic(http.ErrAbortHandler)
	}, func(t *testing.T, w *world, store *faultyJournal) {
		j = store
		r := w.do(withRef(Keyed))
		assert.EqualValues(t, 1, w.hits.Load())
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrJournal)
		rec := stored(t, j)
		assert.Equal(t, "another", rec.Owner)
		assert.Equal(t, journal.StateOpen, rec.State())
	})
}

func orphan(t *testing.T, w *world, class Class) Result {
	t.Helper()
	r := w.do(atMost(1, withRef(class)))
	require.Equal(t, OutcomeUnknown, r.Outcome)
	return r
}

func TestJ4_ATakenOverClaimKeepsKeyBytesAndWindow(t *testing.T) {
	var rec recorder
	inJournalledWorld(t, rec.then(script(lose, says(200, `{"id":"x"}`))), func(t *testing.T, w *world, _ *faultyJournal) {
		first := orphan(t, w, Keyed)
		time.Sleep(60 * time.Second)
		c := withRef(Keyed)
		c.Request.Body = []byte(` {"a": 1}`)
		r := w.do(c)
		require.NoError(t, r.Err)
		assert.Equal(t, first.Key.String(), r.Key.String())
		rec.assertAlike(t)
	})
	inJournalledWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(80 * time.Second)
		r := w.do(withRef(Keyed))
		assert.ErrorIs(t, r.Err, ErrKeyExpired, "after the window it is sent by nobody")
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 1, w.hits.Load())
	})
	inJournalledWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Idempotent)
		time.Sleep(time.Hour)
		assert.NoError(t, w.do(withRef(Idempotent)).Err, "an idempotent one at any time")
	})
	for _, class := range []Class{KeyUnverified, NonIdempotent} {
		inJournalledWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world, _ *faultyJournal) {
			orphan(t, w, class)
			assert.Equal(t, OutcomeUnknown, w.do(withRef(class)).Outcome, "%s: never", class)
			for _, r := range w.recover(knowing(class)) {
				assert.Equal(t, OutcomeUnknown, r.Result.Outcome)
			}
			assert.EqualValues(t, 1, w.hits.Load())
		})
	}
}

// R14 with a ref: a cancellation before was the same operation.
func TestJ4_ATakenOverCancelThatWasDone(t *testing.T) {
	inJournalledWorld(t, script(lose, says(409, `{"error":{"code":"already"}}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Idempotent)
		c := withRef(Idempotent)
		c.Refetch = func(context.Context) (*Response, State) {
			return &Response{Status: 200, Body: []byte(`{}`)}, StateHolds
		}
		r := w.do(c)
		require.NoError(t, r.Err)
		assert.True(t, r.Recovered)
		r = w.do(c)
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
	})
}

func TestJ5_TheResultIsRecordedBeforeItIsReturned(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, _ *faultyJournal) {
		first := w.do(withRef(Keyed))
		require.NoError(t, first.Err)
		time.Sleep(24 * time.Hour)
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.Equal(t, first.Response.Body, r.Response.Body)
		assert.Empty(t, r.Attempts)
		assert.Equal(t, first.Key.String(), r.Key.String())
		assert.EqualValues(t, 1, w.hits.Load())
	})
	for name, f := range map[string]fault{"not written": faultNotWritten, "lost": faultLost, "in doubt": faultInDoubt} {
		t.Run("success, "+name, journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
			j.plan = []fault{faultNone, f}
			r := w.do(withRef(Keyed))
			assert.NoError(t, r.Err)
			assert.ErrorIs(t, r.RecordErr, errDisk)
			assert.Equal(t, OutcomeDone, r.Outcome)
		}))
		t.Run("refusal, "+name, journalledTest(says(400, errorObject), func(t *testing.T, w *world, j *faultyJournal) {
			j.plan = []fault{faultNone, f}
			r := w.do(withRef(Keyed))
			assert.Equal(t, OutcomeUnknown, r.Outcome, "a refusal that could not be recorded is unknown")
			assert.ErrorIs(t, r.Err, ErrJournal)
		}))
	}
}

func TestJ5_AlreadyCancelledIsRememberedAsSuch(t *testing.T) {
	inJournalledWorld(t, says(409, `{"error":{"code":"already"}}`), func(t *testing.T, w *world, _ *faultyJournal) {
		for range 2 {
			r := w.do(withRef(Idempotent))
			assert.Equal(t, OutcomeDone, r.Outcome)
			assert.Equal(t, VerdictAlreadyApplied, r.Verdict)
			assert.EqualError(t, r.Err, reasonAlready, "R14: a new operation is not in doubt")
			assert.NotErrorIs(t, r.Err, ErrResponseLost)
		}
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestJ1_WithoutARefTheKeyIsTheName(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
		c := ofKey(post(Keyed), NewKey())
		require.NoError(t, w.do(c).Err)
		rec, ok, err := j.Load(context.Background(), "key:"+c.Key.String())
		require.NoError(t, err)
		require.True(t, ok)
		assert.Equal(t, journal.OutcomeDone, rec.Outcome)
		assert.Empty(t, rec.Owner)
		time.Sleep(time.Hour)
		assert.True(t, w.do(c).FromJournal)
		require.NoError(t, w.do(post(Idempotent)).Err)
		require.NoError(t, w.do(read()).Err)
		assert.Len(t, recorded(t, j), 2, "reads are not journalled")
	})
}

func TestRef_WhatItCannotBeCombinedWith(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		r := w.do(withRef(Keyed))
		assert.ErrorContains(t, r.Err, "needs a journal")
		e := w.newEngine(func(c *Config) { c.Journal = journal.NewMemory() })
		c := withRef(Keyed)
		c.Key = NewKey()
		assert.ErrorContains(t, e.Do(context.Background(), c).Err, "with a ref")
		rd := read()
		rd.Ref = "order-1"
		assert.ErrorContains(t, e.Do(context.Background(), rd).Err, "only reads")
		assert.Zero(t, w.hits.Load())
	})
}

// What cannot be kept to the letter could not be sent again as it was.
func TestJ4_WhatAJournalWouldChangeIsRefused(t *testing.T) {
	inJournalledWorld(t, says(200, `{}`), func(t *testing.T, w *world, _ *faultyJournal) {
		for name, change := range map[string]func(*Request){
			"header X-Note": func(r *Request) { r.Header = http.Header{"x-note": {"caf\xe9"}} },
			"query":         func(r *Request) { r.Query = url.Values{"q": {"caf\xe9"}} },
		} {
			c := withRef(Keyed)
			change(&c.Request)
			assertInvalid(t, name, w.do(c).Err)
		}
		assert.Zero(t, w.hits.Load())
	})
}

type rivalJournal struct {
	*journal.Memory
	writes atomic.Int64
	second func()
}

func (j *rivalJournal) Save(context.Context, journal.Record) (bool, error) {
	if j.writes.Add(1) == 2 {
		j.second()
	}
	return false, errors.Join(journal.ErrNotCommitted, errDisk)
}

func TestJ3_AClaimThatFailsProvesNothingOfOthers(t *testing.T) {
	for outcome, executes := range map[Outcome]bool{OutcomeNotSent: false, OutcomeUnknown: true} {
		shared := journal.NewMemory()
		j := &rivalJournal{Memory: shared, second: func() {}}
		inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
			other := w.newEngine(func(c *Config) { c.Journal = shared })
			if executes {
				j.second = func() { require.NoError(t, other.Do(context.Background(), withRef(Keyed)).Err) }
			}
			r := w.do(withRef(Keyed))
			assert.ErrorIs(t, r.Err, ErrJournal)
			assert.Equal(t, outcome, r.Outcome)
		}, func(c *Config) { c.Journal = j })
	}
}
