package wire_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

type deadline struct{ At, For time.Time }

var deadlineType = &wire.Type{Name: "Deadline", Fields: []wire.Field{{Name: "at", Want: "time"}, {Name: "for", Want: "time"}}}

func readDeadline(r *wire.Reader, v *deadline) {
	for name, ok := r.Object(deadlineType); ok; name, ok = r.Next() {
		switch string(name) {
		case "at":
			wire.ReadMillis(r, &v.At)
		case "for":
			wire.ReadSeconds(r, &v.For)
		default:
			r.Skip(name)
		}
	}
}

// A time in the other unit is read as what it means, and is drift.
func TestTimesInAnotherUnitAreDrift(t *testing.T) {
	want := time.Date(2025, 5, 8, 10, 26, 40, 0, time.UTC)
	seconds := wire.Drift{Kind: wire.DriftType, Path: "at", Field: "Deadline.at", Want: "milliseconds", Got: "seconds", Kept: true}
	millis := wire.Drift{Kind: wire.DriftType, Path: "for", Field: "Deadline.for", Want: "seconds", Got: "milliseconds", Kept: true}
	for body, row := range map[string]struct {
		want  deadline
		drift []wire.Drift
	}{
		`{"at":1746700000000,"for":1746700000}`: {want: deadline{want, want}},
		`{"at":1746700000,"for":1746700000000}`: {want: deadline{want, want}, drift: []wire.Drift{seconds, millis}},
		`{"at":1746700000.0}`:                   {want: deadline{At: want}, drift: []wire.Drift{seconds}},
		`{"at":0,"for":0}`:                      {},
		`{"at":-1}`:                             {want: deadline{At: time.Unix(-1, 0).UTC()}, drift: []wire.Drift{seconds}},
	} {
		got, drift, err := wire.DecodeBy([]byte(body), readDeadline, nil)
		require.NoError(t, err, body)
		assert.Equal(t, &row.want, got, body)
		assert.Equal(t, row.drift, drift, body)
	}
}
