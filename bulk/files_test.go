package bulk_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
)

// readSheet reads a CSV file of a report.
func readSheet(t *testing.T, dir, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows
}

func TestReport_EachItemHasItsRow(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		members := w.members(5)
		members[1].pass = "none"
		members[2].client = "=1+1"
		dir := filepath.Join(t.TempDir(), "out")
		o := w.options()
		o.ReportDir, o.Header = dir, []string{"client", "=x"}
		o.Row = func(m member) []string { return []string{m.client, "@y"} }
		report, err := bulk.Run(t.Context(), each(members), func(ctx context.Context, m member) error {
			switch m.ref {
			case "policy-4":
				return errors.New("a file\nof mine is missing")
			case "policy-5":
				if err := w.issue(ctx, m); err != nil {
					return err
				}
				panic("after the call")
			}
			return w.issue(ctx, m)
		}, o)
		require.NoError(t, err)
		done := readSheet(t, dir, "done.csv")
		assert.Equal(t, []string{
			"item", "ref", "status", "reason", "code", "http_status", "request_id", "error", "client", "'=x",
		}, done[0])
		require.Len(t, done, 3)
		for _, row := range done[1:] {
			assert.Equal(t, "'@y", row[9])
			assert.Contains(t, []string{"client-1", "'=1+1"}, row[8])
		}
		failed := readSheet(t, dir, "failed.csv")
		require.Len(t, failed, 3)
		for _, row := range failed[1:] {
			if row[1] == "policy-2" {
				assert.Equal(t, []string{"2", "policy-2", "failed", "pass_not_found", "pass_not_found", "404"}, row[:6])
				assert.NotEmpty(t, row[6])
				assert.Contains(t, row[7], "IssuePass: rejected")
				continue
			}
			assert.Equal(t, []string{
				"4", "policy-4", "failed", "the function failed", "", "", "", "a file of mine is missing", "client-4", "'@y",
			}, row)
		}
		doubt := readSheet(t, dir, "in-doubt.csv")
		require.Len(t, doubt, 2)
		assert.Equal(t, "the function panicked with a string", doubt[1][7])
		text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
		require.NoError(t, err)
		var read bulk.Report
		require.NoError(t, json.Unmarshal(text, &read))
		assert.Equal(t, *report, read)
		info, err := os.Stat(filepath.Join(dir, "done.csv"))
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "members' data is for their owner")
	})
}

func TestReport_OneThatCannotBeWrittenIsAnError(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, w *fixture) {
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		o := w.options()
		o.ReportDir = file
		report, err := bulk.Run(t.Context(), each(w.members(1)), w.issue, o)
		assert.Nil(t, report)
		require.Error(t, err)
		dir := t.TempDir()
		require.NoError(t, os.Symlink("/dev/full", filepath.Join(dir, "done.csv")))
		o.ReportDir = dir
		report, err = bulk.Run(t.Context(), each(w.members(5000)), w.issue, o)
		var stop *bulk.StopError
		require.ErrorAs(t, err, &stop)
		assert.Equal(t, "the report cannot be written", report.Stopped)
		assert.Less(t, report.Items, int64(5000))
	})
}

// TestJournal_IsAJournal runs the backends' suite on what a run reads ahead of.
func TestJournal_IsAJournal(t *testing.T) {
	journaltest.Run(t, journaltest.Backend{
		Within: func(t *testing.T, f func(*testing.T, journaltest.Store)) {
			synctest.Test(t, func(t *testing.T) {
				j, err := bulk.NewJournal(journal.NewMemory())
				require.NoError(t, err)
				f(t, journaltest.Store{Open: func() journal.Journal { return j }, Pass: time.Sleep})
			})
		},
	})
}

// TestJournal_PassesOnWhatTheOtherCannotDo covers a journal with no optional
// interface but the Reader's.
func TestJournal_PassesOnWhatTheOtherCannotDo(t *testing.T) {
	j, err := bulk.NewJournal(struct {
		journal.Journal
		journal.Reader
	}{journal.NewMemory(), journal.NewMemory()})
	require.NoError(t, err)
	require.Error(t, j.Wait(t.Context(), "ref:a", 0))
	assert.False(t, j.IsPrompt())
	assert.Zero(t, j.Keeps())
	_, err = j.Reseal(t.Context(), "ref:a", 1, nil)
	require.Error(t, err)
	_, err = bardge.New("key-of-the-reseller", bardge.WithJournal(j, "acme"))
	assert.NoError(t, err)
}
