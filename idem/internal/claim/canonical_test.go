package claim

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
