package idem

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Secrets have 16 bytes at least.
const secretOne, secretTwo = "the first secret", "the second secret"

func TestJ9_AShortSecretIsRefused(t *testing.T) {
	for _, short := range []string{"", "x", secretOne[1:]} {
		_, err := newSeal([][]byte{[]byte(secretOne), []byte(short)})
		assert.ErrorAs(t, err, new(*InvalidError), short)
	}
}

func TestJ9_AWrongKeySaysSoAndLosesNothing(t *testing.T) {
	j := journal.NewMemory()
	secret := func(s string) func(*Config) {
		return func(c *Config) { c.Journal, c.JournalSecrets = j, [][]byte{[]byte(s)} }
	}
	inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		orphan(t, w, Keyed)
		wrong := w.newEngine(secret(secretTwo))
		r := wrong.Do(context.Background(), withRef(Keyed))
		require.ErrorIs(t, r.Err, ErrJournalSecret)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.EqualValues(t, 1, w.hits.Load())

		r = w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.JSONEq(t, `{"id":"x"}`, string(r.Response.Body))
	}, secret(secretOne))
}

func TestJ9_RequestsAreKeptOnlyWhileTheyCanBeSent(t *testing.T) {
	inJournalledWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		look := func() entry {
			e, ok, err := w.engine.sealed.Load(context.Background(), "ref:order-1")
			require.NoError(t, err)
			require.True(t, ok)
			return e
		}
		assert.NotEmpty(t, look().Body)
		require.NoError(t, w.do(withRef(Keyed)).Err)
		done := look()
		assert.Equal(t, payload{Digest: done.Digest, Response: done.Response, attemptSummary: done.attemptSummary}, done.payload)
		assert.JSONEq(t, `{"id":"x"}`, string(done.Response.Body))
		assert.NotEmpty(t, done.Digest)
	})
}
