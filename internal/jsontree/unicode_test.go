package jsontree_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/jsontree"
)

func TestHalfCharactersAreRefused(t *testing.T) {
	for _, row := range []struct {
		text string
		ok   bool
	}{
		{text: `{"a":"é\u00e9"}`, ok: true},
		{text: `"\ud83d\ude00"`, ok: true},
		{text: `"\\ud800"`, ok: true}, // a backslash and letters
		{text: `"\ufffd"`, ok: true},
		{text: `"\ud800"`},
		{text: `"\ude00"`},
		{text: `"\ud83dx"`},
		{text: `"\ud83d\n"`},
		{text: `"\ud83d\ud83d"`},
		{text: `"\\\ud800"`},
		{text: "\"\xff\""},
		{text: "\"\xed\xa0\x80\""},
	} {
		assert.Equal(t, row.ok, jsontree.CheckUnicode([]byte(row.text)) == nil, row.text)
	}
}

// FuzzCheckUnicode: what passes is read as it is. Only a document that spells
// U+FFFD has it when it was read.
func FuzzCheckUnicode(f *testing.F) {
	for _, text := range []string{`"\ud800"`, `"\ud83d\ude00"`, `{"\ud800":1}`, `["a\\u","\ufffd"]`, "\"\xff\"", `\u12`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		checked := jsontree.CheckUnicode(text)
		tree, err := jsontree.Parse(text)
		spelt := bytes.Contains(text, []byte("\ufffd")) ||
			bytes.Contains(bytes.ToLower(text), []byte(`\ufffd`))
		if err != nil || spelt {
			return
		}
		assert.Equal(t, checked != nil, strings.ContainsRune(tree.String(), '\ufffd'))
	})
}
