package bardge

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/assert/yaml"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// What a reader does not take is read by encoding/json all the same, and so
// would pass unseen.
func TestReadersTakeWholeAnswers(t *testing.T) {
	for id, row := range parsers {
		t.Run(string(id), row.reads)
	}
	t.Run("error", reads(readErrorResponse))
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
		got, drift, err := wire.DecodeBy(full, counted, nil)
		require.NoError(t, err)
		assert.Empty(t, drift)
		assert.Equal(t, want, *got)
		assert.Equal(t, 1, readings)

		got, drift, err = wire.DecodeBy(empty, read, nil)
		kinds := map[string]int{}
		for _, d := range drift {
			kinds[d.Kind]++
		}
		assert.Len(t, kinds, 2, "%v", drift)
		assert.Equal(t, 1, kinds[wire.DriftUnknownField])
		assert.Positive(t, kinds[wire.DriftMissingField])
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
	case name == "BookingState":
		return "booking_status"
	case name == "ServiceDetail":
		return "service"
	case name == "VerifiedLookup":
		return "lookup"
	case name == "ClassBooking", name == "SpaBooking":
		name += "Initiation"
	}
	return strings.ToLower(regexp.MustCompile(`(.)([A-Z])`).ReplaceAllString(name, "${1}_$2"))
}

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
		if values := enums[v.Type()]; values != nil {
			v.SetString(values[*n%len(values)])
		}
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

var enums = map[reflect.Type][]string{
	reflect.TypeFor[BookingStatus]():         valuesBookingStatus,
	reflect.TypeFor[BookingType]():           valuesBookingType,
	reflect.TypeFor[CreditTransactionType](): valuesCreditTransactionType,
	reflect.TypeFor[errorCode]():             valuesErrorCode,
	reflect.TypeFor[errorType]():             valuesErrorType,
	reflect.TypeFor[IssuedPassStatus]():      valuesIssuedPassStatus,
	reflect.TypeFor[PassDuration]():          valuesPassDuration,
	reflect.TypeFor[PaymentModel]():          valuesPaymentModel,
	reflect.TypeFor[ProviderCategory]():      valuesProviderCategory,
	reflect.TypeFor[ProviderTier]():          valuesProviderTier,
}

var bodies = map[string]interface{ missing() []missingField }{
	"BookClassParams":              BookClassParams{},
	"BookSpaParams":                BookSpaParams{},
	"ConfirmClassParams":           ConfirmClassParams{},
	"GenerateAccessCodeParams":     GenerateAccessCodeParams{},
	"InitiateLookupParams":         InitiateLookupParams{},
	"IssuePassParams":              IssuePassParams{},
	"PurchaseCopayParams":          PurchaseCopayParams{},
	"PurchaseCreditsParams":        PurchaseCreditsParams{},
	"PurchaseGymCopayParams":       PurchaseGymCopayParams{},
	"PurchaseSpaCopayParams":       PurchaseSpaCopayParams{},
	"QuoteSpaCopayParams":          QuoteSpaCopayParams{},
	"RescheduleBookingParams":      RescheduleBookingParams{},
	"ConfirmAccessCodeParams":      ConfirmAccessCodeParams{},
	"UpdateIssuedPassExpiryParams": UpdateIssuedPassExpiryParams{},
	"UpdateIssuedPassParams":       UpdateIssuedPassParams{},
	"VerifyLookupParams":           VerifyLookupParams{},
}

