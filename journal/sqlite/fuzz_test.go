package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// FuzzOpen opens files with any content: it may fail, but must not panic or
// name the path.
func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal.db")
	j := openJournal(f, path)
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
