//go:build unix

package sqlite_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

type place struct {
	dir, path, link string
	journal         *sqlite.Journal
}

func newPlace(t *testing.T) *place {
	t.Helper()
	top := t.TempDir()
	p := &place{dir: filepath.Join(top, "dir"), link: filepath.Join(top, "link.db")}
	p.path = filepath.Join(p.dir, "journal.db")
	require.NoError(t, os.Mkdir(p.dir, 0o700))
	require.NoError(t, os.Symlink(p.path, p.link))
	p.journal = openJournal(t, p.link)
	save(t, p.journal, record("before"))
	return p
}

var replacements = map[string]func(t *testing.T, p *place){
	"removed": func(t *testing.T, p *place) {
		require.NoError(t, os.Remove(p.path))
	},
	"replaced by another journal": func(t *testing.T, p *place) {
		other := filepath.Join(p.dir, "other.db")
		require.NoError(t, openJournal(t, other).Close())
		require.NoError(t, os.Rename(other, p.path))
	},
	"replaced by a copy": func(t *testing.T, p *place) {
		other := filepath.Join(p.dir, "copy.db")
		require.NoError(t, os.WriteFile(other, read(t, p.path), 0o600))
		require.NoError(t, os.Rename(other, p.path))
	},
	"emptied": func(t *testing.T, p *place) {
		require.NoError(t, os.Truncate(p.path, 0))
	},
	"linked": func(t *testing.T, p *place) {
		require.NoError(t, os.Link(p.path, filepath.Join(p.dir, "second.db")))
	},
	"linked away": func(t *testing.T, p *place) {
		require.NoError(t, os.Link(p.path, filepath.Join(p.dir, "second.db")))
		require.NoError(t, os.Remove(p.path))
	},
	"-wal removed": func(t *testing.T, p *place) {
		require.NoError(t, os.Remove(p.path+"-wal"))
	},
	"-wal replaced": func(t *testing.T, p *place) {
		require.NoError(t, os.WriteFile(p.path+"-new", read(t, p.path+"-wal"), 0o600))
		require.NoError(t, os.Rename(p.path+"-new", p.path+"-wal"))
	},
	"-shm removed": func(t *testing.T, p *place) {
		require.NoError(t, os.Remove(p.path+"-shm"))
	},
	"directory renamed": func(t *testing.T, p *place) {
		require.NoError(t, os.Rename(p.dir, p.dir+" of before"))
	},
	"symbolic link retargeted": func(t *testing.T, p *place) {
		other := filepath.Join(p.dir, "other.db")
		require.NoError(t, openJournal(t, other).Close())
		require.NoError(t, os.Remove(p.link))
		require.NoError(t, os.Symlink(other, p.link))
	},
}

// requireReplaced: the error has the words and the cause, and no path.
func requireReplaced(t *testing.T, p *place, err error) {
	t.Helper()
	require.ErrorIs(t, err, journal.CauseReplaced)
	var j *journal.Error
	require.ErrorAs(t, err, &j)
	assert.ErrorContains(t, err, "the journal's file was replaced")
	assert.NotContains(t, err.Error(), filepath.Base(p.dir))
}

func TestJ13_NothingIsCommittedToFilesThatAreNotAtThePath(t *testing.T) {
	for name, replace := range replacements {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			replace(t, p)
			j, ctx := p.journal, t.Context()
			_, err := j.Save(ctx, record("after"))
			requireReplaced(t, p, err)
			require.ErrorIs(t, err, journal.ErrNotCommitted)
			_, err = j.Bind(ctx, nil, []byte("account"))
			requireReplaced(t, p, err)
			require.ErrorIs(t, err, journal.ErrNotCommitted)
			_, err = j.Adopt(ctx, "new", 0, journal.Filter{})
			requireReplaced(t, p, err)
			require.ErrorIs(t, err, journal.ErrNotCommitted)
			_, _, err = j.Load(ctx, "ref:before")
			requireReplaced(t, p, err)
			_, _, err = j.Load(ctx, "ref:none")
			requireReplaced(t, p, err)
			_, err = j.List(ctx, journal.Filter{})
			requireReplaced(t, p, err)
			_, err = j.Stats(ctx)
			requireReplaced(t, p, err)
			requireReplaced(t, p, j.Wait(ctx, "ref:before", 1))
		})
	}
}

// The file may be replaced during a commit: whether another process finds the
// write is then in doubt.
func TestJ13_AfterTheCommitItIsInDoubt(t *testing.T) {
	for name, replace := range replacements {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			require.NoError(t, p.journal.OnCommit(func() { replace(t, p) }))
			_, err := p.journal.Save(t.Context(), record("during"))
			requireReplaced(t, p, err)
			assert.NotErrorIs(t, err, journal.ErrNotCommitted)
		})
	}
}

func TestJ13_AfterTheCommitOfSeveralStatementsItIsInDoubt(t *testing.T) {
	p := newPlace(t)
	free := record("free")
	free.Lease = 0
	save(t, p.journal, free)
	require.NoError(t, p.journal.OnCommit(func() { replacements["removed"](t, p) }))
	_, err := p.journal.Adopt(t.Context(), "new", 0, journal.Filter{})
	requireReplaced(t, p, err)
	assert.NotErrorIs(t, err, journal.ErrNotCommitted)
}

