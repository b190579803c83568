package gen_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/wire"
)

// The files are the vendor's own examples, as its pages show them.
var examples = map[string]func() any{
	"pass.json":                     func() any { return new(gen.Pass) },
	"pass_list.json":                func() any { return new(gen.PassList) },
	"issued_pass.json":              func() any { return new(gen.IssuedPass) },
	"book_class_request.json":       func() any { return new(gen.BookClassParams) },
	"class_booking_initiation.json": func() any { return new(gen.ClassBookingInitiation) },
	"confirm_class_request.json":    func() any { return new(gen.ConfirmClassParams) },
	"class_booking.json":            func() any { return new(gen.Booking) },
	"spa_booking.json":              func() any { return new(gen.Booking) },
	"client_credits.json":           func() any { return new(gen.ClientCredits) },
	"error.json":                    func() any { return new(gen.ErrorResponse) },
}

func TestExamplesDecodeStrictlyAndComeBackEqual(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(examples))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			example := readExample(t, filepath.Base(file))
			value := examples[filepath.Base(file)]()

			strict := json.NewDecoder(bytes.NewReader(example))
			strict.DisallowUnknownFields()
			require.NoError(t, strict.Decode(value))

			again, err := wire.Encode(value)
			require.NoError(t, err)
			assert.JSONEq(t, string(example), string(again))
		})
	}
}

func TestExampleTimestampsAreReadInTheUnitOfTheirResource(t *testing.T) {
	pass, _, err := gen.ParseIssuePassResponse(readExample(t, "issued_pass.json"))
	require.NoError(t, err)
	assert.Equal(t, time.Date(2025, 5, 8, 10, 26, 40, 0, time.UTC), pass.Created.Time)
	assert.Equal(t, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), pass.ExpiresAt.Time)

	booking, _, err := gen.ParseBookClassResponse(readExample(t, "class_booking_initiation.json"))
	require.NoError(t, err)
	assert.Equal(t, time.Date(2025, 5, 20, 7, 0, 0, 0, time.UTC), booking.ScheduledFor.Time)
}

// The vendor's own examples are whole, and prove that they are the API's own.
func TestR26_TheVendorsExamplesProveThemselves(t *testing.T) {
	for file, op := range map[string]gen.OperationID{
		"pass_list.json": gen.OpListPasses, "issued_pass.json": gen.OpIssuePass,
		"class_booking_initiation.json": gen.OpBookClass, "class_booking.json": gen.OpConfirmClassBooking,
		"spa_booking.json": gen.OpConfirmSpaBooking, "client_credits.json": gen.OpGetClientCredits,
	} {
		proof, complete := op.Shape().Prove(readExample(t, file))
		assert.Equal(t, wire.ProvesExecution, proof, file)
		assert.True(t, complete, file)
	}
}

func TestEnumsCompareInAnyLetterCase(t *testing.T) {
	pass, _, err := gen.ParseListPassesResponse([]byte(`{"data":[{"id":"p1","duration":"monthly","payment_model":"BARTER"}]}`))
	require.NoError(t, err, "unknown values are fine")
	assert.True(t, pass.Data[0].Duration.Is(gen.PassDurationMonthly))
	assert.False(t, pass.Data[0].Duration.Is(gen.PassDurationAnnually))
	assert.Equal(t, gen.PaymentModel("BARTER"), pass.Data[0].PaymentModel)
}

func TestAmountsKeepTheirDigits(t *testing.T) {
	credits, _, err := gen.ParseGetClientCreditsResponse([]byte(`{"balance":12.50,"transactions":[{"amount":"3"}]}`))
	require.NoError(t, err)
	assert.Equal(t, "12.50", credits.Balance.String())
	assert.Equal(t, "3", credits.Transactions[0].Amount.String())
}

func readExample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}
