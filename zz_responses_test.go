package bardge

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// parsers read the responses of all operations.
var parsers = map[gen.OperationID]func([]byte) (any, []string, error){
	gen.OpGenerateAccessCode:     parsing(parseGenerateAccessCodeResponse),
	gen.OpBookClass:              parsing(parseBookClassResponse),
	gen.OpConfirmClassBooking:    parsing(parseConfirmClassBookingResponse),
	gen.OpBookSpa:                parsing(parseBookSpaResponse),
	gen.OpConfirmSpaBooking:      parsing(parseConfirmSpaBookingResponse),
	gen.OpGetBookingStatus:       parsing(parseGetBookingStatusResponse),
	gen.OpCancelBooking:          parsing(parseCancelBookingResponse),
	gen.OpListClassCategories:    parsing(parseListClassCategoriesResponse),
	gen.OpListClasses:            parsing(parseListClassesResponse),
	gen.OpGetClass:               parsing(parseGetClassResponse),
	gen.OpGetClient:              parsing(parseGetClientResponse),
	gen.OpListClientBookings:     parsing(parseListClientBookingsResponse),
	gen.OpGetClientCredits:       parsing(parseGetClientCreditsResponse),
	gen.OpPurchaseCopay:          parsing(parsePurchaseCopayResponse),
	gen.OpListCreditPackages:     parsing(parseListCreditPackagesResponse),
	gen.OpPurchaseCredits:        parsing(parsePurchaseCreditsResponse),
	gen.OpPurchaseGymCopay:       parsing(parsePurchaseGymCopayResponse),
	gen.OpIssuePass:              parsing(parseIssuePassResponse),
	gen.OpUpdateIssuedPass:       parsing(parseUpdateIssuedPassResponse),
	gen.OpGetIssuedPass:          parsing(parseGetIssuedPassResponse),
	gen.OpUpdateIssuedPassExpiry: parsing(parseUpdateIssuedPassExpiryResponse),
	gen.OpListIssuers:            parsing(parseListIssuersResponse),
	gen.OpInitiateLookup:         parsing(parseInitiateLookupResponse),
	gen.OpVerifyLookup:           parsing(parseVerifyLookupResponse),
	gen.OpListPasses:             parsing(parseListPassesResponse),
	gen.OpListPassProviders:      parsing(parseListPassProvidersResponse),
	gen.OpListProviders:          parsing(parseListProvidersResponse),
	gen.OpQuoteSpaCopay:          parsing(parseQuoteSpaCopayResponse),
	gen.OpListGymCopayOptions:    parsing(parseListGymCopayOptionsResponse),
	gen.OpPurchaseSpaCopay:       parsing(parsePurchaseSpaCopayResponse),
}

func parsing[T any](parse parser[T]) func([]byte) (any, []string, error) {
	return func(body []byte) (any, []string, error) {
		value, drift, err := parse(body)
		if value == nil {
			return nil, drift, err
		}
		return value, drift, err
	}
}

func TestEachOperationHasAParser(t *testing.T) {
	for _, op := range gen.Operations() {
		assert.Contains(t, parsers, op.ID)
	}
}

func TestExampleTimestampsAreReadInTheUnitOfTheirResource(t *testing.T) {
	pass, _, err := parseIssuePassResponse(readExample(t, "issued_pass.json"))
	require.NoError(t, err)
	assert.Equal(t, time.Date(2025, 5, 8, 10, 26, 40, 0, time.UTC), pass.Created)
	assert.Equal(t, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), pass.ExpiresAt)

	booking, _, err := parseBookClassResponse(readExample(t, "class_booking_initiation.json"))
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
	pass, _, err := parseListPassesResponse([]byte(`{"data":[{"id":"p1","duration":"monthly","payment_model":"BARTER"}]}`))
	require.NoError(t, err, "unknown values are fine")
	assert.True(t, pass.Data[0].Duration.Is(PassDurationMonthly))
	assert.False(t, pass.Data[0].Duration.Is(PassDurationAnnually))
	assert.Equal(t, PaymentModel("BARTER"), pass.Data[0].PaymentModel)
}

func TestAmountsKeepTheirDigits(t *testing.T) {
	credits, _, err := parseGetClientCreditsResponse([]byte(`{"balance":12.50,"transactions":[{"amount":"3"}]}`))
	require.NoError(t, err)
	assert.Equal(t, "12.50", credits.Balance.String())
	assert.Equal(t, "3", credits.Transactions[0].Amount.String())
}

func TestParsersRefuseWhatIsNoObject(t *testing.T) {
	for id, parse := range parsers {
		for _, body := range []string{``, `null`, `[]`, `"text"`, `<html>`, `{"id":`} {
			value, _, err := parse([]byte(body))
			assert.Nil(t, value, id)
			var decodeErr *wire.DecodeError
			require.ErrorAs(t, err, &decodeErr, id)
		}
	}
	_, _, err := parseErrorResponse([]byte(`<html>`))
	assert.Error(t, err)
}

// essential is what is essential in the answers of all operations.
const essential = `"id":"x1","access_code":"x2","lookup_token":"x3","session_id":"x4","copay_purchase_id":"x5",` +
	`"balance":6,"amount":7,"data":[]`

func TestR24_UnknownFieldsAndValuesNeverFail(t *testing.T) {
	for id, parse := range parsers {
		for _, body := range []string{
			`{` + essential + `}`, `{` + essential + `,"status":"NEW","surprise":{"a":[1]},"message":null}`,
		} {
			value, drift, err := parse([]byte(body))
			require.NoError(t, err, id)
			assert.Empty(t, drift, id)
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
	for id, parse := range parsers {
		shape := shapeOf(id)
		for name, body := range map[string]string{
			"nothing":                "",
			"what a gateway says":    `"message":"scheduled maintenance","status":"down","type":"about:blank"`,
			"empty values":           strings.NewReplacer(`"x`, `"`, "1", "", "2", "", "3", "", "4", "", "5", "", ":6", ":null", ":7", ":null", "[]", "null").Replace(essential),
			"values of another type": strings.NewReplacer(`"x1"`, "{}", `"x2"`, "[]", `"x3"`, "true", `"x4"`, "{}", `"x5"`, "{}", ":6", ":[]", ":7", ":{}", "[]", "{}").Replace(essential),
		} {
			value, _, err := parse([]byte("{" + body + "}"))
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
	for id, parse := range parsers {
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
			_, _, err := parse(body)
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
