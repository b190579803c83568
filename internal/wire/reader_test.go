package wire_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

type order struct {
	ID     string      `json:"id"`
	Code   string      `json:"code"`
	Visits int         `json:"visits"`
	Lat    float64     `json:"lat"`
	Price  json.Number `json:"price"`
	Open   bool        `json:"open"`
	Until  wire.Time   `json:"until"`
	Tags   []string    `json:"tags"`
	Kind   struct {
		Name string `json:"name"`
	} `json:"kind"`
	Parts []order `json:"parts"`
}

var (
	anyType = &wire.Type{Name: "Order"}
	anyPage = &wire.Type{Name: "Page"}
)

func readOrder(r *wire.Reader, v *order) {
	for name, ok := r.Object(anyType); ok; name, ok = r.Next() {
		switch string(name) {
		case "id":
			wire.ReadText(r, &v.ID)
		case "code":
			wire.ReadText(r, &v.Code)
		case "visits":
			wire.ReadInt(r, &v.Visits)
		case "lat":
			wire.ReadFloat(r, &v.Lat)
		case "price":
			wire.ReadNumber(r, &v.Price)
		case "open":
			wire.ReadBool(r, &v.Open)
		case "until":
			wire.ReadMillis(r, (*time.Time)(&v.Until))
		case "tags":
			wire.ReadList(r, &v.Tags, wire.ReadText)
		case "kind":
			readKind(r, &v.Kind.Name)
		case "parts":
			wire.ReadList(r, &v.Parts, readOrder)
		default:
			r.Skip(name)
		}
	}
}

func readKind(r *wire.Reader, v *string) {
	for name, ok := r.Object(anyType); ok; name, ok = r.Next() {
		if string(name) == "name" {
			wire.ReadText(r, v)
		} else {
			r.Skip(name)
		}
	}
}

func agree(t *testing.T, body string) (fast bool) {
	t.Helper()
	readings := 0
	value, drift, err := wire.DecodeBy([]byte(body), func(r *wire.Reader, v *order) {
		readings++
		readOrder(r, v)
	}, nil)
	var broken *wire.DecodeError
	if err != nil {
		require.ErrorAs(t, err, &broken, "%q", body)
		require.Nil(t, value)
		require.Nil(t, drift)
	}
	if strings.HasPrefix(strings.TrimLeft(body, " \t\r\n"), "{") {
		slow, slowDrift, slowErr := wire.DecodeSlowly([]byte(body), readOrder)
		require.Equal(t, slowErr, err, "%q", body)
		require.Equal(t, slow, value, "%q", body)
		require.Equal(t, slowDrift, drift, "%q", body)
	}
	whole := json.Valid([]byte(body)) && !collide(body)
	strict, strictErr := wire.Decode[order]([]byte(body))
	switch {
	case !whole:
	case strictErr == nil:
		require.NoError(t, err, "%q", body)
		require.False(t, slices.ContainsFunc(drift, wire.Drift.Loses), "%q", body)
		require.Equal(t, strict, value, "%q", body)
	case broken != nil:
		require.NotEqual(t, byte('{'), strings.TrimLeft(body, " \t\r\n")[0], "%q", body)
	}
	return readings == 1 && err == nil
}

// collide reports whether an object has two names that differ at most in letter
// case, of which encoding/json takes the last, or all, or is nested deeper than
// is read.
func collide(body string) bool {
	d := json.NewDecoder(strings.NewReader(body))
	return walk(d, 0)
}

func walk(d *json.Decoder, depth int) bool {
	token, err := d.Token()
	if err != nil || depth > 400 {
		return depth > 400
	}
	seen := map[string]bool{}
	switch token {
	case json.Delim('{'):
		for d.More() {
			name, _ := d.Token()
			text := strings.ToLower(strings.ReplaceAll(name.(string), "\u017f", "s"))
			if seen[text] || walk(d, depth+1) {
				return true
			}
			seen[text] = true
		}
	case json.Delim('['):
		for d.More() {
			if walk(d, depth+1) {
				return true
			}
		}
	default:
		return false
	}
	_, _ = d.Token()
	return false
}

