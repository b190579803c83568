package bulk_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func TestRun_DoesEachItemOnceAndAnswersThemFromTheJournalAfterwards(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		const items = 300
		members := w.members(items)
		for i, want := range []bulk.Report{{Done: items}, {FromJournal: items}} {
			report, err := bulk.Run(t.Context(), each(members), w.issue, w.options())
			require.NoError(t, err)
			assert.True(t, report.Good())
			assert.Equal(t, []int64{items, want.Done, want.FromJournal}, []int64{report.Items, report.Done, report.FromJournal}, "run %d", i)
			assert.Equal(t, items, w.sb.Executed(sandbox.IssuePass))
			assert.Equal(t, items, w.sb.Requests(sandbox.IssuePass))
		}
	})
}

func TestRun_OneReadOfTheJournalAnswersManyItems(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		_, err := bulk.Run(t.Context(), each(w.members(1000)), w.issue, w.options())
		require.NoError(t, err)
		counting := &countingJournal{Memory: w.memory}
		kept, err := bulk.NewJournal(counting)
		require.NoError(t, err)
		again, err := bardge.New(w.sb.APIKey, bardge.WithBaseURL(w.sb.URL), bardge.WithHTTPClient(w.sb.Client()),
			bardge.WithJournal(kept, "acme"))
		require.NoError(t, err)
		w.client, w.journal = again, kept
		report, err := bulk.Run(t.Context(), each(w.members(1000)), w.issue, w.options())
		require.NoError(t, err)
		assert.EqualValues(t, 1000, report.FromJournal)
		assert.Zero(t, counting.loads.Load())
		assert.Zero(t, counting.saves.Load())
		assert.LessOrEqual(t, counting.many.Load(), int32(20))
	})
}

type countingJournal struct {
	*journal.Memory

	loads, saves, many atomic.Int32
}

func (j *countingJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	j.loads.Add(1)
	return j.Memory.Load(ctx, id)
}

func (j *countingJournal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	j.saves.Add(1)
	return j.Memory.Save(ctx, rec)
}

func (j *countingJournal) LoadMany(ctx context.Context, ids []string) ([]journal.Record, error) {
	j.many.Add(1)
	return j.Memory.LoadMany(ctx, ids)
}

func TestRun_AnItemWhoseContentHasChangedIsReportedAndNotSent(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		members := w.members(3)
		_, err := bulk.Run(t.Context(), each(members), w.issue, w.options())
		require.NoError(t, err)
		members[1].client = "another"
		results, o := collected{}, w.options()
		o.Each = results.add
		report, err := bulk.Run(t.Context(), each(members), w.issue, o)
		require.NoError(t, err)
		assert.EqualValues(t, 1, report.Failed)
		assert.EqualValues(t, 2, report.FromJournal)
		require.ErrorIs(t, results["policy-2"][0].Err, bardge.ErrRefReused)
		assert.Equal(t, "the item's content has changed under its ref", results["policy-2"][0].Reason)
		assert.Equal(t, 3, w.sb.Requests(sandbox.IssuePass))
	})
}

func TestRun_ADuplicateIsReportedBeforeItIsSent(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		members := w.members(3)
		members = append(members, members[0])
		members[3].client = "another"
		results, o := collected{}, w.options()
		o.Each = results.add
		report, err := bulk.Run(t.Context(), each(members), w.issue, o)
		require.NoError(t, err)
		assert.EqualValues(t, 3, report.Done)
		assert.EqualValues(t, 1, report.Failed)
		var duplicate *bulk.DuplicateError
		for _, r := range results["policy-1"] {
			if r.Index == 4 {
				require.ErrorAs(t, r.Err, &duplicate)
				require.ErrorIs(t, r.Err, bulk.ErrDuplicate)
			}
		}
		require.NotNil(t, duplicate)
		assert.EqualValues(t, 1, duplicate.First)
		assert.Equal(t, 3, w.sb.Requests(sandbox.IssuePass))
	})
}

