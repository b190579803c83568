package idem

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is stored under a key comes back each time: recovery reads instead of
// asking.
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

// A server that forgets the keys of its 500s would execute the operation again,
// whoever sends it.
func TestR38_A500UnderNoRetryOn500EndsTheKey(t *testing.T) {
	for name, ref := range map[string]string{"R38 a key": "", "R38 a ref": "order-1"} {
		t.Run(name, func(t *testing.T) {
			inJournalledWorld(t, script(says(500, errorObject), says(200, `{"id":"x"}`)), func(t *testing.T, w *world, j *faultyJournal) {
				c := post(Keyed)
				c.Ref, c.Policy.NoRetryOn500 = ref, true
				r := w.do(c)
				require.Equal(t, OutcomeUnknown, r.Outcome)
				assert.False(t, r.RetryHelps)
				assert.Zero(t, r.SafeUntil, "no key protects a repetition")

				again := post(Keyed)
				if again.Ref = ref; ref == "" {
					again.Key = r.Key
				}
				other := w.newEngine(func(c *Config) { c.Journal = j })
				defer other.CloseIdleConnections()
				for _, e := range []*Engine{w.engine, other} {
					r := e.Do(t.Context(), again)
					assert.Equal(t, OutcomeUnknown, r.Outcome)
					require.ErrorIs(t, r.Err, ErrKeyExpired)
					assert.False(t, r.RetryHelps)
				}
				for one, err := range other.Recover(t.Context(), knowing(Keyed)) {
					require.NoError(t, err)
					assert.NotEqual(t, ActionResend, one.Action)
				}
				assert.EqualValues(t, 1, w.hits.Load(), "it is sent once")
			})
		})
	}
}
