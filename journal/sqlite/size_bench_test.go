package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
)

// BenchmarkSizes measures a journal that holds many records; -records says how
// many.
func BenchmarkSizes(b *testing.B) {
	durabletest.MeasureSizes(b, func(b *testing.B) durabletest.Sized {
		b.Helper()
		path := filepath.Join(b.TempDir(), "journal.db")
		j := openJournal(b, path)
		b.Cleanup(func() { require.NoError(b, j.Close()) })
		return durabletest.Sized{
			Journal: j,
			Bytes:   func() int64 { return j.Bytes(b) },
			Expire: func() {
				_, err := tool(b, path).ExecContext(b.Context(),
					"UPDATE operations SET settled = settled - 40 * 86400000000 WHERE outcome <> 'unknown'")
				require.NoError(b, err)
			},
			Sweep: func() error { return j.Sweep(b.Context()) },
		}
	})
}