// Empty params lack what the contract requires of them, save numbers and bools,
// whose zero may be meant. There is none of these yet.
func TestEmptyParamsLackWhatTheContractRequires(t *testing.T) {
	text, err := os.ReadFile("gen/openapi.yaml")
	require.NoError(t, err)
	var contract struct {
		Components struct {
			Schemas map[string]struct {
				Name       string `yaml:"x-go-name"`
				Request    bool   `yaml:"x-request"`
				Required   []string
				Properties map[string]struct{ Type, Format string }
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &contract))
	requests := 0
	for _, schema := range contract.Components.Schemas {
		if !schema.Request {
			continue
		}
		requests++
		require.Contains(t, bodies, schema.Name)
		want := slices.DeleteFunc(slices.Clone(schema.Required), func(name string) bool {
			p := schema.Properties[name]
			return p.Format == "" && (p.Type == "integer" || p.Type == "number" || p.Type == "boolean")
		})
		var have []string
		for _, field := range bodies[schema.Name].missing() {
			have = append(have, field.name)
			assert.Contains(t, field.param, schema.Name+".")
		}
		assert.ElementsMatch(t, want, have, schema.Name)
	}
	assert.Len(t, bodies, requests)
}

var parsers = map[gen.OperationID]codec{
	gen.OpGenerateAccessCode:      parsing(parseGenerateAccessCodeResponse, readAccessCode),
	gen.OpBookClass:               parsing(parseBookClassResponse, readClassBooking),
	gen.OpConfirmClassBooking:     parsing(parseConfirmClassBookingResponse, readBooking),
	gen.OpBookSpa:                 parsing(parseBookSpaResponse, readSpaBooking),
	gen.OpConfirmSpaBooking:       parsing(parseConfirmSpaBookingResponse, readBooking),
	gen.OpGetBookingStatus:        parsing(parseGetBookingStatusResponse, readBookingState),
	gen.OpCancelBooking:           parsing(parseCancelBookingResponse, readBooking),
	gen.OpListClassCategories:     parsing(parseListClassCategoriesResponse, readClassCategoryList),
	gen.OpListClasses:             parsing(parseListClassesResponse, readClassList),
	gen.OpGetClass:                parsing(parseGetClassResponse, readClass),
	gen.OpGetClient:               parsing(parseGetClientResponse, readClientProfile),
	gen.OpListClientBookings:      parsing(parseListClientBookingsResponse, readBookingList),
	gen.OpGetClientCredits:        parsing(parseGetClientCreditsResponse, readClientCredits),
	gen.OpPurchaseCopay:           parsing(parsePurchaseCopayResponse, readCopayPurchase),
	gen.OpListCreditPackages:      parsing(parseListCreditPackagesResponse, readCreditPackageList),
	gen.OpPurchaseCredits:         parsing(parsePurchaseCreditsResponse, readCreditPurchase),
	gen.OpPurchaseGymCopay:        parsing(parsePurchaseGymCopayResponse, readGymCopayPurchase),
	gen.OpIssuePass:               parsing(parseIssuePassResponse, readIssuedPass),
	gen.OpUpdateIssuedPass:        parsing(parseUpdateIssuedPassResponse, readIssuedPassMessage),
	gen.OpGetIssuedPass:           parsing(parseGetIssuedPassResponse, readIssuedPass),
	gen.OpUpdateIssuedPassExpiry:  parsing(parseUpdateIssuedPassExpiryResponse, readIssuedPassMessage),
	gen.OpListIssuers:             parsing(parseListIssuersResponse, readIssuerList),
	gen.OpInitiateLookup:          parsing(parseInitiateLookupResponse, readLookup),
	gen.OpVerifyLookup:            parsing(parseVerifyLookupResponse, readVerifiedLookup),
	gen.OpListPasses:              parsing(parseListPassesResponse, readPassList),
	gen.OpListPassProviders:       parsing(parseListPassProvidersResponse, readProviderList),
	gen.OpListProviders:           parsing(parseListProvidersResponse, readProviderList),
	gen.OpQuoteSpaCopay:           parsing(parseQuoteSpaCopayResponse, readSpaCopayQuote),
	gen.OpListGymCopayOptions:     parsing(parseListGymCopayOptionsResponse, readCopayOptionList),
	gen.OpPurchaseSpaCopay:        parsing(parsePurchaseSpaCopayResponse, readSpaCopayPurchase),
	gen.OpRescheduleBooking:       parsing(parseRescheduleBookingResponse, readBooking),
	gen.OpConfirmAccessCode:       parsing(parseConfirmAccessCodeResponse, readAccessCodeSession),
	gen.OpListProviderServices:    parsing(parseListProviderServicesResponse, readServiceDetailList),
	gen.OpGetProviderAvailability: parsing(parseGetProviderAvailabilityResponse, readAvailability),
}

// codec is an operation's parser, and the test of the reader that it uses.
type codec struct {
	parse func(body []byte) (any, []wire.Drift, error)
	both  func(body []byte, seen *wire.Seen) (any, []wire.Drift, error) // nil: the fast reading goes first
	reads func(t *testing.T)
}

func parsing[T any](parse parser[T], read func(*wire.Reader, *T)) codec {
	both := func(body []byte, seen *wire.Seen) (any, []wire.Drift, error) {
		value, drift, err := parse(body, seen)
		if value == nil {
			return nil, drift, err
		}
		return value, drift, err
	}
	return codec{reads: reads(read), both: both, parse: func(body []byte) (any, []wire.Drift, error) {
		return both(body, nil)
	}}
}

func TestEachOperationHasAParser(t *testing.T) {
	for _, op := range gen.Operations() {
		assert.Contains(t, parsers, op.ID)
	}
}

func TestExampleTimestampsAreReadInTheUnitOfTheirResource(t *testing.T) {
	pass, _, err := parseIssuePassResponse(readExample(t, "issued_pass.json"), nil)
	require.NoError(t, err)
	assert.Equal(t, time.Date(2025, 5, 8, 10, 26, 40, 0, time.UTC), pass.Created)
	assert.Equal(t, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), pass.ExpiresAt)

	booking, _, err := parseBookClassResponse(readExample(t, "class_booking_initiation.json"), nil)
	require.NoError(t, err)
	assert.Equal(t, time.Date(2025, 5, 20, 7, 0, 0, 0, time.UTC), booking.ScheduledFor)
}

