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
	pass, err := gen.ParseIssuePassResponse(readExample(t, "issued_pass.json"))
	require.NoError(t, err)
	assert.Equal(t, time.Date(2025, 5, 8, 10, 26, 40, 0, time.UTC), pass.Created.Time)
	assert.Equal(t, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), pass.ExpiresAt.Time)

	booking, err := gen.ParseBookClassResponse(readExample(t, "class_booking_initiation.json"))
	require.NoError(t, err)
	assert.Equal(t, time.Date(2025, 5, 20, 7, 0, 0, 0, time.UTC), booking.ScheduledFor.Time)
}

func TestEnumsCompareInAnyLetterCase(t *testing.T) {
	pass, err := gen.ParseListPassesResponse([]byte(`{"data":[{"duration":"monthly","payment_model":"BARTER"}]}`))
	require.NoError(t, err, "unknown values are fine")
	assert.True(t, pass.Data[0].Duration.Is(gen.PassDurationMonthly))
	assert.False(t, pass.Data[0].Duration.Is(gen.PassDurationAnnually))
	assert.Equal(t, gen.PaymentModel("BARTER"), pass.Data[0].PaymentModel)
}

func TestAmountsKeepTheirDigits(t *testing.T) {
	credits, err := gen.ParseGetClientCreditsResponse([]byte(`{"balance":12.50,"transactions":[{"amount":"3"}]}`))
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
