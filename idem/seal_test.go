package idem

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Secrets have 16 bytes at least.
const secretOne, secretTwo = "the first secret", "the second secret"

func sealOf(t *testing.T, secrets ...string) *seal {
	t.Helper()
	var keys [][]byte
	for _, s := range secrets {
		keys = append(keys, []byte(s))
	}
	s, err := newSeal(keys)
	require.NoError(t, err)
	return s
}

func TestJ9_WhatIsPersonalIsSealed(t *testing.T) {
	text := []byte(`{"first_name":"Ada"}`)
	s := sealOf(t, secretOne)
	sealed := s.close([]byte("ref:1"), text)
	assert.NotContains(t, string(sealed), "Ada")
	assert.NotEqual(t, sealed, s.close([]byte("ref:1"), text), "a nonce of its own each time")

	rows := map[string]struct {
		with   *seal
		id     string
		sealed []byte
		ok     bool
	}{
		"the same secret":                 {s, "ref:1", sealed, true},
		"after a rotation":                {sealOf(t, secretTwo, secretOne), "ref:1", sealed, true},
		"another secret":                  {sealOf(t, secretTwo), "ref:1", sealed, false},
		"no secret":                       {nil, "ref:1", sealed, false},
		"moved to another record":         {s, "ref:2", sealed, false},
		"changed":                         {s, "ref:1", append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1), false},
		"cut":                             {s, "ref:1", sealed[:12], false},
		"nothing":                         {s, "ref:1", nil, false},
		"J14_in the clear, read with one": {s, "ref:1", (*seal)(nil).close([]byte("ref:1"), text), false},
		"in the clear, read with none":    {nil, "ref:1", (*seal)(nil).close([]byte("ref:1"), text), true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			got, err := row.with.open([]byte(row.id), row.sealed)
			if row.ok {
				require.NoError(t, err)
				assert.Equal(t, text, got)
				return
			}
			assert.ErrorIs(t, err, ErrJournalSecret)
		})
	}
	for _, short := range []string{"", "x", secretOne[1:]} {
		_, err := newSeal([][]byte{[]byte(secretOne), []byte(short)})
		assert.ErrorAs(t, err, new(*InvalidError), short)
	}
}

func FuzzJ9_Open(f *testing.F) {
	s, err := newSeal([][]byte{[]byte(secretOne)})
	require.NoError(f, err)
	f.Add(s.close([]byte("ref:1"), []byte("text")))
	f.Add([]byte{sealNone})
	f.Add([]byte{sealGCM, 1, 2})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		_, err := s.open([]byte("ref:2"), sealed)
		assert.ErrorIs(t, err, ErrJournalSecret)
	})
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
			e, ok, err := w.engine.ledger.load(context.Background(), "ref:order-1")
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
