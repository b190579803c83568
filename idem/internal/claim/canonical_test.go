package claim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func FuzzJ2_CanonicalJSON(f *testing.F) {
	for _, s := range []string{
		`{"b":1,"a":[1.0,2e3]}`, ` {"a" : null}`, `{"a":1}}`, ``, `{"a":"<\u2028>"}`, `{"a":1,"\u0061":[],"b":{}}`,
		`[[],{},"\"\\",-0.0,true , false]`, `"\ud800"`, "\"\xff\"", `12`, `{"a":{"b":1,"b":2}} `,
		`{"a":1,"b":2,"a":3,"b":4,"a":5,"b":6,"a":7,"b":8,"a":9,"b":10,"a":11,"b":12,"a":13,"b":14}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := CanonicalJSON([]byte(s))
		if !json.Valid([]byte(s)) {
			assert.Equal(t, "?"+s, string(c), "as it is, and like nothing that is JSON")
			return
		}
		want, err := unmarshalNumbers([]byte(s))
		require.NoError(t, err)
		got, rest := sayingOf(t, c)
		assert.Empty(t, rest)
		assert.Equal(t, want, got, "it says what the body says, and so no two bodies say the same by chance")
		again, err := json.Marshal(want)
		require.NoError(t, err)
		assert.Equal(t, string(c), string(CanonicalJSON(again)), "bodies that say the same are the same")
	})
}

func unmarshalNumbers(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

func sayingOf(t *testing.T, in []byte) (v any, rest []byte) {
	t.Helper()
	kind, in := in[0], in[1:]
	switch kind {
	case '"':
		return textOf(t, in)
	case '[':
		list := []any{}
		for in[0] != ']' {
			v, in = sayingOf(t, in)
			list = append(list, v)
		}
		return list, in[1:]
	case '{':
		object := map[string]any{}
		before := ""
		for in[0] != '}' {
			var name string
			name, in = textOf(t, in[1:])
			assert.True(t, len(object) == 0 || before < name, "sorted, and once")
			object[name], in = sayingOf(t, in)
			before = name
		}
		return object, in[1:]
	}
	text, rest, ok := bytes.Cut(in, []byte(","))
	require.True(t, ok)
	v, err := unmarshalNumbers(append([]byte{kind}, text...))
	require.NoError(t, err)
	return v, rest
}

func textOf(t *testing.T, in []byte) (text string, rest []byte) {
	t.Helper()
	length, in, ok := bytes.Cut(in, []byte(":"))
	require.True(t, ok)
	n, err := strconv.Atoi(string(length))
	require.NoError(t, err)
	return string(in[:n]), in[n:]
}

func FuzzJournalError_Words(f *testing.F) {
	f.Add("disk full", "SQLSTATE 53100")
	f.Add("anything", "\x00\n/path")
	f.Fuzz(func(t *testing.T, cause, code string) {
		words := causeWords(&journal.Error{Cause: journal.Cause(cause), Code: code})
		if words != "" && !slices.Contains(knownCauses, journal.Cause(cause)) {
			t.Fatalf("%q is repeated", words)
		}
		if rest, said := strings.CutPrefix(words, cause+" ("); said && (!isCode(code) || rest != code+")") {
			t.Fatalf("%q is repeated", words)
		}
	})
}

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

	for name, row := range map[string]struct {
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
	} {
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
