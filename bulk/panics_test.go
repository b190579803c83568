package bulk_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bulk"
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