func TestRun_BadRowsAreReportedAndTheRestIsDone(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		members := w.members(1000)
		for i := 50; i < len(members); i += 100 {
			members[i].pass = "no-such-pass"
		}
		members[7].ref = ""
		members[8].ref = strings.Repeat("x", journal.MaxRef+1)
		members[9].pass = "panic"
		results, o := collected{}, w.options()
		o.Each = results.add
		report, err := bulk.Run(t.Context(), each(members), func(ctx context.Context, m member) error {
			if m.pass == "panic" {
				panic("of Ada Okafor")
			}
			return w.issue(ctx, m)
		}, o)
		require.NoError(t, err)
		assert.False(t, report.Good())
		assert.Equal(t, map[bulk.Status]int{bulk.Done: 987, bulk.Failed: 13}, results.statuses())
		assert.Equal(t, []bulk.ReasonCount{
			{Status: bulk.Failed, Reason: "pass_not_found", Count: 10},
			{Status: bulk.Failed, Reason: bulk.ErrInvalidRef.Error(), Count: 2},
			{Status: bulk.Failed, Reason: "the function panicked", Count: 1},
		}, report.Reasons)
		var panicked *bulk.PanicError
		require.ErrorAs(t, results["policy-10"][0].Err, &panicked)
		assert.NotContains(t, panicked.Error(), "Ada")
		assert.Contains(t, string(panicked.Stack), "run_test.go")
		assert.Equal(t, 987, w.sb.Executed(sandbox.IssuePass))
	})
}

func TestRun_AFunctionThatEndsItsGoroutineIsAnItemsError(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		o := w.options()
		o.Workers = 1
		report, err := bulk.Run(t.Context(), each(w.members(3)), func(ctx context.Context, m member) error {
			if m.ref == "policy-2" {
				runtime.Goexit()
			}
			return w.issue(ctx, m)
		}, o)
		require.NoError(t, err)
		assert.EqualValues(t, 2, report.Done)
		assert.EqualValues(t, 1, report.Failed)
	})
}

func TestRun_AFunctionThatForgetsTheRefStopsTheRun(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		o := w.options()
		o.Workers = 1
		report, err := bulk.Run(t.Context(), each(w.members(1000)), func(ctx context.Context, m member) error {
			_, _, err := w.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: m.client, PassID: m.pass})
			return err
		}, o)
		var stop *bulk.StopError
		require.ErrorAs(t, err, &stop)
		require.ErrorIs(t, err, bulk.ErrRefNotUsed)
		assert.Less(t, report.Items, int64(10))
		assert.Equal(t, stop.Reason, report.Stopped)
	})
}

func TestRun_StopsAtOnceWhenTheAPIRefusesTheAccount(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		client, err := bardge.New("another-key-of-the-reseller", bardge.WithBaseURL(w.sb.URL), bardge.WithHTTPClient(w.sb.Client()),
			bardge.WithJournal(w.journal, "acme"))
		require.NoError(t, err)
		w.client = client
		report, err := bulk.Run(t.Context(), each(w.members(10_000)), w.issue, w.options())
		var stop *bulk.StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, "the API refuses the account", stop.Reason)
		require.ErrorIs(t, err, bardge.ErrInvalidAPIKey)
		assert.Equal(t, report.Items, report.Waiting)
		assert.LessOrEqual(t, report.Items, int64(128))
	})
}

func TestRun_StopsBeyondItsLimits(t *testing.T) {
	t.Run("MaxFailed", func(t *testing.T) {
		inVirtualTime(t, func(t *testing.T, w *fixture) {
			members := w.members(1000)
			for i := range members {
				members[i].pass = "no-such-pass"
			}
			o := w.options()
			o.MaxFailed = 20
			report, err := bulk.Run(t.Context(), each(members), w.issue, o)
			require.ErrorContains(t, err, "more than 20 items have failed")
			assert.Less(t, report.Failed, int64(200))
		})
	})
	t.Run("MaxInDoubt", func(t *testing.T) {
		inVirtualTime(t, func(t *testing.T, w *fixture) {
			o := w.options()
			o.MaxInDoubt, o.Workers = 3, 2
			report, err := bulk.Run(t.Context(), each(w.members(1000)), func(ctx context.Context, m member) error {
				if err := w.issue(ctx, m); err != nil {
					return err
				}
				panic("after the call")
			}, o)
			require.ErrorContains(t, err, "more than 3 items are in doubt")
			assert.LessOrEqual(t, report.InDoubt, int64(8))
		})
	})
}

func TestRun_AFailingSourceStopsTheRun(t *testing.T) {
	broken := errors.New("line 4: a quote is not closed")
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		members := w.members(3)
		for _, source := range []iter.Seq2[member, error]{
			func(yield func(member, error) bool) {
				for _, m := range members {
					if !yield(m, nil) {
						return
					}
				}
				yield(member{}, broken)
			},
		} {
			report, err := bulk.Run(t.Context(), source, w.issue, w.options())
			require.ErrorIs(t, err, broken)
			assert.Equal(t, "the source failed", report.Stopped)
		}
	})
}