// The vendor's own examples are whole, and prove that they are the API's own.
func TestR26_TheVendorsExamplesProveThemselves(t *testing.T) {
	for file, op := range map[string]gen.OperationID{
		"pass_list.json": gen.OpListPasses, "issued_pass.json": gen.OpIssuePass,
		"class_booking_initiation.json": gen.OpBookClass, "class_booking.json": gen.OpConfirmClassBooking,
		"spa_booking.json": gen.OpConfirmSpaBooking, "client_credits.json": gen.OpGetClientCredits,
	} {
		proof, complete := shapeOf(op).Prove(readExample(t, file))
		assert.Equal(t, wire.ProvesExecution, proof, file)
		assert.True(t, complete, file)
	}
}

func TestEnumsCompareInAnyLetterCase(t *testing.T) {
	pass, _, err := parseListPassesResponse([]byte(`{"data":[{"id":"p1","duration":"monthly","payment_model":"BARTER"}]}`), nil)
	require.NoError(t, err, "unknown values are fine")
	assert.True(t, pass.Data[0].Duration.Is(PassDurationMonthly))
	assert.False(t, pass.Data[0].Duration.Is(PassDurationAnnually))
	assert.Equal(t, PaymentModel("BARTER"), pass.Data[0].PaymentModel)
	for name, same := range map[string]func(value, other string) bool{
		"BookingStatus":         func(v, o string) bool { return BookingStatus(v).Is(BookingStatus(o)) },
		"BookingType":           func(v, o string) bool { return BookingType(v).Is(BookingType(o)) },
		"CreditTransactionType": func(v, o string) bool { return CreditTransactionType(v).Is(CreditTransactionType(o)) },
		"IssuedPassStatus":      func(v, o string) bool { return IssuedPassStatus(v).Is(IssuedPassStatus(o)) },
		"PaymentModel":          func(v, o string) bool { return PaymentModel(v).Is(PaymentModel(o)) },
		"ProviderCategory":      func(v, o string) bool { return ProviderCategory(v).Is(ProviderCategory(o)) },
		"ProviderTier":          func(v, o string) bool { return ProviderTier(v).Is(ProviderTier(o)) },
	} {
		assert.True(t, same("Active", "ACTIVE"), name)
		assert.False(t, same("active", "activated"), name)
	}
}

func TestAmountsKeepTheirDigits(t *testing.T) {
	credits, _, err := parseGetClientCreditsResponse([]byte(`{"balance":12.50,"transactions":[{"amount":"3"}]}`), nil)
	require.NoError(t, err)
	assert.Equal(t, "12.50", credits.Balance.String())
	assert.Equal(t, "3", credits.Transactions[0].Amount.String())
}

func TestParsersRefuseWhatIsNoObject(t *testing.T) {
	for id := range parsers {
		for _, body := range []string{``, `null`, `[]`, `"text"`, `<html>`, `{"id":`} {
			value, _, err := parsers[id].parse([]byte(body))
			assert.Nil(t, value, id)
			var decodeErr *wire.DecodeError
			require.ErrorAs(t, err, &decodeErr, id)
		}
	}
	_, _, err := parseErrorResponse([]byte(`<html>`))
	assert.Error(t, err)
}

