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
	"time"

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

func TestTimestampReads(t *testing.T) {
	may2025 := time.Date(2025, 5, 8, 10, 26, 40, 0, time.UTC)
	for name, row := range map[string]struct {
		json string
		want time.Time
	}{
		"milliseconds by magnitude":        {json: `1746700000000`, want: may2025},
		"seconds by magnitude":             {json: `1746700000`, want: may2025},
		"milliseconds with an exponent":    {json: `1.7467e12`, want: may2025},
		"a fraction of a second":           {json: `1746700000.25`, want: may2025.Add(250 * time.Millisecond)},
		"milliseconds in a string":         {json: `"1746700000000"`, want: may2025},
		"seconds in a string":              {json: `" 1746700000 "`, want: may2025},
		"RFC 3339 in UTC":                  {json: `"2025-05-08T10:26:40Z"`, want: may2025},
		"RFC 3339 with an offset":          {json: `"2025-05-08T11:26:40+01:00"`, want: may2025},
		"R28 without a zone":               {json: `"2025-05-08T10:26:40"`, want: may2025},
		"R28 a space, without a zone":      {json: `"2025-05-08 10:26:40"`, want: may2025},
		"R28 a space, in UTC":              {json: `"2025-05-08 10:26:40Z"`, want: may2025},
		"R28 a space, with an offset":      {json: `"2025-05-08 11:26:40+01:00"`, want: may2025},
		"R28 an offset without a colon":    {json: `"2025-05-08T11:26:40+0100"`, want: may2025},
		"R28 spaces and an offset":         {json: `"2025-05-08 11:26:40 +0100"`, want: may2025},
		"R28 small letters":                {json: `"2025-05-08t10:26:40z"`, want: may2025},
		"R28 a fraction, without a zone":   {json: `"2025-05-08T10:26:40.2509"`, want: may2025.Add(250 * time.Millisecond)},
		"R28 without seconds":              {json: `"2025-05-08T10:26"`, want: may2025.Add(-40 * time.Second)},
		"R28 a date without a time":        {json: `"2025-05-08"`, want: time.Date(2025, 5, 8, 0, 0, 0, 0, time.UTC)},
		"RFC 3339 cut to the millisecond":  {json: `"2025-05-08T10:26:40.2509Z"`, want: may2025.Add(250 * time.Millisecond)},
		"before the epoch":                 {json: `-1`, want: time.Unix(-1, 0).UTC()},
		"the largest seconds":              {json: `99999999999`, want: time.Unix(99999999999, 0).UTC()},
		"the smallest milliseconds":        {json: `100000000000`, want: time.UnixMilli(100000000000).UTC()},
		"the end of the year 9999":         {json: `253402300799999`, want: time.UnixMilli(253402300799999).UTC()},
		"null leaves the zero time":        {json: `null`, want: time.Time{}},
		"zero leaves the zero time":        {json: `0`, want: time.Time{}},
		"an empty string, the zero time":   {json: `""`, want: time.Time{}},
		"a zero in a string, the zero one": {json: `"0"`, want: time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			var millis wire.Millis
			require.NoError(t, json.Unmarshal([]byte(row.json), &millis))
			assert.Equal(t, row.want, millis.Time)

			var seconds wire.Seconds
			require.NoError(t, json.Unmarshal([]byte(row.json), &seconds))
			assert.Equal(t, row.want, seconds.Time)
		})
	}
}

func TestTimestampRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"words":                    `"tomorrow, 4711"`,
		"a date that is none":      `"2025-13-08"`,
		"a number of another base": `"0x1p3"`,
		"a boolean":                `true`,
		"an object":                `{"seconds": 4711}`,
		"an array":                 `[4711]`,
		"not a number":             `"NaN"`,
		"infinity":                 `"Inf"`,
		"beyond the year 9999":     `253402300800000`,
		"far beyond any year":      `1e300`,
		"long before the year one": `-253402300800000`,
	} {
		t.Run(name, func(t *testing.T) {
			var millis wire.Millis
			err := json.Unmarshal([]byte(text), &millis)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "4711", "the input is not quoted")

			var seconds wire.Seconds
			require.Error(t, json.Unmarshal([]byte(text), &seconds))
		})
	}
}

func TestTimestampWritesItsOwnUnit(t *testing.T) {
	at := time.Date(2025, 5, 8, 11, 26, 40, 999_000_000, time.FixedZone("", 3600))
	type stamps struct {
		Millis  wire.Millis  `json:"millis,omitzero"`
		Seconds wire.Seconds `json:"seconds,omitzero"`
	}

	set, err := json.Marshal(stamps{wire.Millis{Time: at}, wire.Seconds{Time: at}})
	require.NoError(t, err)
	assert.Equal(t, `{"millis":1746700000999,"seconds":1746700000}`, string(set))

	unset, err := json.Marshal(stamps{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(unset), "omitzero leaves the zero time out")

	list, err := json.Marshal([]any{wire.Millis{}, wire.Seconds{}})
	require.NoError(t, err)
	assert.Equal(t, `[null,null]`, string(list))
}

func FuzzTimestamp(f *testing.F) {
	for _, seed := range []string{`1746700000000`, `1746700000`, `1.7467e12`, `"2025-05-08T10:26:40Z"`, `null`, `-1`, `"0x1p3"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, again wire.Millis
		if json.Unmarshal(data, &first) != nil {
			return
		}
		written, err := json.Marshal(first)
		require.NoError(t, err)
		if n := first.UnixMilli(); !first.IsZero() && n < 1e11 && n > -1e11 {
			return // milliseconds that look like seconds
		}
		require.NoError(t, json.Unmarshal(written, &again))
		assert.Equal(t, first, again)
	})
}
