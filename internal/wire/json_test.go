package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

type item struct {
	ID    string      `json:"id"`
	Count int         `json:"count,omitzero"`
	Price json.Number `json:"price,omitzero"`
	Until wire.Millis `json:"until,omitzero"`
	Parts []item      `json:"parts,omitzero"`
}

func TestEncodeKeepsTheTextAsItIs(t *testing.T) {
	data, err := wire.Encode(`<a & "b">`)
	require.NoError(t, err)
	assert.Equal(t, `"<a & \"b\">"`, string(data), "no HTML escapes, no newline at the end")

	_, err = wire.Encode(math.NaN())
	assert.Error(t, err)
}

// Two ids that are not UTF-8 would become equal.
func TestEncodeRefusesWhatIsNotUTF8(t *testing.T) {
	for _, text := range []string{"client_\xe9", `\` + "\xff", "\xff" + `\ufffd`, `\ufffd` + "\xff"} {
		_, err := wire.Encode(map[string]string{"id": text})
		var param *wire.ParamError
		require.ErrorAs(t, err, &param, "%q", text)
		assert.Equal(t, wire.ParamError{Name: "body", Reason: `holds text that is not UTF-8, or the escape \ufffd in its place`}, *param)
	}
	for _, text := range []string{"client_é", "\ufffd", `\ufffd`, `\\ufffd`, `\`} {
		data, err := wire.Encode(text)
		require.NoError(t, err, "%q", text)
		var back string
		require.NoError(t, json.Unmarshal(data, &back))
		assert.Equal(t, text, back)
	}
}

func TestDecodeReadsOneObject(t *testing.T) {
	got, err := wire.Decode[item]([]byte(" \r\n\t" + `{"id":"i1","price":12.50,"unknown":{"a":[1]}}` + "\n"))
	require.NoError(t, err, "unknown fields are ignored")
	assert.Equal(t, &item{ID: "i1", Price: "12.50"}, got, "amounts keep their digits")
}

// The error names the place of any fault and quotes nothing.
func TestDecodeErrorsCarryNoBody(t *testing.T) {
	for name, row := range map[string]struct{ body, field, reason string }{
		"nothing":          {reason: "not a JSON object"},
		"blanks":           {body: " \n", reason: "not a JSON object"},
		"null":             {body: `null`, reason: "not a JSON object"},
		"an array":         {body: `["s3cret"]`, reason: "not a JSON object"},
		"a string":         {body: `"s3cret"`, reason: "not a JSON object"},
		"HTML":             {body: `<html>s3cret</html>`, reason: "not a JSON object"},
		"a cut object":     {body: `{"id":"s3cret`, reason: "not valid JSON at byte 13"},
		"two objects":      {body: `{"id":"a"}{"id":"s3cret"}`, reason: "not valid JSON at byte 11"},
		"a wrong type":     {body: `{"parts":[{"count":"s3cret"}]}`, field: "parts.count", reason: "want int"},
		"a wrong number":   {body: `{"count":1234567.5}`, field: "count", reason: "want int"},
		"a wrong amount":   {body: `{"price":"s3cret"}`, reason: "a value does not fit its field"},
		"a wrong time":     {body: `{"until":"s3cret"}`, reason: "not a timestamp: want seconds or milliseconds since the epoch, or a date"},
		"a wrong whole ID": {body: `{"id":{"s3cret":1}}`, field: "id", reason: "want string"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := wire.Decode[item]([]byte(row.body))
			assert.Nil(t, got)

			var decodeErr *wire.DecodeError
			require.ErrorAs(t, err, &decodeErr)
			assert.Equal(t, wire.DecodeError{Field: row.field, Reason: row.reason}, *decodeErr)
			assert.NotContains(t, err.Error(), "s3cret")
			assert.NotContains(t, err.Error(), "1234567")
			assert.Contains(t, err.Error(), row.field)
		})
	}
}

func TestReadBody(t *testing.T) {
	got, err := wire.ReadBody[item](httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"id":"i1"}`)))
	require.NoError(t, err)
	assert.Equal(t, item{ID: "i1"}, got)

	_, err = wire.ReadBody[item](httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{`)))
	var decodeErr *wire.DecodeError
	require.ErrorAs(t, err, &decodeErr)

	broken := errors.New("broken pipe")
	_, err = wire.ReadBody[item](httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(broken)))
	assert.ErrorIs(t, err, broken, "the reader's own error comes through")
}

func TestListWritesAnEmptyPage(t *testing.T) {
	data, err := wire.Encode(wire.List[item]{Object: "list", Data: []item{}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"object":"list","data":[],"has_more":false}`, string(data))
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"id":"a","count":1,"price":"2","until":3,"parts":[{}]}`, `{`, `null`, `{"count":"1"}`, ` {} `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := wire.Decode[item](body)
		if err == nil {
			require.NotNil(t, got)
			return
		}
		var decodeErr *wire.DecodeError
		require.ErrorAs(t, err, &decodeErr)
		require.Nil(t, got)
	})
}
