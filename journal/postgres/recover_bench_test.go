package postgres

import (
	"fmt"
	"testing"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal/journaltest"
)

// BenchmarkRecover is a full Recover of open records past their window; -open-records
// sets how many.
func BenchmarkRecover(b *testing.B) {
	journaltest.MeasureRecovery(b, func(b *testing.B) idem.Journal {
		b.Helper()
		return newStore(b).with(fmt.Sprintf("pool_max_conns=%d", *conns)).open()
	})
}
