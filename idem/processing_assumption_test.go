package idem

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// A6: NotExecuted is accepted once a server cannot be working on a request any
// more. A server that takes longer has executed nothing by then, so that the
// resolution is true when it is recorded; it executes the request afterwards,
// and the next one as well.
func TestAssumptions_A6_AServerThatWorksOnARequestForLong(t *testing.T) {
	for name, row := range map[string]struct {
		takes    time.Duration
		executed int64 // when NotExecuted is accepted
	}{
		"A6 no longer than the window": {90 * time.Second, 1},
		"A6 ten minutes":               {10 * time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var executed atomic.Int64
			inJournalledWorld(t, func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(row.takes)
				executed.Add(1)
				answer(w, 200, `{}`)
			}, func(t *testing.T, w *world, _ *faultyJournal) {
				c := withRef(Keyed)
				c.Policy.MaxAttempts = 1
				require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
				for w.engine.Resolve(context.Background(), journal.RefID("order-1"), Resolution{}) != nil {
					time.Sleep(time.Second)
				}
				assert.Equal(t, row.executed, executed.Load())
				if row.executed > 0 {
					return // the API shows it, so that this resolution would not be made
				}
				require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
				time.Sleep(2 * row.takes)
				assert.EqualValues(t, 2, executed.Load())
			})
		})
	}
}
