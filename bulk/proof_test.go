package bulk_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// executedOnce checks that the server has executed each ref's operation once.
// Each member is a client of its own, so that passes of one client tell.
func (w *fixture) executedOnce(t *testing.T, want int) {
	t.Helper()
	assert.Equal(t, want, w.sb.Executed(sandbox.IssuePass))
}

func TestProof_AnOutageOfFiveMinutesIsSatOut(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		after(3*time.Second, func() { w.sb.Outage(5 * time.Minute) })
		var paused, began atomic.Int32
		o := w.options()
		o.Progress = func(p bulk.Progress) {
			if !p.PausedUntil.IsZero() {
				paused.Add(1)
			}
		}
		results := collected{}
		o.Each = results.add
		start := time.Now()
		report, err := bulk.Run(t.Context(), each(w.members(2000)), func(ctx context.Context, m member) error {
			began.Add(1)
			time.Sleep(200 * time.Millisecond)
			return w.issue(ctx, m)
		}, o)
		require.NoError(t, err)
		t.Logf("took %v, %d calls, paused in %d seconds: %+v", time.Since(start), began.Load(), paused.Load(), report)
		assert.EqualValues(t, 2000, report.Done+report.InDoubt)
		assert.LessOrEqual(t, report.InDoubt, int64(64), "no more than were under way when it began")
		assert.Equal(t, 1, report.Pauses)
		assert.Positive(t, paused.Load())
		assert.Less(t, began.Load(), int32(2200), "the outage held items back")
		executed := int64(w.sb.Executed(sandbox.IssuePass))
		assert.GreaterOrEqual(t, executed, report.Done)
		assert.LessOrEqual(t, executed, report.Done+report.InDoubt, "what is in doubt may have been executed")
	})
}

func TestProof_AJournalWhoseDiskIsFullStopsTheRunAndTheNextOneGoesOn(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		full := &fullJournal{Memory: w.memory, room: 777}
		kept, err := bulk.NewJournal(full)
		require.NoError(t, err)
		w.journal = kept
		w.client, err = bardge.New(w.sb.APIKey, bardge.WithBaseURL(w.sb.URL), bardge.WithHTTPClient(w.sb.Client()),
			bardge.WithJournal(kept, "acme"))
		require.NoError(t, err)
		members := w.members(1000)
		report, err := bulk.Run(t.Context(), each(members), w.issue, w.options())
		var stop *bulk.StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, "the journal failed: disk full", stop.Reason)
		assert.Less(t, report.Items, int64(600))

		full.room = 1 << 30
		time.Sleep(2 * time.Minute) // leases and windows of what was under way are over
		results, o := collected{}, w.options()
		o.Each = results.add
		report, err = bulk.Run(t.Context(), each(members), w.issue, o)
		require.NoError(t, err)
		t.Logf("%+v", report)
		assert.EqualValues(t, 1000, report.Items)
		assert.Zero(t, report.Failed+report.Waiting)
		assert.EqualValues(t, w.sb.Executed(sandbox.IssuePass), report.Done+report.FromJournal+report.InDoubt)
		w.executedOnce(t, 1000)
	})
}

// An error of the disk does not pass as an outage does.
func TestProof_AJournalThatFailsWithoutACauseStopsTheRun(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		kept, err := bulk.NewJournal(&fullJournal{Memory: w.memory, room: 777, cause: journal.CauseOther})
		require.NoError(t, err)
		w.journal = kept
		w.client, err = bardge.New(w.sb.APIKey, bardge.WithBaseURL(w.sb.URL), bardge.WithHTTPClient(w.sb.Client()),
			bardge.WithJournal(kept, "acme"))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		report, err := bulk.Run(ctx, each(w.members(1000)), w.issue, w.options())
		var stop *bulk.StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, "the journal fails again and again", stop.Reason)
		assert.Less(t, report.Items, int64(600))
	})
}

// fullJournal fails once it has written as many records as there is room for.
type fullJournal struct {
	*journal.Memory

	writes atomic.Int64
	room   int64
	cause  journal.Cause
}

