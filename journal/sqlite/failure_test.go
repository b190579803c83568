package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	lib "modernc.org/sqlite/lib"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

func TestJ1_AFullDiskWritesNothing(t *testing.T) {
	j, path := newJournal(t)
	save(t, j, record("before"))
	require.NoError(t, j.Exec("PRAGMA max_page_count = 20"))
	big := record("big")
	big.Sealed = make([]byte, 1<<18)
	_, err := j.Save(t.Context(), big)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	require.ErrorIs(t, err, journal.CauseDiskFull)
	require.EqualError(t, err, "sqlite journal: nothing was written: disk full (SQLITE_FULL 13)")
	save(t, j, record("small"))
	require.NoError(t, j.Exec("PRAGMA max_page_count = 4294967294"))
	save(t, j, big)
	require.NoError(t, j.Close())

	j = openJournal(t, path)
	for _, id := range []string{"ref:before", "ref:small", "ref:big"} {
		assert.True(t, has(t, j, id), id)
	}
}

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

func TestJ1_AFailedCommitOfSeveralReportsEachResult(t *testing.T) {
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
			})
		})
	}
}

// When a caller's context ends while his write waits for the previous one,
// nothing was written, and the error states so; a write under way is in doubt.
func TestJ1_LeavingBeforeTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := newJournal(t)
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
	})
}

func TestClose_WaitsForWhatIsBeingWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, path := newJournal(t)
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
	})
}

func TestJ1_AfterClosingNothingIsWritten(t *testing.T) {
	j, _ := newJournal(t)
	require.NoError(t, j.Close())
	_, err := j.Save(t.Context(), record("1"))
	assert.ErrorIs(t, err, journal.ErrNotCommitted)
	assert.EqualError(t, err, "sqlite journal: nothing was written: closed")
	_, err = j.Adopt(t.Context(), "o", time.Second, journal.Filter{Limit: 1})
	assert.ErrorIs(t, err, journal.ErrNotCommitted)
	_, _, err = j.Load(t.Context(), "ref:1")
	assert.EqualError(t, err, "sqlite journal: closed")
	_, err = j.List(t.Context(), journal.Filter{})
	assert.ErrorIs(t, err, journal.CauseClosed)
	_, err = j.Bind(t.Context(), nil, nil)
	assert.ErrorIs(t, err, journal.CauseClosed)
}

func TestJ6_CallersShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := newJournal(t)
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
	})
}

func TestJ16_EachResultCodeHasACause(t *testing.T) {
	for code, want := range map[int]struct {
		cause journal.Cause
		name  string
	}{
		lib.SQLITE_FULL:               {cause: journal.CauseDiskFull, name: "SQLITE_FULL 13"},
		lib.SQLITE_BUSY:               {cause: journal.CauseLocked, name: "SQLITE_BUSY 5"},
		lib.SQLITE_BUSY_RECOVERY:      {cause: journal.CauseLocked, name: "SQLITE_BUSY 261"},
		lib.SQLITE_LOCKED:             {cause: journal.CauseLocked, name: "SQLITE_LOCKED 6"},
		lib.SQLITE_PROTOCOL:           {cause: journal.CauseLocked, name: "SQLITE_PROTOCOL 15"},
		lib.SQLITE_READONLY:           {cause: journal.CauseReadOnly, name: "SQLITE_READONLY 8"},
		lib.SQLITE_READONLY_DBMOVED:   {cause: journal.CauseReplaced, name: "SQLITE_READONLY 1032"},
		lib.SQLITE_READONLY_DIRECTORY: {cause: journal.CausePermission, name: "SQLITE_READONLY 1544"},
		lib.SQLITE_PERM:               {cause: journal.CausePermission, name: "SQLITE_PERM 3"},
		lib.SQLITE_AUTH:               {cause: journal.CausePermission, name: "SQLITE_AUTH 23"},
		lib.SQLITE_CORRUPT:            {cause: journal.CauseCorrupt, name: "SQLITE_CORRUPT 11"},
		lib.SQLITE_NOTADB:             {cause: journal.CauseCorrupt, name: "SQLITE_NOTADB 26"},
		lib.SQLITE_IOERR_CORRUPTFS:    {cause: journal.CauseCorrupt, name: "SQLITE_IOERR 8458"},
		lib.SQLITE_IOERR_FSYNC:        {cause: journal.CauseOther, name: "SQLITE_IOERR 1034"},
		lib.SQLITE_INTERRUPT:          {cause: journal.CauseTimeout, name: "SQLITE_INTERRUPT 9"},
		lib.SQLITE_CANTOPEN:           {cause: journal.CauseOther, name: "SQLITE_CANTOPEN 14"},
	} {
		cause, name := sqlite.CauseOf(code)
		assert.Equal(t, want.cause, cause, name)
		assert.Equal(t, want.name, name)
	}
}

func TestJ16_ErrorsHaveFixedWordsAndNoPath(t *testing.T) {
	at := func(errno syscall.Errno) error { return &fs.PathError{Op: "open", Path: "/secret/path", Err: errno} }
	for words, err := range map[string]error{
		"disk full (errno ENOSPC)":          at(syscall.ENOSPC),
		"disk full (errno EDQUOT)":          at(syscall.EDQUOT),
		"permission denied (errno EACCES)":  at(syscall.EACCES),
		"read-only (errno EROFS)":           at(syscall.EROFS),
		"failed (errno EIO)":                at(syscall.EIO),
		"timeout":                           context.DeadlineExceeded,
		"failed (context canceled)":         context.Canceled,
		"closed":                            errors.New("sql: database is closed"),
		"closed ":                           sql.ErrConnDone,
		"failed":                            errors.New("words of another package with a /secret/path"),
		"disk full (errno ENOSPC)  ":        errors.Join(errors.New("first"), at(syscall.ENOSPC)),
		"permission denied (errno EACCES) ": sqlite.Explain(at(syscall.EACCES)),
	} {
		got := sqlite.Explain(err)
		assert.EqualError(t, got, "sqlite journal: "+strings.TrimRight(words, " "))
		var cause *journal.Error
		require.ErrorAs(t, got, &cause)
		assert.NotContains(t, cause.Error(), "secret")
	}
	assert.ErrorIs(t, sqlite.Explain(at(syscall.ENOENT)), fs.ErrNotExist)
	assert.ErrorIs(t, sqlite.Explain(context.Canceled), context.Canceled)
}

func TestJ16_AnEndedContextOfAReading(t *testing.T) {
	j, _ := newJournal(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := j.Load(ctx, "ref:1")
	require.ErrorIs(t, err, context.Canceled)
	_, err = j.Adopt(ctx, "o", 0, journal.Filter{Operation: "book"})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
}
