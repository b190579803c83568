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

func knowing(class Class) Recovery {
	return Recovery{Operation: func(name string) (Operation, bool) { return testOperation(class), name == "op" }}
}

// knowingNone is of a program without the journal's operations.
var knowingNone = Recovery{Operation: func(string) (Operation, bool) { return Operation{}, false }}

func (w *world) recover(r Recovery) []RecoveryResult { return collect(w.t, w.engine, r) }

func TestJ4_RecoverSendsAgainInsideTheWindow(t *testing.T) {
	var rec recorder
	inJournalledWorld(t, rec.then(script(lose, says(200, `{"id":"x"}`))), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		all := w.recover(knowing(Keyed))
		require.Len(t, all, 1)
		assert.Equal(t, "order-1", all[0].Pending.Ref)
		assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
		assert.JSONEq(t, `{"id":"x"}`, string(all[0].Result.Response.Body))
		require.Len(t, rec.seen, 2)
		rec.assertAlike(t)
		assert.Empty(t, w.recover(knowing(Keyed)), "what is settled is no orphan")
		assert.True(t, w.do(withRef(Keyed)).FromJournal)
	})
}

func TestJ4_RecoverAfterTheWindowSendsNothing(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(2 * time.Minute)
		for range 2 {
			all := w.recover(knowing(Keyed))
			require.Len(t, all, 1, "what stays in doubt is yielded again")
			assert.Equal(t, OutcomeUnknown, all[0].Result.Outcome)
			assert.ErrorIs(t, all[0].Result.Err, ErrKeyExpired)
			assert.Empty(t, w.recover(knowing(Keyed)), "J15: not at once")
			time.Sleep(2 * time.Minute)
		}
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestJ4_RecoverSendsAConvergentOperationAtAnyTime(t *testing.T) {
	inJournalledWorld(t, script(lose, says(409, `{"error":{"code":"already"}}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Idempotent)
		time.Sleep(24 * time.Hour)
		with := knowing(Idempotent)
		with.Refetch = func(_ context.Context, o PendingOperation) (*Response, State) {
			assert.Equal(t, "/op", o.Request.Path)
			return &Response{Status: 200, Body: []byte(`{}`)}, StateHolds
		}
		all := w.recover(with)
		require.Len(t, all, 1)
		assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
		assert.True(t, all[0].Result.Recovered)
	})
}

// lateTurn is a limiter that ignores its context.
type lateTurn struct{ after time.Duration }

func (l lateTurn) Wait(context.Context) error { time.Sleep(l.after); return nil }

// What passes between the decision to send and the request counts: the wait for
// a turn, and those after failures.
func TestJ4_NoWaitCarriesAResendPastItsTime(t *testing.T) {
	unavailable := func(seconds string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", seconds)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	for name, row := range map[string]struct {
		server  http.HandlerFunc
		limiter Limiter
		hits    int64
	}{
		"a turn that comes late":        {server: script(lose, says(200, `{}`)), limiter: lateTurn{time.Minute}, hits: 1},
		"a turn in time":                {server: script(lose, says(200, `{}`)), limiter: lateTurn{2 * time.Second}, hits: 2},
		"the server asks for more time": {server: script(lose, unavailable("40"), says(200, `{}`)), hits: 3}, // R34
		"the server asks for less":      {server: script(lose, unavailable("2"), says(200, `{}`)), hits: 3},
	} {
		var last time.Time
		server := func(w http.ResponseWriter, r *http.Request) {
			last = time.Now()
			row.server(w, r)
		}
		t.Run(name, journalledTest(server, func(t *testing.T, w *world, j *faultyJournal) {
			begun := time.Now()
			orphan(t, w, Idempotent)
			time.Sleep(30 * time.Second)
			with := Recovery{Operation: func(string) (Operation, bool) {
				op := testOperation(Idempotent)
				op.ResendFor = time.Minute
				return op, true
			}}
			e := w.newEngine(func(c *Config) { c.Journal, c.Limiter = j, row.limiter })
			for range 3 {
				collect(t, e, with)
				time.Sleep(time.Minute)
			}
			assert.Equal(t, row.hits, w.hits.Load())
			assert.Less(t, last.Sub(begun), 55*time.Second)
		}))
	}
}

func TestJ4_RecoverSendsAnIdempotentOperationWhileNothingNewerIsUndone(t *testing.T) {
	for name, row := range map[string]struct {
		after time.Duration
		ahead time.Duration // of the writer's clock
		hits  int64
	}{
		"within": {after: 53 * time.Second, hits: 2},
		"J8 five seconds are clocks', two an attempt's": {after: 54 * time.Second, hits: 1},
		"J8 by the store's age":                         {after: 53 * time.Second, ahead: time.Hour, hits: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inDistantWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world, j *distantJournal) {
				orphan(t, w, Idempotent)
				j.ahead = row.ahead
				time.Sleep(row.after + min(row.ahead, time.Second))
				with := Recovery{Operation: func(string) (Operation, bool) {
					op := testOperation(Idempotent)
					op.ResendFor = time.Minute
					return op, true
				}}
				all := w.recover(with)
				require.Len(t, all, 1)
				assert.Equal(t, row.hits == 2, all[0].Action == ActionResend)
				assert.Equal(t, row.hits, w.hits.Load())
			})
		})
	}
}

func TestRecover_OnlyReports(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		first := w.do(atMost(1, post(Keyed)))
		require.Equal(t, OutcomeUnknown, first.Outcome)
		all := w.recover(knowing(Keyed))
		require.Len(t, all, 1)
		assert.Empty(t, all[0].Pending.Ref)
		assert.Equal(t, first.Key.String(), all[0].Pending.Key.String(), "its caller may have run it again")
		assert.EqualValues(t, 1, w.hits.Load())

		orphan(t, w, Keyed)
		time.Sleep(firstPause)
		assert.Len(t, w.recover(knowingNone), 2, "an operation that is not known any more")
		assert.EqualValues(t, 2, w.hits.Load())
	})
}

func TestJ3_RecoverLeavesWhatHasAnOwner(t *testing.T) {
	inJournalledWorld(t, takes(time.Second, says(200, `{}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		done := make(chan Result)
		go func() { done <- w.do(withRef(Keyed)) }()
		time.Sleep(100 * time.Millisecond)
		assert.Empty(t, w.recover(knowing(Keyed)))
		assert.NoError(t, (<-done).Err)
	})
}

func TestJ11_ReadingProvesDoneNeverTheOpposite(t *testing.T) {
	found := ReconcileResult{Done: true, Response: &Response{Status: 200, Body: []byte(`{"id":"x"}`)}, Resource: "thing x", Evidence: "thing x was made after the send"}
	for name, row := range map[string]struct {
		finding ReconcileResult
		err     error
		taken   bool // another operation has made the resource
		outcome Outcome
	}{
		"a match":                  {finding: found, outcome: OutcomeDone},
		"no match":                 {finding: ReconcileResult{Evidence: "nothing"}, outcome: OutcomeUnknown},
		"reading fails":            {err: errors.New("no"), outcome: OutcomeUnknown},
		"the match is another's":   {finding: found, taken: true, outcome: OutcomeUnknown},
		"a match without resource": {finding: ReconcileResult{Done: true, Response: found.Response}, outcome: OutcomeDone},
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, j *faultyJournal) {
			if row.taken {
				_, err := j.Save(context.Background(), journal.Record{ID: "ref:other", Outcome: journal.OutcomeDone, Resource: "thing x"})
				require.NoError(t, err)
			}
			orphan(t, w, Keyed)
			time.Sleep(2 * time.Minute)
			with := knowing(Keyed)
			with.Reconcile = func(_ context.Context, o PendingOperation) (ReconcileResult, error) {
				assert.JSONEq(t, `{"a":1}`, string(o.Request.Body))
				return row.finding, row.err
			}
			all := w.recover(with)
			require.Len(t, all, 1)
			assert.Equal(t, row.outcome, all[0].Result.Outcome)
			assert.Equal(t, row.finding.Evidence, all[0].Evidence)
			later := w.do(withRef(Keyed))
			assert.Equal(t, row.outcome, later.Outcome)
			assert.Equal(t, row.outcome == OutcomeDone, later.FromJournal)
			assert.EqualValues(t, 1, w.hits.Load())
		}))
	}
}

