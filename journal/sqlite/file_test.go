package sqlite_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

func record(id string) journal.Record {
	return journal.Record{
		ID: "ref:" + id, Generation: 1, Operation: "issuePass", Key: "key of " + id, Since: time.Now(),
		Owner: "owner", Lease: 10 * time.Second, Sealed: []byte("sealed"),
	}
}

func save(t *testing.T, j *sqlite.Journal, rec journal.Record) {
	t.Helper()
	ok, err := j.Save(t.Context(), rec)
	require.NoError(t, err)
	require.True(t, ok)
}

func has(t *testing.T, j *sqlite.Journal, id string) bool {
	t.Helper()
	_, ok, err := j.Load(t.Context(), id)
	require.NoError(t, err)
	return ok
}

func tool(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	return db
}

func assertModes(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), suffix)
	}
}

func TestJ9_NewFilesAreForTheirOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a journal?mode=memory#%41.db")
	j := openJournal(t, path)
	save(t, j, record("1"))
	assertModes(t, path, 0o600)
	require.NoError(t, j.Close())
	require.NoError(t, j.Close(), "once more does nothing")
	j = openJournal(t, path)
	save(t, j, record("2"))
	assertModes(t, path, 0o600)
}

// An owner who lets a monitor's group read the journal keeps that.
func TestJ9_AnExistingFileKeepsItsMode(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "real.db"), filepath.Join(dir, "link.db")
	require.NoError(t, openJournal(t, path).Close())
	require.NoError(t, os.Chmod(path, 0o640))
	require.NoError(t, os.Symlink(path, link))
	for _, name := range []string{path, link} {
		j := openJournal(t, name)
		save(t, j, record(name))
		assertModes(t, path, 0o640)
		require.NoError(t, j.Close())
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	}
}

// A first start may find a link into a volume.
func TestOpen_ALinkToAFileThatIsNotThereYet(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "volume.db"), filepath.Join(dir, "journal.db")
	require.NoError(t, os.Symlink(path, link))
	j := openJournal(t, link)
	save(t, j, record("1"))
	require.NoError(t, j.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// SQLite's files beside the journal are removed when the last connection
// closes.
func TestClose_ClosesTheFile(t *testing.T) {
	j, path := newJournal(t)
	save(t, j, record("1"))
	assert.FileExists(t, path+"-wal")
	require.NoError(t, j.Close())
	assert.NoFileExists(t, path+"-wal")
	assert.NoFileExists(t, path+"-shm")
}

func TestOpen_WhatItRefuses(t *testing.T) {
	dir := t.TempDir()
	j := filepath.Join(dir, "journal.db")
	require.NoError(t, openJournal(t, j).Close())
	_, err := tool(t, j).Exec("PRAGMA user_version = 3; UPDATE journal SET compatible_from = 2")
	require.NoError(t, err)
	foreign := filepath.Join(dir, "foreign.db")
	_, err = tool(t, foreign).Exec("CREATE TABLE t (x)")
	require.NoError(t, err)
	text := filepath.Join(dir, "text")
	require.NoError(t, os.WriteFile(text, make([]byte, 4096), 0o600))

	device := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(os.DevNull, device))

	for name, row := range map[string]struct{ path, says, toRead string }{
		"a later version":   {path: j, says: "tables are version 3, for programs of version 2 or later, and known here is 1"},
		"somebody's tables": {path: foreign, says: "not a journal"},
		"no database":       {path: text, says: "the file is no journal, or its beginning is damaged: corrupt (SQLITE_NOTADB 26)"},
		"a directory":       {path: dir, says: "the path is a directory, and not a file"},
		"a device":          {path: device, says: "the path is a device or pipe, and not a file"},
		"no directory":      {path: filepath.Join(dir, "none", "j.db"), says: "the folder for the file does not exist", toRead: "there is no file at the path"},
		"no path":           {says: "needs a file"},
		"memory":            {path: ":memory:", says: "needs a file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sqlite.Open(row.path)
			assert.ErrorContains(t, err, row.says)
			_, err = sqlite.Open(row.path, sqlite.ReadOnly())
			assert.ErrorContains(t, err, cmp.Or(row.toRead, row.says))
		})
	}
	var mode string
	require.NoError(t, tool(t, foreign).QueryRow("PRAGMA journal_mode").Scan(&mode))
	assert.Equal(t, "delete", mode, "it is left as it was")
}

