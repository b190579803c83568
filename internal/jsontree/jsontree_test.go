package jsontree_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/jsontree"
)

func TestParseKeepsOrderAndDigits(t *testing.T) {
	const text = `{"z":1.10,"a":[true,null,"é <"],"m":{"big":12345678901234567890}}`
	v, err := jsontree.Parse([]byte(text))
	require.NoError(t, err)
	assert.Equal(t, text, v.String()) //nolint:testifylint // byte for byte
}

func TestParseRefuses(t *testing.T) {
	for _, row := range []struct{ name, text, message string }{
		{name: "nothing", text: "", message: "is no JSON document"},
		{name: "two documents", text: "{} {}", message: "is no JSON document"},
		{name: "a name twice", text: `{"a":{"b":1,"b":2}}`, message: "a.b is given twice"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := jsontree.Parse([]byte(row.text))
			assert.EqualError(t, err, row.message)
		})
	}
}

func TestSetReplacesOrAppends(t *testing.T) {
	v, err := jsontree.Parse([]byte(`{"a":1,"b":2}`))
	require.NoError(t, err)
	v.Set("a", jsontree.Value{Kind: jsontree.String, Text: "x"})
	v.Set("c", jsontree.Value{Kind: jsontree.Number, Text: "3"})
	assert.JSONEq(t, `{"a":"x","b":2,"c":3}`, v.String())
	found, ok := v.Find("c")
	assert.True(t, ok)
	assert.Equal(t, "3", found.Text)
	_, ok = v.Find("d")
	assert.False(t, ok)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":[1,"x",null,{"b":true}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := jsontree.Parse(text)
		if err != nil {
			return
		}
		require.True(t, json.Valid(text))
		again, err := jsontree.Parse([]byte(v.String()))
		require.NoError(t, err)
		require.Equal(t, v.String(), again.String())
	})
}
