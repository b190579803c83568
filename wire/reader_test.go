package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/wire"
)

// order holds whatever a Reader can read.
type order struct {
	ID     string      `json:"id"`
	Code   wire.Secret `json:"code"`
	Visits int         `json:"visits"`
	Lat    float64     `json:"lat"`
	Price  json.Number `json:"price"`
	Open   bool        `json:"open"`
	Until  wire.Millis `json:"until"`
	Tags   []string    `json:"tags"`
	Kind   struct {
		Name string `json:"name"`
	} `json:"kind"`
	Parts []order `json:"parts"`
}

func readOrder(r *wire.Reader, v *order) {
	for name, ok := r.Object(); ok; name, ok = r.Next() {
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
			wire.ReadTime(r, &v.Until)
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
	for name, ok := r.Object(); ok; name, ok = r.Next() {
		if string(name) == "name" {
			wire.ReadText(r, v)
		} else {
			r.Skip(name)
		}
	}
}

// decodeBy tells, besides, whether the Reader has read the document to its end.
func decodeBy[T any](body string, read func(*wire.Reader, *T)) (value *T, byReader bool, err error) {
	var its *T
	value, err = wire.DecodeBy([]byte(body), func(r *wire.Reader, v *T) {
		read(r, v)
		its = v
	})
	return value, value != nil && value == its, err
}

// agree compares with what encoding/json makes of the document.
func agree[T any](t *testing.T, body string, read func(*wire.Reader, *T)) (byReader bool) {
	t.Helper()
	want, wantErr := wire.Decode[T]([]byte(body))
	got, byReader, err := decodeBy(body, read)
	require.Equal(t, wantErr, err, "%q", body)
	require.Equal(t, want, got, "%q", body)
	return byReader
}

var readable = []string{
	`{}`,
	" \t\r\n{ \"id\" : \"i\" , \"visits\" : 1 }\n",
	`{"id":"i","code":"c","visits":-12,"lat":6.5e0,"price":12.50,"open":true,"until":1746700000000}`,
	`{"tags":[],"parts":[]}`,
	`{"tags":["a",null,"b"],"kind":{"name":"n","x":1},"parts":[{"id":"p"},{},null,{"parts":[{"open":true}]}]}`,
	`{"id":null,"code":null,"visits":null,"lat":null,"price":null,"open":null,"until":null,"tags":null,"kind":null,"parts":null}`,
	`{"id":"a","id":"b","open":true,"open":false,"visits":1,"visits":2,"kind":{"name":"n"},"kind":{},"tags":null,"tags":["t"]}`,
	`{"id":"a","id":null,"until":1746700000000,"until":null}`,
	`{"id":"é\u00e9\ud83d\ude00\ud83d\"\\\/\b\n","code":"` + "\xff" + `","tags":["\u0000"]}`,
	`{"until":"2025-05-08T10:26:40Z"}`,
	`{"until":"\u0031"}`,
	`{"until":"","lat":-0,"price":-0.0E+7}`,
	`{"x":1,"x_2":"\u00e9","x3":[],"x4":[1,-2.5e-3,"a",true,false,null,{"y":[{}]}],"id":"i"}`,
	`{"":1,"az09_":1,"x":{"Y":1}}`,
	`{"visits":9223372036854775807,"lat":1e308}`,
	`{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
}

var unreadable = []string{
	``, ` `, `null`, `[]`, `{`, `{"`, `{"id`, `{"id"`, `{"id":`, `{"id":"i`, `{"id":"i"`, `{"id":"i",`, `{"id":"i",}`,
	`{"id":"i"}}`, `{}{}`, `{} x`, `{,}`, `{"id" "i"}`, `{"id":"i" "code":"c"}`, `{id:"i"}`, `{1:2}`,
	`{"id":1}`, `{"id":{}}`, `{"id":true}`, `{"id":nul}`, `{"id":nulL}`, `{"id":nullx}`, `{"id":"\x"}`, `{"id":"\`, `{"id":"\u12"}`,
	"{\"id\":\"\n\"}", "{\"id\":\"\\\n\"}", "{\"id\":\"a\x00\"}", `{"id":'i'}`,
	`{"visits":1.5}`, `{"visits":1e2}`, `{"visits":01}`, `{"visits":-}`, `{"visits":+1}`, `{"visits":"1"}`, `{"visits":9223372036854775808}`,
	`{"visits":1x}`, `{"visits":--1}`, `{"visits":00}`,
	`{"lat":1e999}`, `{"lat":1.}`, `{"lat":.5}`, `{"lat":1e}`, `{"lat":1e+}`, `{"lat":NaN}`, `{"lat":"1"}`,
	`{"price":"12.50"}`, `{"price":"x"}`, `{"price":""}`, `{"price":0x1}`, `{"price":-a}`,
	`{"open":"true"}`, `{"open":tru}`, `{"open":fals}`, `{"open":1}`, `{"open":truefalse}`,
	`{"until":"soon"}`, `{"until":{}}`, `{"until":[]}`, `{"until":true}`, `{"until":1e30}`, "{\"until\":\"\n\"}",
	`{"tags":{}}`, `{"tags":"t"}`, `{"tags":[`, `{"tags":["a"`, `{"tags":["a",`, `{"tags":["a",]}`, `{"tags":[,]}`, `{"tags":["a" "b"]}`, `{"tags":["a"}`, `{"tags":[1]}`,
	`{"tags":["a","b"],"tags":["c"]}`, `{"parts":[{"id":"a"}],"parts":[{"visits":1}]}`, `{"tags":[],"tags":null}`,
	`{"kind":[]}`, `{"kind":"k"}`, `{"parts":[[]]}`, `{"parts":{}}`,
	`{"ID":"i"}`, `{"Id":"i"}`, `{"i\u0064":"i"}`, `{"` + "\u212a" + `ind":{"name":"n"}}`, `{"X":1}`, `{"x-y":1}`, `{"é":1}`, `{"a\u0062":1}`,
	`{"x":}`, `{"x":tru}`, `{"x":t}`, `{"x":f}`, `{"x":n}`, `{"x":"\q"}`, `{"x":[1,]}`, `{"x":[}`, `{"x":[1}`, `{"x":{"y"}}`, `{"x":{"y":1,}}`, `{"x":01}`, `{"x":?}`,
	`{"x":` + strings.Repeat("[", 101) + strings.Repeat("]", 101) + `}`,
	strings.Repeat(`{"x":`, 101) + "1" + strings.Repeat("}", 101),
	`{"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`,
	"\ufeff{}",
}

func TestReaderFindsWhatEncodingJSONFinds(t *testing.T) {
	for _, body := range readable {
		assert.True(t, agree(t, body, readOrder), "%q", body)
	}
	for _, body := range unreadable {
		assert.False(t, agree(t, body, readOrder), "%.60q", body)
	}
}

// Each document is tried with one byte less, and with one that differs.
func TestReaderAgreesOnBrokenDocuments(t *testing.T) {
	tried := 0
	for _, body := range readable {
		for i := range len(body) {
			agree(t, body[:i]+body[i+1:], readOrder)
			agree(t, body[:i], readOrder)
			for _, b := range []byte("\"\\{}[],:0-.eEntfA\x00\xff ") {
				agree(t, body[:i]+string(rune(b))+body[i+1:], readOrder)
				tried++
			}
		}
	}
	assert.Greater(t, tried, 10_000)
}

func TestReaderReadsPages(t *testing.T) {
	read := func(r *wire.Reader, v *wire.List[order]) { wire.ReadPage(r, v, readOrder) }
	page := `{"object":"list","data":[{"id":"a"},{"id":"b"}],"has_more":true,"url":"/orders","message":"m","total":2}`
	assert.True(t, agree(t, page, read))
	got, _, err := decodeBy(page, read)
	require.NoError(t, err)
	assert.Equal(t, &wire.List[order]{
		Object: "list", Data: []order{{ID: "a"}, {ID: "b"}}, HasMore: true, URL: "/orders", Message: "m",
	}, got)
}

func FuzzReader(f *testing.F) {
	for _, body := range append(readable, unreadable...) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) { agree(t, body, readOrder) })
}

func BenchmarkDecodeBy(b *testing.B) {
	body := []byte(readable[2])
	b.Run("reader", func(b *testing.B) {
		for b.Loop() {
			_, _ = wire.DecodeBy(body, readOrder)
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		for b.Loop() {
			_, _ = wire.Decode[order](body)
		}
	})
}

func ExampleDecodeBy() {
	type pass struct {
		ID string `json:"id"`
	}
	p, err := wire.DecodeBy([]byte(`{"id":"bp1","status":"ACTIVE"}`), func(r *wire.Reader, v *pass) {
		for name, ok := r.Object(); ok; name, ok = r.Next() {
			switch string(name) {
			case "id":
				wire.ReadText(r, &v.ID)
			default:
				r.Skip(name)
			}
		}
	})
	fmt.Println(p.ID, err)
	// Output: bp1 <nil>
}