var plain = []string{
	`{}`,
	" \t\r\n{ \"id\" : \"i\" , \"visits\" : 1 }\n",
	`{"id":"i","code":"c","visits":-12,"lat":6.5e0,"price":12.50,"open":true,"until":1746700000000}`,
	`{"tags":[],"parts":[]}`,
	`{"id":null,"code":null,"visits":null,"lat":null,"price":null,"open":null,"until":null,"tags":null,"kind":null,"parts":null}`,
	`{"id":"a","id":"b","open":true,"open":false,"visits":1,"visits":2,"kind":{"name":"n"},"kind":{},"tags":null,"tags":["t"]}`,
	`{"id":"a","id":null,"until":1746700000000,"until":null}`,
	`{"id":"é\u00e9\ud83d\ude00\ud83d\"\\\/\b\n","code":"` + "\xff" + `","tags":["\u0000"]}`,
	fmt.Sprintf(`{"visits":%d,"lat":1e308}`, math.MaxInt),
	`{"tags":["a","b"],"tags":["c"]}`, `{"tags":[],"tags":null}`, `{"visits":1e2}`, `{"visits":12.0}`,
	"\ufeff{}",
}

var odd = []string{
	`{"tags":["a",null,"b"],"kind":{"name":"n","x":1},"parts":[{"id":"p"},{},null,{"parts":[{"open":true}]}]}`,
	`{"until":"2025-05-08T10:26:40Z"}`,
	`{"until":"\u0031"}`,
	`{"until":"","lat":-0,"price":-0.0E+7}`,
	`{"x":1,"x_2":"\u00e9","x3":[],"x4":[1,-2.5e-3,"a",true,false,null,{"y":[{}]}],"id":"i"}`,
	`{"":1,"az09_":1,"x":{"Y":1}}`,
	`{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
	`{"price":"12.50"}`, `{"id":1}`, `{"lat":"1"}`, `{"x":{"y":"\u00e9"},"x":NaN}`,
	`{"visits":1.5}`, `{"visits":"1x"}`, `{"visits":9223372036854775808}`, `{"visits":1e99}`, `{"visits":NaN}`,
	`{"lat":1e999}`, `{"lat":NaN}`, `{"lat":-Infinity}`, `{"lat":Infinity}`, `{"lat":""}`,
	`{"price":"x"}`, `{"price":""}`, `{"price":[1]}`, `{"id":{}}`, `{"id":true}`, `{"id":NaN}`, `{"id":-Infinity}`,
	`{"open":"true"}`, `{"open":1}`, `{"until":"soon"}`, `{"until":{}}`, `{"until":[]}`, `{"until":true}`, `{"until":1e30}`,
	`{"tags":{}}`, `{"tags":"t"}`, `{"tags":[1,{},"a"]}`, `{"kind":[]}`, `{"kind":"k"}`, `{"parts":[[]]}`, `{"parts":{}}`,
	`{"ID":"i"}`, `{"Id":"i","iD":"j"}`, `{"ID":"i","id":"j"}`, `{"id":"j","ID":"i"}`, `{"i\u0064":"i"}`, `{"` + "\u212a" + `ind":{"name":"n"}}`,
	`{"TAG` + "\u017f" + `":["t"]}`, `{"X":1}`, `{"x-y":1}`, `{"é":1}`, `{"a\u0062":1}`, `{"İd":"i"}`,
}

var broken = []string{
	``, ` `, `null`, `[]`, `{`, `{"`, `{"id`, `{"id"`, `{"id":`, `{"id":"i`, `{"id":"i"`, `{"id":"i",`, `{"id":"i",}`,
	`{"id":"i"}}`, `{}{}`, `{} x`, `{,}`, `{"id" "i"}`, `{"id":"i" "code":"c"}`, `{id:"i"}`, `{1:2}`,
	`{"id":nul}`, `{"id":nulL}`, `{"id":nullx}`, `{"id":"\x"}`, `{"id":"\`, `{"id":"\u12"}`, `{"id":-}`,
	"{\"id\":\"\n\"}", "{\"id\":\"\\\n\"}", "{\"id\":\"a\x00\"}", `{"id":'i'}`,
	`{"visits":01}`, `{"visits":-}`, `{"visits":+1}`, `{"visits":1x}`, `{"visits":--1}`, `{"visits":00}`,
	`{"lat":1.}`, `{"lat":.5}`, `{"lat":1e}`, `{"lat":1e+}`, `{"lat":NaNx}`, `{"lat":Inf}`,
	`{"price":0x1}`, `{"price":-a}`, `{"open":tru}`, `{"open":fals}`, `{"open":truefalse}`, "{\"until\":\"\n\"}",
	`{"tags":[`, `{"tags":["a"`, `{"tags":["a",`, `{"tags":["a",]}`, `{"tags":[,]}`, `{"tags":["a" "b"]}`, `{"tags":["a"}`,
	`{"x":}`, `{"x":tru}`, `{"x":t}`, `{"x":f}`, `{"x":n}`, `{"x":"\q"}`, `{"x":[1,]}`, `{"x":[}`, `{"x":[1}`, `{"x":{"y"}}`, `{"x":{"y":1,}}`, `{"x":01}`, `{"x":?}`,
	`{"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`,
	strings.Repeat(`{"x":`, 20000) + "1" + strings.Repeat("}", 20000),
}

func TestReaderFindsWhatEncodingJSONFinds(t *testing.T) {
	for _, body := range plain {
		assert.True(t, agree(t, body), "%q", body)
	}
	for _, body := range odd {
		assert.False(t, agree(t, body), "%.60q", body)
		_, _, err := wire.DecodeBy([]byte(body), readOrder, nil)
		assert.NoError(t, err, "%.60q", body)
	}
	for _, body := range broken {
		assert.False(t, agree(t, body), "%.60q", body)
		_, _, err := wire.DecodeBy([]byte(body), readOrder, nil)
		assert.Error(t, err, "%.60q", body)
	}
}

// Each document is tried with one byte less, and with one changed byte.
func TestReaderAgreesOnBrokenDocuments(t *testing.T) {
	tried := 0
	for _, body := range slices.Concat(plain, odd) {
		for i := range len(body) {
			agree(t, body[:i]+body[i+1:])
			agree(t, body[:i])
			for _, b := range []byte("\"\\{}[],:0-.eEntfAN\x00\xff ") {
				agree(t, body[:i]+string(rune(b))+body[i+1:])
				tried++
			}
		}
	}
	assert.Greater(t, tried, 10_000)
}

func TestReaderReadsPages(t *testing.T) {
	read := func(r *wire.Reader, v *wire.List[order]) { wire.ReadPage(r, v, anyPage, readOrder) }
	page := `{"object":"list","data":[{"id":"a"},{"id":"b"}],"has_more":true,"url":"/orders","message":"m","total":2}`
	got, drift, err := wire.DecodeBy([]byte(page), read, nil)
	require.NoError(t, err)
	assert.Equal(t, []wire.Drift{{Kind: wire.DriftUnknownField, Path: "total", Field: "Page.total", Got: "integer"}}, drift)
	assert.Equal(t, &wire.List[order]{
		Object: "list", Data: []order{{ID: "a"}, {ID: "b"}}, HasMore: true, URL: "/orders", Message: "m",
	}, got)
}

func FuzzReader(f *testing.F) {
	for _, body := range slices.Concat(plain, odd, broken) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) { agree(t, body) })
}

func BenchmarkDecodeBy(b *testing.B) {
	body := []byte(plain[2])
	b.Run("reader", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = wire.DecodeBy(body, readOrder, nil)
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		for b.Loop() {
			_, _ = wire.Decode[order](body)
		}
	})
}

func ExampleDecodeBy() {
	type pass struct{ ID string }
	typePass := &wire.Type{
		Name: "Pass", Expected: 1<<0 | 1<<1,
		Fields: []wire.Field{{Name: "id", Want: "string"}, {Name: "tx_ref", Want: "string"}},
	}
	p, drift, err := wire.DecodeBy([]byte(`{"id":"bp1","status":"ACTIVE"}`), func(r *wire.Reader, v *pass) {
		var seen uint64
		for name, ok := r.Object(typePass); ok; name, ok = r.Next() {
			switch string(name) {
			case "id":
				wire.ReadText(r, &v.ID)
				seen |= r.Saw(0)
			default:
				r.Skip(name)
			}
		}
		r.End(typePass, seen)
	}, nil)
	fmt.Println(p.ID, err)
	for _, d := range drift {
		fmt.Println(d.Kind, d.Field)
	}
	// Output:
	// bp1 <nil>
	// unknown field Pass.status
	// missing field Pass.tx_ref
}
