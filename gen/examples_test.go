package gen_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// The files are the vendor's own examples.
var examples = map[string]func() any{
	"pass.json":                     func() any { return new(gen.Pass) },
	"pass_list.json":                func() any { return new(gen.PassList) },
	"issued_pass.json":              func() any { return new(gen.IssuedPass) },
	"book_class_request.json":       func() any { return new(gen.BookClassParams) },
	"class_booking_initiation.json": func() any { return new(gen.ClassBooking) },
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

func readExample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}
