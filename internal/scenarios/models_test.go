package scenarios

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

// examples are the vendor's own, as its pages show them.
var examples = map[string]any{
	"pass.json":                     bardge.Pass{},
	"pass_list.json":                bardge.List[bardge.Pass]{},
	"issued_pass.json":              bardge.IssuedPass{},
	"book_class_request.json":       bardge.BookClassParams{},
	"class_booking_initiation.json": bardge.ClassBooking{},
	"confirm_class_request.json":    bardge.ConfirmClassParams{},
	"class_booking.json":            bardge.Booking{},
	"spa_booking.json":              bardge.Booking{},
	"client_credits.json":           bardge.ClientCredits{},
}

// A program may store a model, and read what Recover returns, with
// encoding/json.
func TestModelsAreReadAndWrittenAsTheAPIDoes(t *testing.T) {
	for file, model := range examples {
		t.Run(file, func(t *testing.T) {
			example, err := os.ReadFile(filepath.Join("..", "..", "gen", "testdata", file))
			require.NoError(t, err)
			read := reflect.New(reflect.TypeOf(model))
			require.NoError(t, json.Unmarshal(example, read.Interface()))
			for _, v := range []any{read.Interface(), read.Elem().Interface()} {
				written, err := json.Marshal(v)
				require.NoError(t, err)
				assert.JSONEq(t, string(example), string(written))
			}
		})
	}
}

func TestTimesOfModelsInJSON(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 123e6, time.UTC)
	for want, model := range map[string]any{
		`{"expires_at":1777636800123}`:       bardge.UpdateIssuedPassExpiryParams{ExpiresAt: at},
		`{}`:                                 bardge.UpdateIssuedPassExpiryParams{},
		`{"id":"<b1>","created":1777636800}`: bardge.Booking{ID: "<b1>", Created: at},
		`{"data":[{"id":"p1","created":1777636800123}],"has_more":false}`: bardge.List[bardge.Pass]{Data: []bardge.Pass{{ID: "p1", Created: at}}},
	} {
		text, err := json.Marshal(model)
		require.NoError(t, err)
		assert.JSONEq(t, want, string(text))
	}

	kept := bardge.Booking{ID: "b1", Created: at}
	require.NoError(t, json.Unmarshal([]byte(`{"date":"2026-05-01","scheduled_for":"2026-05-01T12:00:00Z"}`), &kept))
	assert.Equal(t, bardge.Booking{ID: "b1", Created: at, Date: "2026-05-01", ScheduledFor: at.Truncate(time.Second)}, kept)
	require.NoError(t, json.Unmarshal([]byte(`{"created":null}`), &kept))
	assert.Equal(t, at, kept.Created, "null leaves a time as it was")
	assert.Error(t, json.Unmarshal([]byte(`{"created":"soon"}`), &kept))
}
