package bardge

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// readers are those of the types that answers are read into.
var readers = map[string]func(t *testing.T){
	"readAccessCode":        reads(readAccessCode),
	"readBooking":           reads(readBooking),
	"readBookingList":       reads(readBookingList),
	"readClass":             reads(readClass),
	"readClassBooking":      reads(readClassBooking),
	"readClassCategoryList": reads(readClassCategoryList),
	"readClassList":         reads(readClassList),
	"readClientCredits":     reads(readClientCredits),
	"readClientProfile":     reads(readClientProfile),
	"readCopayOptionList":   reads(readCopayOptionList),
	"readCopayPurchase":     reads(readCopayPurchase),
	"readCreditPackageList": reads(readCreditPackageList),
	"readCreditPurchase":    reads(readCreditPurchase),
	"readErrorResponse":     reads(readErrorResponse),
	"readGymCopayPurchase":  reads(readGymCopayPurchase),
	"readIssuedPass":        reads(readIssuedPass),
	"readIssuerList":        reads(readIssuerList),
	"readLookup":            reads(readLookup),
	"readPassList":          reads(readPassList),
	"readProviderList":      reads(readProviderList),
	"readSpaBooking":        reads(readSpaBooking),
	"readSpaCopayPurchase":  reads(readSpaCopayPurchase),
	"readSpaCopayQuote":     reads(readSpaCopayQuote),
	"readVerifiedLookup":    reads(readVerifiedLookup),
}

// What a reader does not take is read by encoding/json all the same, and so
// would pass unseen.
func TestReadersTakeWholeAnswers(t *testing.T) {
	source, err := os.ReadFile("zz_responses.gen.go")
	require.NoError(t, err)
	used := regexp.MustCompile(`wire\.DecodeBy\(body, (\w+)\)`).FindAllSubmatch(source, -1)
	require.Len(t, used, len(gen.Operations())+1, "each operation's answer, and the error")
	for _, match := range used {
		assert.Contains(t, readers, string(match[1]))
	}
	for name, test := range readers {
		t.Run(name, test)
	}
}

// reads has the reader read a document with a value in every field, and one
// with nulls and with fields of tomorrow. A reader that gave up would read it
// twice.
func reads[T any](read func(*wire.Reader, *T)) func(t *testing.T) {
	return func(t *testing.T) {
		var want T
		n := 0
		fill(reflect.ValueOf(&want).Elem(), &n)
		full, err := json.Marshal(want)
		require.NoError(t, err)
		var fields map[string]any
		require.NoError(t, json.Unmarshal(full, &fields))
		require.Len(t, fields, reflect.TypeFor[T]().NumField())
		for name := range fields {
			fields[name] = nil
		}
		fields["tomorrow_1"] = []any{map[string]any{"A": "é"}, 1.5, true, nil}
		empty, err := json.Marshal(fields)
		require.NoError(t, err)

		readings := 0
		counted := func(r *wire.Reader, v *T) {
			readings++
			read(r, v)
		}
		got, drift, err := wire.DecodeBy(full, counted)
		require.NoError(t, err)
		assert.Empty(t, drift)
		assert.Equal(t, want, *got)
		assert.Equal(t, 1, readings)

		got, drift, err = wire.DecodeBy(empty, read)
		assert.Empty(t, drift)
		assert.Zero(t, *got)
		if _, isError := any(got).(*errorResponse); isError {
			require.NoError(t, err)
			return
		}
		var lacking *wire.IncompleteError
		require.ErrorAs(t, err, &lacking)
		for _, field := range lacking.Fields {
			assert.Contains(t, fields, field)
		}
	}
}

// tagOf is the tag of a type's objects: its name, as the API writes it, save
// for some.
func tagOf(of reflect.Type) string {
	name, _, generic := strings.Cut(of.Name(), "[")
	switch {
	case generic:
		return "list"
	case name == "ClientProfile":
		return "client"
	case name == "VerifiedLookup":
		return "lookup"
	case name == "ClassBooking", name == "SpaBooking":
		name += "Initiation"
	}
	return strings.ToLower(regexp.MustCompile(`(.)([A-Z])`).ReplaceAllString(name, "${1}_$2"))
}

// fill puts another value into every field, two into every list.
func fill(v reflect.Value, n *int) {
	*n++
	switch of := v.Addr().Interface().(type) {
	case *json.Number:
		*of = json.Number(strconv.Itoa(*n) + ".50")
		return
	case *time.Time:
		*of = time.Unix(1746700000+int64(*n), 0).UTC()
		return
	}
	switch v.Kind() { //nolint:exhaustive // the models have no others: they panic
	case reflect.String:
		v.SetString("text " + strconv.Itoa(*n))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field, n)
		}
		if tag := v.FieldByName("Object"); tag.IsValid() {
			tag.SetString(tagOf(v.Type()))
		}
	default:
		panic(v.Type().String())
	}
}