// One that began in the same scope, at about the same time, may have made what
// was found, unless it is known to have made something else.
func TestJ11_WhatARivalMayHaveMadeProvesNothing(t *testing.T) {
	const scope = "things of ada"
	near := 2*(90*time.Second+2*skewAllowance) - time.Microsecond
	for name, row := range map[string]struct {
		rival    journal.Record
		since    time.Duration // after the orphan
		resource string        // of what was found
		want     Outcome
		bound    time.Duration // of the rival
		sealed   bool          // with another secret
	}{
		"open":                              {rival: journal.Record{Scope: scope}, resource: "thing x", want: OutcomeUnknown},
		"done":                              {rival: journal.Record{Scope: scope, Outcome: journal.OutcomeDone}, resource: "thing x", want: OutcomeUnknown},
		"done, made another":                {rival: journal.Record{Scope: scope, Outcome: journal.OutcomeDone, Resource: "thing y"}, resource: "thing x", want: OutcomeDone},
		"made one, found has no name":       {rival: journal.Record{Scope: scope, Outcome: journal.OutcomeDone, Resource: "thing y"}, want: OutcomeUnknown},
		"rejected":                          {rival: journal.Record{Scope: scope, Outcome: journal.OutcomeRejected}, resource: "thing x", want: OutcomeDone},
		"not sent":                          {rival: journal.Record{Scope: scope, Outcome: journal.OutcomeNotSent}, resource: "thing x", want: OutcomeDone},
		"of another scope":                  {rival: journal.Record{Scope: "things of bob"}, resource: "thing x", want: OutcomeDone},
		"of no scope":                       {rival: journal.Record{}, resource: "thing x", want: OutcomeDone},
		"as early as can be":                {rival: journal.Record{Scope: scope}, since: -near, resource: "thing x", want: OutcomeUnknown},
		"as late as can be":                 {rival: journal.Record{Scope: scope}, since: near, resource: "thing x", want: OutcomeUnknown},
		"earlier":                           {rival: journal.Record{Scope: scope}, since: -near - time.Millisecond, resource: "thing x", want: OutcomeDone},
		"later":                             {rival: journal.Record{Scope: scope}, since: near + time.Millisecond, resource: "thing x", want: OutcomeDone},
		"R32 earlier, with a long deadline": {rival: journal.Record{Scope: scope}, since: -near - 10*time.Minute, resource: "thing x", want: OutcomeUnknown, bound: 15 * time.Minute},
		"R32 earlier than that":             {rival: journal.Record{Scope: scope}, since: -near - 14*time.Minute, resource: "thing x", want: OutcomeDone, bound: 15 * time.Minute},
		"R32 earlier, and cannot be opened": {rival: journal.Record{Scope: scope}, since: -near - 10*time.Minute, resource: "thing x", want: OutcomeUnknown, sealed: true},
	} {
		t.Run(name, worldTest(lose, func(t *testing.T, w *world) {
			j := journal.NewMemory()
			e := w.newEngine(func(c *Config) {
				c.Journal, c.Scope = j, func(Request) string { return scope }
			})
			c := atMost(1, withRef(Keyed))
			begun := time.Now()
			require.Equal(t, OutcomeUnknown, e.Do(t.Context(), c).Outcome)
			rival := row.rival
			rival.ID, rival.Owner, rival.Lease, rival.Since = "ref:rival", "somebody", time.Hour, begun.Add(row.since)
			rival.Scope = scopeDigest(rival.Scope)
			sealed := entry{Record: rival, payload: payload{Bound: row.bound}}
			require.NoError(t, e.sealed.close(&sealed))
			rival = sealed.Record
			if row.sealed {
				rival.Sealed[0] = encrypted
			}
			_, err := j.Save(t.Context(), rival)
			require.NoError(t, err)
			time.Sleep(2 * time.Minute)
			all := collect(t, e, finding(ReconcileResult{Done: true, Resource: row.resource, Scopes: []string{"no other", scope}}, nil))
			require.Len(t, all, 1)
			assert.Equal(t, row.want, all[0].Result.Outcome)
		}))
	}
}

