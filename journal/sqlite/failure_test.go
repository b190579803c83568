package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

func TestJ1_AFullDiskWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j := openJournal(t, path)
	save(t, j, record("before"))
	require.NoError(t, j.Exec("PRAGMA max_page_count = 20"))
	big := record("big")
	big.Sealed = make([]byte, 1<<18)
	_, err := j.Save(t.Context(), big)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	assert.ErrorContains(t, err, "full")
	save(t, j, record("small"))
	require.NoError(t, j.Exec("PRAGMA max_page_count = 4294967294"))
	save(t, j, big)
	require.NoError(t, j.Close())

	j = openJournal(t, path)
	for _, id := range []string{"ref:before", "ref:small", "ref:big"} {
		assert.True(t, has(t, j, id), id)
	}
	require.NoError(t, j.Close())
}

// locked locks the file like another process, until unlock.
func locked(t *testing.T, path string) (unlock func()) {
	t.Helper()
	conn, err := tool(t, path).Conn(t.Context())
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	return func() {
		_, err := conn.ExecContext(context.Background(), "ROLLBACK")
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
}

func TestJ1_AFileThatStaysLockedIsNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	synctest.Test(t, func(t *testing.T) {
		j := openJournal(t, path)
		unlock := locked(t, path)
		_, err := j.Save(t.Context(), record("1"))
		require.ErrorIs(t, err, journal.ErrNotCommitted)
		assert.ErrorContains(t, err, "locked")
		assert.False(t, has(t, j, "ref:1"), "reading goes on")

		var wg sync.WaitGroup
		wg.Go(func() { save(t, j, record("1")) })
		time.Sleep(time.Second)
		unlock()
		wg.Wait()
		require.NoError(t, j.Close())
	})
}

// The suite covers writes that are alone in their commit.
func TestJ1_AFailedCommitOfSeveralTellsEachTheTruth(t *testing.T) {
	for _, row := range []struct {
		fault            string
		certain, written bool
	}{
		{fault: sqlite.Faults[0], certain: true},
		{fault: sqlite.Faults[1]},
		{fault: sqlite.Faults[2], written: true},
	} {
		t.Run(row.fault, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			synctest.Test(t, func(t *testing.T) {
				j := openJournal(t, path)
				repair, err := j.BreakMany(row.fault)
				require.NoError(t, err)
				resume := j.Hold()
				commits := j.CountCommits()
				var wg sync.WaitGroup
				wg.Go(func() { _, _ = j.Save(t.Context(), record("the one before")) })
				synctest.Wait()
				errs := make([]error, 3)
				for i := range errs {
					wg.Go(func() { _, errs[i] = j.Save(t.Context(), record(fmt.Sprint(i))) })
				}
				synctest.Wait()
				resume()
				wg.Wait()
				repair()
				assert.Equal(t, 2, commits())
				for i, err := range errs {
					require.Error(t, err)
					assert.Equal(t, row.certain, errors.Is(err, journal.ErrNotCommitted), "%v", err)
					assert.Equal(t, row.written, has(t, j, "ref:"+fmt.Sprint(i)))
				}
				require.NoError(t, j.Close())
			})
		})
	}
}

// When a caller's context ends while his write waits for the previous one,
// nothing was written, and the error states so; a write under way is in doubt.
func TestJ1_LeavingBeforeTheCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	synctest.Test(t, func(t *testing.T) {
		j := openJournal(t, path)
		resume := j.Hold()
		ctx, cancel := context.WithCancel(t.Context())
		var under, waiting error
		var wg sync.WaitGroup
		rec := record("under way")
		wg.Go(func() { _, under = j.Save(ctx, rec) })
		synctest.Wait()
		wg.Go(func() { _, waiting = j.Save(ctx, record("waiting")) })
		synctest.Wait()
		cancel()
		wg.Wait()
		rec.Sealed[0] = 'X'
		require.ErrorIs(t, under, context.Canceled)
		assert.NotErrorIs(t, under, journal.ErrNotCommitted)
		require.ErrorIs(t, waiting, context.Canceled)
		assert.ErrorIs(t, waiting, journal.ErrNotCommitted)
		resume()
		save(t, j, record("after"))
		stored, _, err := j.Load(t.Context(), "ref:under way")
		require.NoError(t, err)
		assert.Equal(t, "sealed", string(stored.Sealed), "what the caller does with his record no longer counts")
		assert.False(t, has(t, j, "ref:waiting"))
		require.NoError(t, j.Close())
	})
}

func TestClose_WaitsForWhatIsBeingWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	synctest.Test(t, func(t *testing.T) {
		j := openJournal(t, path)
		resume := j.Hold()
		var wg sync.WaitGroup
		wg.Go(func() { save(t, j, record("1")) })
		synctest.Wait()
		var closed atomic.Bool
		wg.Go(func() {
			assert.NoError(t, j.Close())
			closed.Store(true)
		})
		synctest.Wait()
		assert.False(t, closed.Load(), "a write is under way")
		resume()
		wg.Wait()
		j = openJournal(t, path)
		assert.True(t, has(t, j, "ref:1"))
		require.NoError(t, j.Close())
	})
}

func TestJ1_AfterClosingNothingIsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j := openJournal(t, path)
	require.NoError(t, j.Close())
	_, err := j.Save(t.Context(), record("1"))
	assert.ErrorIs(t, err, journal.ErrNotCommitted)
	_, err = j.Adopt(t.Context(), "o", time.Second, journal.Filter{Limit: 1})
	assert.ErrorIs(t, err, journal.ErrNotCommitted)
	_, _, err = j.Load(t.Context(), "ref:1")
	assert.ErrorContains(t, err, "closed")
}

func TestJ6_CallersShareACommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	synctest.Test(t, func(t *testing.T) {
		j := openJournal(t, path)
		resume := j.Hold()
		commits := j.CountCommits()
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() { save(t, j, record(fmt.Sprint(i))) })
		}
		synctest.Wait()
		resume()
		wg.Wait()
		assert.LessOrEqual(t, commits(), 2, "the first, and all that arrived meanwhile")
		require.NoError(t, j.Close())
	})
}
