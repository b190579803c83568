package idem

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A record without a key is never sent under one, and one with a key never
// without, when its operation's class has changed since.
func TestJ4_ARecordOfAnotherClassIsNotSentAgain(t *testing.T) {
	for name, classes := range map[string][2]Class{
		"no key, then one":          {NonIdempotent, Keyed},
		"no key, then idle one":     {NonIdempotent, KeyUnverified},
		"a key, then repeated":      {Keyed, Idempotent},
		"a key, then none":          {KeyUnverified, NonIdempotent},
		"repeated, then with a key": {Idempotent, Keyed},
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, _ *faultyJournal) {
			orphan(t, w, classes[0])
			sent := w.hits.Load()
			all := w.recover(knowing(classes[1]))
			require.Len(t, all, 1)
			assert.Equal(t, ActionReport, all[0].Action)
			assert.Equal(t, OutcomeUnknown, all[0].Result.Outcome)
			r := w.do(withRef(classes[1]))
			assert.Equal(t, OutcomeUnknown, r.Outcome)
			require.ErrorContains(t, r.Err, "of another class")
			assert.False(t, r.RetryHelps)
			assert.Equal(t, sent, w.hits.Load())
		}))
	}
}

// Where the key stays, a class may be corrected: what was taken for unverified
// is sent again under its key.
func TestJ4_ARecordOfAnotherClassWithTheSameKeyIsSentAgain(t *testing.T) {
	var rec recorder
	inJournalledWorld(t, rec.then(script(lose, says(200, `{"id":"x"}`))), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, KeyUnverified)
		all := w.recover(knowing(Keyed))
		require.Len(t, all, 1)
		assert.Equal(t, OutcomeDone, all[0].Result.Outcome)
		rec.assertAlike(t)
	})
}
