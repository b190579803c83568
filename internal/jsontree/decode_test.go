package jsontree_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/jsontree"
)

type order struct {
	ID    string            `json:"id"`
	Count *int              `json:"count"`
	Since uint64            `json:"since"`
	Price float64           `json:"price"`
	At    time.Time         `json:"at"`
	Lines []line            `json:"lines"`
	Notes map[string]string `json:"notes"`
}

type line struct {
	place

	Gift bool `json:"gift"`
}

type place struct {
	City string `json:"city"`
}

func TestDecodeReadsAllOfIt(t *testing.T) {
	var got order
	tree, err := jsontree.Decode([]byte(`{"id":"a","count":2,"since":18446744073709551615,"price":1e2,
		"at":"2030-01-02T03:04:05Z","lines":[{"city":"Lagos","gift":true},{}],"notes":{"b":"c"}}`), &got)
	require.NoError(t, err)
	count := 2
	assert.Equal(t, order{
		ID: "a", Count: &count, Since: math.MaxUint64, Price: 100, At: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
		Lines: []line{{place{"Lagos"}, true}, {}}, Notes: map[string]string{"b": "c"},
	}, got)
	assert.Len(t, tree.Fields, 7)
}

func TestDecodeNamesWhatIsWrong(t *testing.T) {
	for _, row := range []struct{ name, text, message string }{
		{"nothing", ``, "is no JSON document"},
		{"two documents", `{}{}`, "is no JSON document"},
		{"a list", `[]`, "must be an object"},
		{"null", `null`, "must be an object"},
		{"a null field", `{"count":null}`, "count must be a whole number below 2^31"},
		{"a null time", `{"at":null}`, "at must be a value, and not null"},
		{"an unknown field", `{"lines":[{},{"gold":1}]}`, "lines[1].gold is unknown"},
		{"another letter case", `{"ID":"a"}`, "ID is unknown"},
		{"twice", `{"lines":[{"gift":true,"gift":true}]}`, "lines[0].gift is given twice"},
		{"twice, escaped", `{"id":"a","\u0069d":"b"}`, "id is given twice"},
		{"a fraction", `{"count":1.0}`, "count must be a whole number below 2^31"},
		{"too large", `{"count":2147483648}`, "count must be a whole number below 2^31"},
		{"negative", `{"since":-1}`, "since must be a whole number, and not negative"},
		{"beyond floats", `{"price":1e400}`, "price must be a number"},
		{"text for a flag", `{"lines":[{"gift":"yes"}]}`, "lines[0].gift must be true or false"},
		{"a number in a map", `{"notes":{"b":1}}`, "notes.b must be a text"},
		{"an object for a list", `{"lines":{}}`, "lines must be a list"},
		{"not UTF-8", "{\"id\":\"\xff\"}", "is not UTF-8, or has half of a surrogate pair"},
		{"half a character", `{"id":"\udc00"}`, "is not UTF-8, or has half of a surrogate pair"},
	} {
		_, err := jsontree.Decode([]byte(row.text), new(order))
		assert.EqualError(t, err, row.message, row.name)
	}
	_, err := jsontree.Decode([]byte(`{"at":"soon"}`), new(order))
	require.Error(t, err)
	assert.NotErrorAs(t, err, new(*jsontree.Error), "the type's own error")
}

// FuzzDecode proves that what is read strictly is also read by encoding/json,
// to the same value.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":"a","lines":[{"city":"b"}],"notes":{"c":"d"}}`))
	f.Add([]byte(`{"count":1,"price":-1.5e3,"since":7}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var strict, plain order
		if _, err := jsontree.Decode(text, &strict); err != nil {
			if wrong, ok := errors.AsType[*jsontree.Error](err); ok {
				assert.LessOrEqual(t, wrong.Offset, len(text))
			}
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(&plain))
		assert.Equal(t, plain, strict)
	})
}
