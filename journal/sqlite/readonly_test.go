package sqlite_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// files are a directory's files with their contents, without the -shm: each
// reader marks there what it reads.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		all[e.Name()] = string(read(t, filepath.Join(dir, e.Name())))
		if filepath.Ext(e.Name()) == ".db-shm" {
			all[e.Name()] = "marks"
		}
	}
	return all
}

// readAll reads with each method that reads.
func readAll(t *testing.T, j *sqlite.Journal, want int) {
	t.Helper()
	found, err := j.List(t.Context(), journal.Filter{})
	require.NoError(t, err)
	assert.Len(t, found, want)
	many, err := j.LoadMany(t.Context(), []string{"ref:1"})
	require.NoError(t, err)
	assert.Len(t, many, 1)
	assert.True(t, has(t, j, "ref:1"))
	stats, err := j.Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, stats.Pending[0].Open)
	_, err = j.InScope(t.Context(), "scope", time.Time{}, time.Now())
	require.NoError(t, err)
	bound, err := j.Bind(t.Context(), nil, nil)
	require.NoError(t, err)
	assert.Equal(t, "account", string(bound))
}

func boundJournal(t *testing.T) (*sqlite.Journal, string) {
	t.Helper()
	j, path := newJournal(t)
	save(t, j, record("1"))
	_, err := j.Bind(t.Context(), nil, []byte("account"))
	require.NoError(t, err)
	return j, path
}

func TestJ17_ReadOnlyChangesNoFile(t *testing.T) {
	reads := func(t *testing.T, path string) {
		t.Helper()
		before := files(t, filepath.Dir(path))
		j := openJournal(t, path, sqlite.ReadOnly())
		readAll(t, j, 1)
		require.NoError(t, j.Close())
		_, err := sqlite.Check(t.Context(), path)
		require.NoError(t, err)
		assert.Equal(t, before, files(t, filepath.Dir(path)))
	}
	t.Run("of a journal that is closed", func(t *testing.T) {
		j, path := boundJournal(t)
		require.NoError(t, j.Close())
		reads(t, path)
		assert.Len(t, files(t, filepath.Dir(path)), 1)
	})
	t.Run("of a journal that is open", func(t *testing.T) {
		_, path := boundJournal(t)
		reads(t, path)
	})
	t.Run("of a journal whose process has crashed", func(t *testing.T) {
		_, path := boundJournal(t)
		crashed := filepath.Join(t.TempDir(), "journal.db")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			require.NoError(t, os.WriteFile(crashed+suffix, read(t, path+suffix), 0o600))
		}
		reads(t, crashed)
	})
	t.Run("where there is none", func(t *testing.T) {
		dir := t.TempDir()
		_, err := sqlite.Open(filepath.Join(dir, "journal.db"), sqlite.ReadOnly())
		require.ErrorIs(t, err, fs.ErrNotExist)
		assert.NotContains(t, err.Error(), dir)
		assert.Empty(t, files(t, dir))
	})
	t.Run("of a file that is empty", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal.db")
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		_, err := sqlite.Open(path, sqlite.ReadOnly())
		require.ErrorContains(t, err, "a journal must exist")
		assert.Equal(t, map[string]string{"journal.db": ""}, files(t, filepath.Dir(path)))
	})
}

func TestJ17_ReadOnlySeesWhatOthersWrite(t *testing.T) {
	j, path := boundJournal(t)
	r := openJournal(t, path, sqlite.ReadOnly())
	save(t, j, record("2"))
	readAll(t, r, 2)
}

func TestJ17_ReadOnlyRefusesWrites(t *testing.T) {
	j, path := boundJournal(t)
	r := openJournal(t, path, sqlite.ReadOnly())
	refused := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, journal.CauseReadOnly)
		require.ErrorContains(t, err, "opened for reading")
	}
	_, err := r.Save(t.Context(), record("2"))
	refused(err)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	_, err = r.Adopt(t.Context(), "other", time.Second, journal.Filter{})
	refused(err)
	_, err = r.Bind(t.Context(), []byte("account"), []byte("other"))
	refused(err)

	tx, err := tool(t, path).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, _, err = r.Reserver(tx).Reserve(t.Context(), record("2"))
	refused(err)
	require.NoError(t, tx.Rollback())
	readAll(t, j, 1)
}

func TestJ13_AnIdleFileThatIsUsedAgainIsNotTrusted(t *testing.T) {
	j, path := boundJournal(t)
	require.NoError(t, j.Close())
	r := openJournal(t, path, sqlite.ReadOnly())
	readAll(t, r, 1)
	j = openJournal(t, path)
	for _, state := range []string{"while it is open", "once it was written"} {
		_, err := r.List(t.Context(), journal.Filter{})
		require.ErrorIs(t, err, journal.CauseLocked, state)
		require.ErrorContains(t, err, "open it again")
		if state == "while it is open" {
			save(t, j, record("2"))
			require.NoError(t, j.Close())
		}
	}
	readAll(t, openJournal(t, path, sqlite.ReadOnly()), 2)
}

func TestJ10_ForeverRemovesNothing(t *testing.T) {
	j, path := boundJournal(t)
	done := record("2")
	done.Outcome = journal.OutcomeDone
	save(t, j, done)
	require.NoError(t, j.Close())
	_, err := tool(t, path).ExecContext(t.Context(), "UPDATE operations SET settled = 0 WHERE outcome = 'done'")
	require.NoError(t, err)
	j = openJournal(t, path, sqlite.WithRetention(sqlite.Forever))
	assert.True(t, has(t, j, "ref:2"))
}
