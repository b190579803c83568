package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
)

// BenchmarkRecover is a full Recover of open records past their window;
// -open-records sets how many, -recovery-processes by how many processes.
func BenchmarkRecover(b *testing.B) {
	durabletest.MeasureRecovery(b, durabletest.Recoverable{
		Make: func(b *testing.B) string {
			b.Helper()
			return filepath.Join(b.TempDir(), "journal.db")
		},
		Open: func(b *testing.B, place string) journal.Journal {
			b.Helper()
			j := openJournal(b, place)
			b.Cleanup(func() { require.NoError(b, j.Close()) })
			return j
		},
	})
}
