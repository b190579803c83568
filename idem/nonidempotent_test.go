package idem

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestR5_AnUnkeyedOperationCarriesNoKeyAndIsSentOnce(t *testing.T) {
	var key []string
	keep := func(w http.ResponseWriter, r *http.Request) {
		key = append(key, r.Header.Values("Idempotency-Key")...)
		lose(w, r)
	}
	inWorld(t, keep, func(t *testing.T, w *world) {
		r := w.do(post(NonIdempotent))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.True(t, r.Key.IsZero())
		assert.True(t, r.SafeUntil.IsZero(), "nothing protects a repetition")
		assert.Len(t, r.Attempts, 1)
		assert.Empty(t, key)

		given := post(NonIdempotent)
		given.Key = NewKey()
		assert.Equal(t, OutcomeNotSent, w.do(given).Outcome, "a key is refused")
	})
}

// A ref whose non-idempotent operation may have been executed is never sent
// again, neither by a later call nor by Recover.
func TestJ4_AnUnkeyedOperationIsNotTakenUp(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, NonIdempotent)
		sent := w.hits.Load()
		again := post(NonIdempotent)
		again.Ref = "order-1"
		assert.Equal(t, OutcomeUnknown, w.do(again).Outcome)
		for _, r := range w.recover(knowing(NonIdempotent)) {
			assert.Equal(t, OutcomeUnknown, r.Result.Outcome)
		}
		assert.Equal(t, sent, w.hits.Load())
	})
}
