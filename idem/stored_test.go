package idem

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is stored under a key comes back each time: recovery reads instead of asking.
func TestR38_RecoverDoesNotAskForWhatIsStored(t *testing.T) {
	stored := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Replayed", "true")
		answer(w, 500, errorObject)
	}
	for name, row := range map[string]struct {
		finding ReconcileResult
		want    Outcome
	}{
		"R38 reading proves it":      {ReconcileResult{Done: true, Response: &Response{Status: 200, Body: []byte(`{}`)}}, OutcomeDone},
		"R38 reading proves nothing": {ReconcileResult{}, OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			inJournalledWorld(t, script(says(500, errorObject), stored), func(t *testing.T, w *world, _ *faultyJournal) {
				r := w.do(withRef(Keyed))
				require.Equal(t, OutcomeUnknown, r.Outcome)
				assert.False(t, r.RetryHelps)
				hits := w.hits.Load()
				with := knowing(Keyed)
				with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) { return row.finding, nil }
				all := w.recover(with)
				require.Len(t, all, 1)
				assert.Equal(t, row.want, all[0].Result.Outcome)
				assert.Equal(t, hits, w.hits.Load(), "nothing is sent")
				if row.want == OutcomeUnknown {
					assert.NotErrorIs(t, all[0].Result.Err, ErrKeyExpired)
					assert.ErrorContains(t, all[0].Result.Err, "stored under the key")
				}
			})
		})
	}
}
