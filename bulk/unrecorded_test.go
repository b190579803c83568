package bulk_test

import (
	"context"
	"errors"
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
)

// deafJournal fails to write outcomes until it is repaired.
type deafJournal struct {
	*journal.Memory

	repaired atomic.Bool
}

func (j *deafJournal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	if rec.Outcome == journal.OutcomeDone && !j.repaired.Load() {
		return false, errors.Join(journal.ErrNotCommitted, errors.New("no connection"))
	}
	return j.Memory.Save(ctx, rec)
}

func runOnDeafJournal(t *testing.T, repairAfter time.Duration) (w *fixture, report *bulk.Report, results collected) {
	t.Helper()
	w = newFixture(t, journal.NewMemory())
	deaf := &deafJournal{Memory: w.memory}
	var err error
	w.journal, err = bulk.NewJournal(deaf)
	require.NoError(t, err)
	w.client, err = bardge.New(w.sb.APIKey, bardge.WithBaseURL(w.sb.URL), bardge.WithHTTPClient(w.sb.Client()),
		bardge.WithJournal(w.journal, "acme"))
	require.NoError(t, err)
	var once sync.Once
	results = collected{}
	o := w.options()
	o.Each = results.add
	report, err = bulk.Run(t.Context(), each(w.members(5)), func(ctx context.Context, m member) error {
		once.Do(func() { after(repairAfter, func() { deaf.repaired.Store(true) }) })
		return w.issue(ctx, m)
	}, o)
	require.NoError(t, err)
	assert.True(t, report.Good())
	assert.EqualValues(t, 5, report.Done)
	assert.Equal(t, 5, w.sb.Executed(sandbox.IssuePass))
	return w, report, results
}

func TestRun_TheSecondPassRecordsWhatIsDone(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, _ *fixture) {
		w, report, _ := runOnDeafJournal(t, 500*time.Millisecond)
		assert.Empty(t, report.Reasons)
		time.Sleep(5 * time.Minute) // the server has forgotten the keys
		report, err := bulk.Run(t.Context(), each(w.members(5)), w.issue, w.options())
		require.NoError(t, err)
		assert.EqualValues(t, 5, report.FromJournal)
	})
}

func TestRun_WhatIsDoneAndNotRecordedHasAReason(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, _ *fixture) {
		_, report, results := runOnDeafJournal(t, time.Hour)
		const reason = "done, but the journal failed to record it"
		assert.Equal(t, []bulk.ReasonCount{{Status: bulk.Done, Reason: reason, Count: 5}}, report.Reasons)
		for ref, all := range results {
			require.Len(t, all, 1, ref)
			assert.Equal(t, bulk.Done, all[0].Status)
		}
	})
}