func TestJ10_RetentionIsNotShorterThanTheWindow(t *testing.T) {
	for _, d := range []time.Duration{-time.Hour, 0, 89 * time.Second} {
		_, err := sqlite.Open(filepath.Join(t.TempDir(), "j.db"), sqlite.WithRetention(d))
		assert.ErrorContains(t, err, "shorter than 1m30s")
	}
	newJournal(t, sqlite.WithRetention(90*time.Second))
}

func TestOpenOperations_ShowsWhatIsNotSettled(t *testing.T) {
	j, path := newJournal(t)
	open, idle, done := record("open"), record("idle"), record("done")
	open.Since = time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	idle.Owner, idle.Lease = "", 0
	done.Outcome = journal.OutcomeDone
	keyed := record("k")
	keyed.ID = "key:k"
	for _, rec := range []journal.Record{open, idle, done, keyed} {
		save(t, j, rec)
	}
	rows, err := tool(t, path).Query("SELECT id, ref, operation, key, since, owner, lease > 0 AND lease <= 10 " +
		"FROM open_operations ORDER BY id DESC")
	require.NoError(t, err)
	defer rows.Close()
	var shown []string
	for rows.Next() {
		var r [7]string
		require.NoError(t, rows.Scan(&r[0], &r[1], &r[2], &r[3], &r[4], &r[5], &r[6]))
		if r[1] != "open" {
			r[4] = "lately"
		}
		shown = append(shown, fmt.Sprint(r))
	}
	require.NoError(t, rows.Err())
	assert.Equal(t, []string{
		"[ref:open open issuePass key of open 2026-01-02T03:04:05.006Z owner 1]",
		"[ref:idle idle issuePass key of idle lately  0]",
		"[key:k  issuePass key of k lately owner 1]",
	}, shown)
}

func TestJ6_EachCommitIsSynced(t *testing.T) {
	j, _ := newJournal(t)
	for name, value := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "fullfsync": "1", "checkpoint_fullfsync": "1", "secure_delete": "1",
		"cell_size_check": "1",
	} {
		assert.Equal(t, value, j.Pragma(t, name), name)
	}
}

// FuzzOpen opens files with any content: it may fail, but must not panic or
// name the path.
func FuzzOpen(f *testing.F) {
	j, path := newJournal(f)
	_, err := j.Save(f.Context(), record("1"))
	require.NoError(f, err)
	require.NoError(f, j.Close())
	whole, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add([]byte{}, 0, byte(0))
	f.Add([]byte("SQLite format 3\x00"), 0, byte(0))
	for _, at := range []int{18, 28, 60, 68, 100, 4096 + 3, 2*4096 + 8} {
		f.Add(whole, at, byte(0x7f))
	}
	f.Fuzz(func(t *testing.T, data []byte, at int, changed byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "journal.db")
		if at >= 0 && at < len(data) {
			data[at] ^= changed
		}
		require.NoError(t, os.WriteFile(path, data, 0o600))
		fine := func(err error) {
			if err != nil {
				var cause *journal.Error
				require.ErrorAs(t, err, &cause)
				assert.NotContains(t, err.Error(), dir)
			}
		}
		_, err := sqlite.Check(t.Context(), path)
		fine(err)
		j, err := sqlite.Open(path)
		fine(err)
		if err != nil {
			return
		}
		_, _, err = j.Load(t.Context(), "ref:1")
		fine(err)
		_, err = j.Save(t.Context(), record("2"))
		fine(err)
		_, err = j.Adopt(t.Context(), "o", 0, journal.Filter{})
		fine(err)
		_, err = j.List(t.Context(), journal.Filter{})
		fine(err)
		fine(j.Close())
	})
}