func (j *fullJournal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	if j.writes.Add(1) > j.room {
		return false, errors.Join(journal.ErrNotCommitted, &journal.Error{Cause: cmp.Or(j.cause, journal.CauseDiskFull)})
	}
	return j.Memory.Save(ctx, rec)
}

func TestProof_RandomFaultsLoseNothingAndDoNothingTwice(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, w *fixture) {
				require.NoError(t, w.sb.Control().SetRandomFaults(fakeserver.RandomFaults{Rate: 0.2, Seed: seed}))
				members := w.members(500)
				var done int64
				for pass := 0; done < 500 && pass < 20; pass++ {
					report, err := bulk.Run(t.Context(), each(members), w.issue, w.options())
					require.NoError(t, err)
					require.EqualValues(t, 500, report.Items)
					done = report.Done + report.FromJournal
					if report.InDoubt > 0 {
						break
					}
				}
				assert.LessOrEqual(t, w.sb.Executed(sandbox.IssuePass), 500)
				assert.GreaterOrEqual(t, int64(w.sb.Executed(sandbox.IssuePass)), done)
			})
		})
	}
}

// limitedServer lets through perSecond requests in each second, and answers
// others with 429.
type limitedServer struct {
	http.Handler

	mu                    sync.Mutex
	perSecond             int
	second                int64
	passed                int
	allPassed, allRefused int
}

func (s *limitedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.takes() {
		s.Handler.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = w.Write([]byte(`{"error":{"type":"rate_limit_error","code":"rate_limited","message":"slow down"}}`))
}

func (s *limitedServer) takes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now().Unix(); now != s.second {
		s.second, s.passed = now, 0
	}
	if s.passed >= s.perSecond {
		s.allRefused++
		return false
	}
	s.passed++
	s.allPassed++
	return true
}

func TestProof_ALimitThatChangesInMidRun(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		server := &limitedServer{Handler: w.sb.Handler(), perSecond: 100}
		client, err := bardge.New(w.sb.APIKey, bardge.WithJournal(w.journal, "acme"),
			bardge.WithHTTPClient(&http.Client{Transport: direct{server}}))
		require.NoError(t, err)
		w.client = client
		after(10*time.Second, func() {
			server.mu.Lock()
			defer server.mu.Unlock()
			server.perSecond = 20
		})
		began := time.Now()
		report, err := bulk.Run(t.Context(), each(w.members(2000)), func(ctx context.Context, m member) error {
			time.Sleep(30 * time.Millisecond)
			return w.issue(ctx, m)
		}, w.options())
		require.NoError(t, err)
		t.Logf("took %v: %d passed, %d were 429; %+v", time.Since(began), server.allPassed, server.allRefused, report)
		assert.EqualValues(t, 2000, report.Done)
		assert.Zero(t, report.Pauses, "a rate limit is no outage")
		assert.Less(t, server.allRefused, server.allPassed/20)
		w.executedOnce(t, 2000)
	})
}

// Items that are done already show nothing about the API: between them, those
// that are not would each burn their time.
func TestProof_ItemsFromTheJournalDoNotEndAnOutage(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		members := w.members(2000)
		var done []member
		for i, m := range members {
			if i%10 != 0 {
				done = append(done, m)
			}
		}
		_, err := bulk.Run(t.Context(), each(done), w.issue, w.options())
		require.NoError(t, err)
		w.sb.Outage(5 * time.Minute)
		var failures atomic.Int32
		report, err := bulk.Run(t.Context(), each(members), func(ctx context.Context, m member) error {
			err := w.issue(ctx, m)
			if err != nil {
				failures.Add(1)
			}
			return err
		}, w.options())
		require.NoError(t, err)
		assert.True(t, report.Good())
		assert.EqualValues(t, 1800, report.FromJournal)
		assert.Equal(t, 1, report.Pauses)
		assert.LessOrEqual(t, failures.Load(), int32(64+10), "those that were under way when it began, and the tries")
		w.executedOnce(t, 2000)
	})
}
