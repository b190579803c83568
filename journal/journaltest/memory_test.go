package journaltest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
)

func TestMemory(t *testing.T) {
	journaltest.Run(t, journaltest.Backend{
		Within: func(t *testing.T, f func(*testing.T, journaltest.Store)) {
			synctest.Test(t, func(t *testing.T) {
				j := journal.NewMemory()
				f(t, journaltest.Store{Open: func() journal.Journal { return j }, Pass: time.Sleep})
			})
		},
	})
}