func TestRun_CancelledCallsEndWithAnOutcome(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		ctx, cancel := context.WithCancelCause(t.Context())
		var begun atomic.Int32
		slow := func(ctx context.Context, m member) error {
			if begun.Add(1) == 100 {
				cancel(errors.New("the evening is over"))
			}
			select {
			case <-time.After(5 * time.Second):
			case <-ctx.Done():
				return ctx.Err()
			}
			return w.issue(ctx, m)
		}
		o := w.options()
		results := collected{}
		o.Each = results.add
		report, err := bulk.Run(ctx, each(w.members(1000)), slow, o)
		require.ErrorContains(t, err, "the context has ended")
		assert.Equal(t, report.Items, report.Done, "what was under way went on")
		assert.EqualValues(t, begun.Load(), report.Done)
		assert.EqualValues(t, begun.Load(), w.sb.Executed(sandbox.IssuePass))
	})
}

func TestRun_AfterTheGraceCallsAreCutOffAndReported(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		o := w.options()
		o.Grace = 3 * time.Second
		began := time.Now()
		report, err := bulk.Run(ctx, each(w.members(1000)), func(ctx context.Context, _ member) error {
			<-ctx.Done()
			return ctx.Err()
		}, o)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 4*time.Second, time.Since(began))
		assert.EqualValues(t, 64, report.Items)
	})
}

func TestRun_ProgressComesEachSecond(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		var seen []bulk.Progress
		o := w.options()
		o.Workers, o.Total = 10, 200
		o.Progress = func(p bulk.Progress) { seen = append(seen, p) }
		_, err := bulk.Run(t.Context(), each(w.members(200)), func(ctx context.Context, m member) error {
			time.Sleep(time.Second)
			return w.issue(ctx, m)
		}, o)
		require.NoError(t, err)
		require.Len(t, seen, 21)
		middle := seen[10]
		assert.InDelta(t, 10, middle.Rate, 1)
		assert.InDelta(t, (10 * time.Second).Seconds(), middle.ETA.Seconds(), 2)
		assert.EqualValues(t, 200, seen[20].Items)
		assert.False(t, seen[20].Stopping, "it has ended by itself")
	})
}

func TestRun_BadOptionsAreRefused(t *testing.T) {
	kept, err := bulk.NewJournal(journal.NewMemory())
	require.NoError(t, err)
	ref := func(int) string { return "ref" }
	for _, o := range []bulk.Options[int]{
		{},
		{Ref: ref},
		{Journal: kept},
		{Ref: ref, Journal: kept, Workers: -1},
		{Ref: ref, Journal: kept, Header: []string{"a"}},
	} {
		report, err := bulk.Run(t.Context(), each([]int{1}), func(context.Context, int) error { return nil }, o)
		assert.Nil(t, report)
		assert.Error(t, err, "%+v", o)
	}
	_, err = bulk.NewJournal(struct{ journal.Journal }{})
	assert.Error(t, err)
}

func TestRun_TheSecondPassTriesWhatWaits(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		var calls atomic.Int32
		results, o := collected{}, w.options()
		o.Each = results.add
		report, err := bulk.Run(t.Context(), each(w.members(3)), func(ctx context.Context, m member) error {
			err := w.issue(ctx, m)
			if m.ref == "policy-2" && calls.Add(1) == 1 {
				return errors.New("a database was away")
			}
			return err
		}, o)
		require.NoError(t, err)
		assert.Equal(t, map[bulk.Status]int{bulk.Done: 2, bulk.FromJournal: 1}, results.statuses())
		assert.True(t, report.Good())
		assert.Equal(t, 3, w.sb.Requests(sandbox.IssuePass))
	})
}

func TestRun_WhatASecondPassDoesNotReachKeepsItsStatus(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, cancel) // before the second pass begins
		results, o := collected{}, w.options()
		o.Each = results.add
		report, err := bulk.Run(ctx, each(w.members(3)), func(ctx context.Context, m member) error {
			if err := w.issue(ctx, m); err != nil {
				return err
			}
			return errors.New("a database was away")
		}, o)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, map[bulk.Status]int{bulk.Waiting: 3}, results.statuses())
		assert.EqualValues(t, 3, report.Waiting)
	})
}

func TestRun_ASourceThatEndsItsGoroutineStopsTheRun(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		members := w.members(5)
		report, err := bulk.Run(t.Context(), func(yield func(member, error) bool) {
			for _, m := range members[:3] {
				if !yield(m, nil) {
					return
				}
			}
			runtime.Goexit()
		}, w.issue, w.options())
		require.Error(t, err, "two items were not tried")
		assert.Equal(t, "the source failed", report.Stopped)
		assert.False(t, report.Good())
	})
}
