package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	lib "modernc.org/sqlite/lib"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

func TestJ16_EachResultCodeHasACause(t *testing.T) {
	for code, want := range map[int]struct {
		cause journal.Cause
		name  string
	}{
		lib.SQLITE_FULL:               {journal.CauseDiskFull, "SQLITE_FULL 13"},
		lib.SQLITE_BUSY:               {journal.CauseLocked, "SQLITE_BUSY 5"},
		lib.SQLITE_BUSY_RECOVERY:      {journal.CauseLocked, "SQLITE_BUSY 261"},
		lib.SQLITE_LOCKED:             {journal.CauseLocked, "SQLITE_LOCKED 6"},
		lib.SQLITE_PROTOCOL:           {journal.CauseLocked, "SQLITE_PROTOCOL 15"},
		lib.SQLITE_READONLY:           {journal.CauseReadOnly, "SQLITE_READONLY 8"},
		lib.SQLITE_READONLY_DBMOVED:   {journal.CauseReplaced, "SQLITE_READONLY 1032"},
		lib.SQLITE_READONLY_DIRECTORY: {journal.CausePermission, "SQLITE_READONLY 1544"},
		lib.SQLITE_PERM:               {journal.CausePermission, "SQLITE_PERM 3"},
		lib.SQLITE_AUTH:               {journal.CausePermission, "SQLITE_AUTH 23"},
		lib.SQLITE_CORRUPT:            {journal.CauseCorrupt, "SQLITE_CORRUPT 11"},
		lib.SQLITE_NOTADB:             {journal.CauseCorrupt, "SQLITE_NOTADB 26"},
		lib.SQLITE_IOERR_CORRUPTFS:    {journal.CauseCorrupt, "SQLITE_IOERR 8458"},
		lib.SQLITE_IOERR_FSYNC:        {journal.CauseOther, "SQLITE_IOERR 1034"},
		lib.SQLITE_INTERRUPT:          {journal.CauseTimeout, "SQLITE_INTERRUPT 9"},
		lib.SQLITE_CANTOPEN:           {journal.CauseOther, "SQLITE_CANTOPEN 14"},
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

func TestJ16_AFullDisk(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal.db"))
	require.NoError(t, j.Exec("PRAGMA max_page_count = 20"))
	big := record("big")
	big.Sealed = make([]byte, 1<<18)
	_, err := j.Save(t.Context(), big)
	require.ErrorIs(t, err, journal.CauseDiskFull)
	assert.EqualError(t, err, "sqlite journal: nothing was written: disk full (SQLITE_FULL 13)")
	require.NoError(t, j.Close())
	_, err = j.Save(t.Context(), record("1"))
	assert.EqualError(t, err, "sqlite journal: nothing was written: closed")
	_, _, err = j.Load(t.Context(), "ref:1")
	assert.EqualError(t, err, "sqlite journal: closed")
	_, err = j.List(t.Context(), journal.Filter{})
	assert.ErrorIs(t, err, journal.CauseClosed)
	_, err = j.Bind(t.Context(), nil, nil)
	assert.ErrorIs(t, err, journal.CauseClosed)
}

func TestJ16_AnEndedContextOfAReading(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal.db"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := j.Load(ctx, "ref:1")
	require.ErrorIs(t, err, context.Canceled)
	_, err = j.Adopt(ctx, "o", 0, journal.Filter{Operation: "book"})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	require.NoError(t, j.Close())
}
