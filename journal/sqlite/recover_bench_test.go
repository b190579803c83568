package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal/journaltest"
)

// BenchmarkRecover is a full Recover of open records past their window; -open-records
// sets how many.
func BenchmarkRecover(b *testing.B) {
	journaltest.MeasureRecovery(b, func(b *testing.B) idem.Journal {
		b.Helper()
		j := openJournal(b, filepath.Join(b.TempDir(), "journal.db"))
		b.Cleanup(func() { require.NoError(b, j.Close()) })
		return j
	})
}