func TestJ13_AFileThatIsPutBackIsUsedAgain(t *testing.T) {
	p := newPlace(t)
	away := p.dir + " of before"
	require.NoError(t, os.Rename(p.dir, away))
	require.NoError(t, os.Mkdir(p.dir, 0o700))
	other := openJournal(t, p.path)
	save(t, other, record("in the other journal"))
	p.journal.DropReaders()
	_, _, err := p.journal.Load(t.Context(), "ref:before")
	requireReplaced(t, p, err)
	require.NoError(t, other.Close())
	require.NoError(t, os.RemoveAll(p.dir))
	require.NoError(t, os.Rename(away, p.dir))
	assert.True(t, has(t, p.journal, "ref:before"), "no connection to the other file was kept")
	assert.False(t, has(t, p.journal, "ref:in the other journal"))
	save(t, p.journal, record("after"))
}

// SQLite removes the -wal by its name, which is the successor's.
func TestJ13_ClosingLeavesTheSuccessorsFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	first := openJournal(t, path)
	save(t, first, record("1"))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Remove(path+suffix))
	}
	second := openJournal(t, path)
	save(t, second, record("2"))
	require.NoError(t, first.Close())
	save(t, second, record("3"))
	require.NoError(t, second.Close())
	third := openJournal(t, path)
	assert.True(t, has(t, third, "ref:2"))
	assert.True(t, has(t, third, "ref:3"))
}

func TestJ13_MustExist(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	_, err := sqlite.Open(path, sqlite.MustExist())
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "there is no file at the path")
	assert.NotContains(t, err.Error(), path)
	assert.NoFileExists(t, path)

	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = sqlite.Open(path, sqlite.MustExist())
	require.ErrorContains(t, err, "the file is empty, although a journal must exist")

	require.NoError(t, openJournal(t, path).Close())
	j := openJournal(t, path, sqlite.MustExist())
	save(t, j, record("1"))
}

func TestReserver_RefusesATransactionOfAnotherFile(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, filepath.Join(dir, "journal.db"))
	other := filepath.Join(dir, "other.db")
	require.NoError(t, openJournal(t, other).Close())
	tx, err := tool(t, other).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, _, err = j.Reserver(tx).Reserve(t.Context(), record("1"))
	require.ErrorContains(t, err, "the transaction is of another file")
	assert.NotContains(t, err.Error(), dir)
	require.NoError(t, tx.Rollback())
}

// A later version may add to the tables. This one goes on beside it.
func TestOpen_ALaterVersionThatIsCompatible(t *testing.T) {
	j, path := newJournal(t)
	save(t, j, record("before"))
	_, err := tool(t, path).Exec(`ALTER TABLE operations ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
		CREATE TABLE more (x); PRAGMA user_version = 7`)
	require.NoError(t, err)
	save(t, j, record("by the program that was running"))
	rolledBack := openJournal(t, path)
	rec, _, err := rolledBack.Load(t.Context(), "ref:before")
	require.NoError(t, err)
	rec.Outcome = journal.OutcomeDone
	save(t, rolledBack, rec)
	save(t, rolledBack, record("by the program that was rolled back"))
	h, err := sqlite.Check(context.Background(), path)
	require.NoError(t, err)
	assert.Equal(t, sqlite.Health{Version: 7, CompatibleFrom: 1, Latest: 1}, h)
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "journal.db")
	j := withPages(t, path)
	for _, opts := range [][]sqlite.CheckOption{nil, {sqlite.Quick()}} {
		h, err := sqlite.Check(t.Context(), path, opts...)
		require.NoError(t, err)
		assert.Equal(t, sqlite.Health{Version: 1, CompatibleFrom: 1, Latest: 1}, h)
	}
	save(t, j, record("the journal is used meanwhile"))
	require.NoError(t, j.Close())

	foreign := filepath.Join(dir, "foreign.db")
	_, err := tool(t, foreign).Exec("CREATE TABLE t (x)")
	require.NoError(t, err)
	empty := filepath.Join(dir, "empty.db")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for file, words := range map[string]string{
		foreign: "not a journal", empty: "is empty", filepath.Join(dir, "none.db"): "there is no file at the path",
	} {
		_, err := sqlite.Check(t.Context(), file)
		require.ErrorContains(t, err, words)
		assert.NotContains(t, err.Error(), dir)
	}

	damage(t, path, 10)
	for _, opts := range [][]sqlite.CheckOption{nil, {sqlite.Quick()}} {
		h, err := sqlite.Check(t.Context(), path, opts...)
		require.ErrorIs(t, err, journal.CauseCorrupt)
		assert.NotEmpty(t, h.Problems)
		assert.NotContains(t, fmt.Sprint(h.Problems, err), "sealed")
	}
}

// withPages opens a journal of many pages.
func withPages(t *testing.T, path string) *sqlite.Journal {
	t.Helper()
	j := openJournal(t, path)
	for i := range 300 {
		rec := record(fmt.Sprint(i))
		rec.Sealed = []byte(strings.Repeat("sealed", 100))
		save(t, j, rec)
	}
	return j
}

func damage(t *testing.T, path string, page int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("damaged ", 4*4096/8)), page*4096)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestJ13_OverwrittenPagesAreNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j := withPages(t, path)
	require.NoError(t, j.Close())
	damage(t, path, 10)
	j = openJournal(t, path)
	var seen int
	for i := range 300 {
		if _, _, err := j.Load(t.Context(), fmt.Sprint("ref:", i)); err != nil {
			require.ErrorIs(t, err, journal.CauseCorrupt)
			seen++
		}
	}
	assert.Positive(t, seen)
}
