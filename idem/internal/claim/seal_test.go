package claim

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const secretOne, secretTwo = "the first secret", "the second secret"

func sealOf(t *testing.T, secrets ...string) *Seal {
	t.Helper()
	var keys [][]byte
	for _, s := range secrets {
		keys = append(keys, []byte(s))
	}
	s, err := NewSeal(keys)
	require.NoError(t, err)
	return s
}

func TestJ9_WhatIsPersonalIsSealed(t *testing.T) {
	text := []byte(`{"first_name":"Ada"}`)
	s := sealOf(t, secretOne)
	sealed := s.Close([]byte("ref:1"), text)
	assert.NotContains(t, string(sealed), "Ada")
	assert.NotEqual(t, sealed, s.Close([]byte("ref:1"), text), "a nonce of its own each time")

	rows := map[string]struct {
		with   *Seal
		id     string
		sealed []byte
		ok     bool
	}{
		"the same secret":                 {with: s, id: "ref:1", sealed: sealed, ok: true},
		"after a rotation":                {with: sealOf(t, secretTwo, secretOne), id: "ref:1", sealed: sealed, ok: true},
		"another secret":                  {with: sealOf(t, secretTwo), id: "ref:1", sealed: sealed},
		"no secret":                       {id: "ref:1", sealed: sealed},
		"moved to another record":         {with: s, id: "ref:2", sealed: sealed},
		"changed":                         {with: s, id: "ref:1", sealed: append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1)},
		"cut":                             {with: s, id: "ref:1", sealed: sealed[:12]},
		"nothing":                         {with: s, id: "ref:1"},
		"J14_in the clear, read with one": {with: s, id: "ref:1", sealed: (*Seal)(nil).Close([]byte("ref:1"), text)},
		"in the clear, read with none":    {id: "ref:1", sealed: (*Seal)(nil).Close([]byte("ref:1"), text), ok: true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			got, err := row.with.Open([]byte(row.id), row.sealed)
			if row.ok {
				require.NoError(t, err)
				assert.Equal(t, text, got)
				return
			}
			assert.ErrorIs(t, err, ErrSecret)
		})
	}
}

func FuzzJ9_Open(f *testing.F) {
	s, err := NewSeal([][]byte{[]byte(secretOne)})
	require.NoError(f, err)
	f.Add(s.Close([]byte("ref:1"), []byte("text")))
	f.Add([]byte{sealNone})
	f.Add([]byte{sealGCM, 1, 2})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		_, err := s.Open([]byte("ref:2"), sealed)
		assert.ErrorIs(t, err, ErrSecret)
	})
}

func TestJ9_ASealThatIsTooShort(t *testing.T) {
	s := sealOf(t, secretOne)
	whole := s.Close([]byte("id"), []byte("text"))
	for n := range whole {
		_, err := s.Open([]byte("id"), whole[:n])
		assert.Error(t, err, "%d of %d bytes", n, len(whole))
	}
	text, err := s.Open([]byte("id"), whole)
	require.NoError(t, err)
	assert.Equal(t, "text", string(text))
}
