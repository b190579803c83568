package bulk_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
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

// The bubble of a test fails if a goroutine is left in it.
func TestR39_APanicOfACallbackEndsTheRunFirst(t *testing.T) {
	for name, set := range map[string]func(o *bulk.Options[member], fail func()){
		"Row": func(o *bulk.Options[member], fail func()) {
			o.Header, o.Row = []string{"pass"}, func(member) []string { fail(); return nil }
		},
		"Each": func(o *bulk.Options[member], fail func()) { o.Each = func(bulk.Result[member]) { fail() } },
		"Progress": func(o *bulk.Options[member], fail func()) {
			o.Progress = func(bulk.Progress) { fail() }
		},
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, w *fixture) {
				var begun, ended, panics atomic.Int64
				o := w.options()
				o.Workers, o.ReportDir = 8, t.TempDir()
				set(&o, func() { panics.Add(1); panic("of Ada Okafor") })
				assert.PanicsWithValue(t, "of Ada Okafor", func() {
					_, _ = bulk.Run(t.Context(), each(w.members(100)), func(ctx context.Context, m member) error {
						n := begun.Add(1)
						time.Sleep(time.Duration(n) * 300 * time.Millisecond)
						defer ended.Add(1)
						return w.issue(ctx, m)
					}, o)
				})
				assert.EqualValues(t, 1, panics.Load(), "it is not called again")
				assert.Less(t, begun.Load(), int64(20), "no more items are begun")
				assert.Equal(t, begun.Load(), ended.Load())
				assert.EqualValues(t, begun.Load(), w.sb.Executed(sandbox.IssuePass))
				text, err := os.ReadFile(filepath.Join(o.ReportDir, "summary.json"))
				require.NoError(t, err)
				var report bulk.Report
				require.NoError(t, json.Unmarshal(text, &report))
				assert.Equal(t, "a callback panicked", report.Stopped)
				assert.Equal(t, begun.Load(), report.Done, "what was under way has ended, and is counted")
				done, err := os.Open(filepath.Join(o.ReportDir, "done.csv"))
				require.NoError(t, err)
				defer func() { _ = done.Close() }()
				rows, err := csv.NewReader(done).ReadAll()
				require.NoError(t, err)
				assert.EqualValues(t, report.Done, len(rows)-1, "and has its row")
			})
		})
	}
}

func TestR39_APanicOfTheLastProgressFindsTheReportWritten(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		o := w.options()
		o.ReportDir = t.TempDir()
		o.Progress = func(bulk.Progress) { panic("of Ada Okafor") }
		assert.Panics(t, func() { _, _ = bulk.Run(t.Context(), each(w.members(3)), w.issue, o) })
		text, err := os.ReadFile(filepath.Join(o.ReportDir, "summary.json"))
		require.NoError(t, err)
		assert.NotContains(t, string(text), "stopped")
	})
}

// Reading ahead only saves time: a journal that panics there costs no item, and
// not the process.
func TestR39_AJournalThatPanicsWhileItIsReadAheadCostsNoItem(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		panicking := &panickingJournal{Memory: w.memory}
		kept, err := bulk.NewJournal(panicking)
		require.NoError(t, err)
		w.client, err = bardge.New(w.sb.APIKey, bardge.WithBaseURL(w.sb.URL), bardge.WithHTTPClient(w.sb.Client()),
			bardge.WithJournal(kept, "acme"))
		require.NoError(t, err)
		w.journal = kept
		report, err := bulk.Run(t.Context(), each(w.members(100)), w.issue, w.options())
		require.NoError(t, err)
		assert.EqualValues(t, 100, report.Done)
		assert.Equal(t, 100, w.sb.Executed(sandbox.IssuePass))
		assert.Positive(t, panicking.panics.Load())
	})
}

type panickingJournal struct {
	*journal.Memory

	panics atomic.Int32
}

func (j *panickingJournal) LoadMany(context.Context, []string) ([]journal.Record, error) {
	j.panics.Add(1)
	panic("of Ada Okafor")
}