const essential = `"id":"x1","access_code":"x2","lookup_token":"x3","session_id":"x4","copay_purchase_id":"x5",` +
	`"balance":6,"amount":7,"data":[],"provider_id":"x5","slots":[]`

func TestR24_UnknownFieldsAndValuesNeverFail(t *testing.T) {
	for id := range parsers {
		for _, body := range []string{
			`{` + essential + `}`, `{` + essential + `,"status":"NEW","surprise":{"a":[1]},"message":null}`,
		} {
			value, drift, err := parsers[id].parse([]byte(body))
			require.NoError(t, err, id)
			assert.False(t, slices.ContainsFunc(drift, wire.Drift.Loses), id)
			assert.NotNil(t, value, id)
			proof, complete := shapeOf(id).Prove([]byte(body))
			assert.Equal(t, wire.ProvesExecution, proof, id)
			assert.True(t, complete, id)
		}
	}
	assert.Nil(t, shapeOf("none"))
}

// What is read and what proves are the same rules.
func TestR27_EachAnswerHasSomethingThatIsEssential(t *testing.T) {
	for id := range parsers {
		shape := shapeOf(id)
		for name, body := range map[string]string{
			"nothing":                "",
			"what a gateway says":    `"message":"scheduled maintenance","status":"down","type":"about:blank"`,
			"empty values":           strings.NewReplacer(`"x`, `"`, "1", "", "2", "", "3", "", "4", "", "5", "", ":6", ":null", ":7", ":null", "[]", "null").Replace(essential),
			"values of another type": strings.NewReplacer(`"x1"`, "{}", `"x2"`, "[]", `"x3"`, "true", `"x4"`, "{}", `"x5"`, "{}", ":6", ":[]", ":7", ":{}", "[]", "{}").Replace(essential),
		} {
			value, _, err := parsers[id].parse([]byte("{" + body + "}"))
			var lacking *wire.IncompleteError
			require.ErrorAs(t, err, &lacking, "%s: %s", id, name)
			assert.NotEmpty(t, lacking.Fields)
			assert.NotNil(t, value, id)
			proof, complete := shape.Prove([]byte("{" + body + "}"))
			if name != "values of another type" { // the names differ all the same
				assert.Equal(t, wire.ProvesNothing, proof, "%s: %s", id, name)
			}
			assert.NotEqual(t, wire.ProvesExecution, proof, "%s: %s", id, name)
			assert.False(t, complete)
			for _, tag := range shape.Tags.Own {
				proof, complete := shape.Prove([]byte(`{"object":"` + tag + `"}`))
				assert.Equal(t, wire.ProvesExecution, proof, id)
				assert.False(t, complete)
			}
		}
	}
}

func TestR26_TheTagOfAnotherTypeContradicts(t *testing.T) {
	for id := range parsers {
		tags := map[string]bool{}
		for _, own := range shapeOf(id).Tags.Own {
			tags[own] = true
		}
		for _, other := range []string{"list", "error", "booking", "issued_pass", "copay_option"} {
			if tags[other] || len(tags) == 0 {
				continue
			}
			body := []byte(`{"object":"` + other + `",` + essential + `}`)
			proof, _ := shapeOf(id).Prove(body)
			assert.Equal(t, wire.ProvesOther, proof, "%s: %s", id, other)
			_, _, err := parsers[id].parse(body)
			assert.Error(t, err, "%s: %s", id, other)
		}
	}
}

func TestErrorObjectIsRead(t *testing.T) {
	got, _, err := parseErrorResponse(readExample(t, "error.json"))
	require.NoError(t, err)
	assert.Equal(t, errorDetail{
		Type:      errorTypeInvalidRequestError,
		Code:      errorCodePassNotFound,
		Message:   "No pass exists with id pass_01H8XYZ.",
		RequestID: "req_01H8XYZABCDE",
	}, got.Error)
}

func readExample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("gen", "testdata", name))
	require.NoError(t, err)
	return data
}

// ShapeOf is how the response of an operation is recognised.
var ShapeOf = shapeOf