func TestJ11_AnAnswerIsAProofOfItsOwn(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		j := journal.NewMemory()
		_, err := j.Save(context.Background(), journal.Record{ID: "ref:other", Outcome: journal.OutcomeDone, Resource: "op x"})
		require.NoError(t, err)
		e := w.newEngine(func(c *Config) {
			c.Journal = j
			c.Resource = func(op string, _ []byte) string { return op + " x" }
		})
		r := e.Do(context.Background(), withRef(Keyed))
		require.NoError(t, r.Err)
		assert.NoError(t, r.RecordErr)
		assert.True(t, e.Do(context.Background(), withRef(Keyed)).FromJournal)
	})
}

func TestJ10_Resolve(t *testing.T) {
	executed := Resolution{Executed: true, ResponseOf: func(operation string) (*Response, string) {
		assert.Equal(t, post(Keyed).Request.Operation.Name, operation)
		return &Response{Status: 200, Body: []byte(`{"id":"x"}`)}, ""
	}}
	not := Resolution{}
	inJournalledWorld(t, script(lose, says(200, `{"id":"y"}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		require.ErrorIs(t, w.resolve(executed), ErrOperationNotFound)
		orphan(t, w, Keyed)
		require.ErrorIs(t, w.resolve(not), ErrMayBeExecuting, "the window is open")
		time.Sleep(279 * time.Second)
		require.ErrorIs(t, w.resolve(not), ErrMayBeExecuting, "a late send may be in the server: three windows, margin and skew")
		time.Sleep(2 * time.Second)
		require.NoError(t, w.resolve(not))
		require.NoError(t, w.resolve(not), "twice is once")
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.False(t, r.FromJournal, "the ref was free: a new generation")
		require.ErrorIs(t, w.resolve(not), ErrOtherGeneration, "a later generation is not freed")
		require.ErrorIs(t, w.resolve(Resolution{Generation: 2}), ErrAlreadyResolved, "never from done")
	})
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		require.NoError(t, w.resolve(executed))
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.JSONEq(t, `{"id":"x"}`, string(r.Response.Body))
	})
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		c := atMost(1, ofKey(post(Keyed), NewKey()))
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		require.NoError(t, w.engine.Resolve(context.Background(), journal.KeyID(c.Key.String()), executed), "by its key")
		assert.True(t, w.do(c).FromJournal)
	})
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(time.Hour)
		taken, err := j.Adopt(context.Background(), "somebody", lease, journal.Filter{Limit: 1})
		require.NoError(t, err)
		require.Len(t, taken, 1)
		require.ErrorIs(t, w.resolve(not), ErrMayBeExecuting, "somebody works on it")
	})
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Idempotent)
		time.Sleep(time.Hour)
		orphan(t, w, Idempotent)
		time.Sleep(99 * time.Second)
		require.ErrorIs(t, w.resolve(not), ErrMayBeExecuting, "it was sent again")
		time.Sleep(2 * time.Second)
		require.NoError(t, w.resolve(not))
	})
}

// Where nothing can be sent at first, a request may leave as late as a window
// after the intent, and be on its way for as long.
func TestJ10_NotExecutedWaitsForWhatWasSentLate(t *testing.T) {
	for class, wait := range map[Class]time.Duration{Keyed: 280 * time.Second, KeyUnverified: 280 * time.Second, NonIdempotent: 0} {
		inJournalledWorld(t, takes(time.Minute, lose), func(t *testing.T, w *world, _ *faultyJournal) {
			w.listener.SetDown(true)
			begun := time.Now()
			up := time.AfterFunc(81*time.Second, func() { w.listener.SetDown(false) })
			defer up.Stop()
			require.Equal(t, OutcomeUnknown, w.do(withRef(class)).Outcome)
			require.EqualValues(t, 1, w.hits.Load())
			said := Resolution{Class: func(string) Class { return class }}
			over := begun.Add(wait)
			if wait == 0 {
				over = time.Now().Add(100 * time.Second)
			}
			time.Sleep(time.Until(over) - time.Second)
			require.ErrorIs(t, w.resolve(said), ErrMayBeExecuting, class)
			time.Sleep(2 * time.Second)
			require.NoError(t, w.resolve(said), class)
		})
	}
}

// A call with a long deadline sends its first byte long after the intent.
func TestR32_NotExecutedWaitsForACallWithALongDeadline(t *testing.T) {
	inJournalledWorld(t, takes(time.Minute, lose), func(t *testing.T, w *world, _ *faultyJournal) {
		w.listener.SetDown(true)
		up := time.AfterFunc(5*time.Minute, func() { w.listener.SetDown(false) })
		defer up.Stop()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		// After the longest backoff, and before an attempt of 15 s could be
		// followed by another.
		gone := time.AfterFunc(5*time.Minute+12*time.Second, cancel)
		defer gone.Stop()
		require.Equal(t, OutcomeUnknown, w.engine.Do(ctx, withRef(Keyed)).Outcome)
		require.EqualValues(t, 1, w.hits.Load())
		require.ErrorIs(t, w.resolve(Resolution{}), ErrMayBeExecuting, "the request is in the server")
		time.Sleep(189 * time.Second)
		require.ErrorIs(t, w.resolve(Resolution{}), ErrMayBeExecuting)
		time.Sleep(2 * time.Second)
		require.NoError(t, w.resolve(Resolution{}))
	})
}

func TestRecover_WhatIsProvenWithoutAnAnswer(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		time.Sleep(2 * time.Minute)
		all := w.recover(finding(ReconcileResult{Done: true}, nil))
		require.Len(t, all, 1)
		assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
		assert.ErrorIs(t, all[0].Result.Err, ErrResponseLost)
		assert.False(t, all[0].Result.Recovered, "no answer was read")
		again := w.do(withRef(Keyed))
		assert.Equal(t, OutcomeDone, again.Outcome)
		assert.ErrorIs(t, again.Err, ErrResponseLost, "as a later call says")
	})
}

// What only its first owner sends does not run again because it was read.
func TestJ10_WhatRecoverLeavesAsItIsCanBeSettledAtOnce(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, NonIdempotent)
		time.Sleep(time.Hour)
		require.Len(t, w.recover(knowing(NonIdempotent)), 1)
		unsure := w.resolve(Resolution{})
		require.ErrorIs(t, unsure, ErrMayBeExecuting, "nobody says what class it is")
		said := Resolution{Class: func(operation string) Class {
			assert.Equal(t, "op", operation)
			return NonIdempotent
		}}
		assert.NoError(t, w.resolve(said))
	})
}

// distantJournal shows what the clocks of other machines make of its records,
// and takes its time to answer.
type distantJournal struct {
	*journal.Memory
	ahead time.Duration // the clock of the machine that wrote
	delay time.Duration
}

func (j *distantJournal) tell(r journal.Record) journal.Record {
	r.Since = r.Since.Add(j.ahead)
	time.Sleep(j.delay)
	return r
}

func (j *distantJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	r, ok, err := j.Memory.Load(ctx, id)
	return j.tell(r), ok, err
}

func (j *distantJournal) Adopt(
	ctx context.Context, owner string, lease time.Duration, f journal.Filter,
) ([]journal.Record, error) {
	all, err := j.Memory.Adopt(ctx, owner, lease, f)
	for i := range all {
		all[i] = j.tell(all[i])
	}
	return all, err
}

func inDistantWorld(t *testing.T, h http.HandlerFunc, f func(*testing.T, *world, *distantJournal)) {
	t.Helper()
	j := &distantJournal{Memory: journal.NewMemory()}
	inWorld(t, h, func(t *testing.T, w *world) { f(t, w, j) }, func(c *Config) { c.Journal = j })
}

// To show that nothing runs any more, the smaller age counts.
func TestJ8_AWriterWhoseClockIsBehindMayStillRun(t *testing.T) {
	inDistantWorld(t, lose, func(t *testing.T, w *world, j *distantJournal) {
		orphan(t, w, Keyed)
		j.ahead = -2 * time.Minute
		time.Sleep(274 * time.Second)
		err := w.resolve(Resolution{})
		require.ErrorIs(t, err, ErrMayBeExecuting, "by the store's clock")
		time.Sleep(2 * time.Second)
		assert.NoError(t, w.resolve(Resolution{}))
	})
}

// An age is as old as the question.
func TestJ8_TheAgeCountsFromWhenTheStoreWasAsked(t *testing.T) {
	inDistantWorld(t, lose, func(t *testing.T, w *world, j *distantJournal) {
		orphan(t, w, Keyed)
		j.ahead = 80 * time.Second // only the store knows better
		time.Sleep(76 * time.Second)
		j.delay = 4 * time.Second
		for _, r := range w.recover(knowing(Keyed)) {
			assert.Equal(t, OutcomeUnknown, r.Result.Outcome)
		}
		assert.EqualValues(t, 1, w.hits.Load(), "it is 80 s old")
	})
	inDistantWorld(t, script(says(200, `{}`)), func(t *testing.T, w *world, _ *distantJournal) {
		in := withRef(Keyed)
		owner := w.engine.newOperation(t.Context(), &in)
		claimed, err := owner.tryClaim(entry{}, owner.intent())
		require.NoError(t, err)
		require.True(t, claimed)
		owner.claim.Keep(func(error) {}, nil, 0)
		go func() {
			time.Sleep(38 * time.Second)
			owner.claim.End() // and renews no more
		}()
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err, "it has waited, and half of the window is left")
		assert.Len(t, r.Attempts, 1)
	})
}
