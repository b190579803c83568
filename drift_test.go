package bardge

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Each allocation is the value's own: its struct, a text or a list of it, and
// the reader.
const allocationsOfAPass = 16

func TestAResponseThatFitsCostsNoAllocation(t *testing.T) {
	body, err := os.ReadFile("gen/testdata/issued_pass.json")
	require.NoError(t, err)
	_, drift, err := parseIssuePassResponse(body, nil)
	require.NoError(t, err)
	require.Empty(t, drift)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		_, _, _ = parseIssuePassResponse(body, nil)
	}), float64(allocationsOfAPass))

	op := rows[gen.OpIssuePass]
	in := idem.Inspection{
		Operation: &op, Attempts: []idem.Attempt{{Status: 201}}, Executed: true,
		Response: &idem.Response{Status: 201, Body: body, Header: http.Header{
			requestIDHeader: {"req_1"}, contentTypeHeader: {jsonMedia},
		}},
	}
	hold := inspector(func(text string) string { return text })
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if hold.inspect(in) != nil {
			t.Error("it differs")
		}
	}))
}

const leak = "s3cret"

// fieldNames returns the contract's names, and some that it does not have.
// A retry after a status of an outage costs nothing more for its drift, which
// calls share without seeing what others add.
func TestTheDriftOfAStatusIsShared(t *testing.T) {
	after := func(statuses ...int) []Drift {
		attempts := make([]idem.Attempt, len(statuses))
		for i, status := range statuses {
			attempts[i].Status = status
		}
		return statusDrift(&idem.Operation{Success: []int{201}}, attempts)
	}
	unavailable, limited := newStatusDrift(503), newStatusDrift(429)
	assert.Equal(t, []Drift{unavailable, limited}, after(503, 201, 429, 503, 409))
	assert.Equal(t, []Drift{unavailable}, after(503))
	assert.Equal(t, []Drift{newStatusDrift(-1), newStatusDrift(1000)}, after(-1, 1000, 999)[:2])
	_ = append(after(503), limited)
	assert.Len(t, after(503), 1)
	attempts := []idem.Attempt{{Status: 503}, {Status: 201}}
	op := &idem.Operation{Success: []int{201}}
	assert.Zero(t, testing.AllocsPerRun(100, func() { statusDrift(op, attempts) }))
}

func fieldNames() []string {
	names := []string{"ID", "Status", "extra", "x-y", "", leak + " name", "49151234", "ſtatus"}
	for _, of := range contractTypes {
		for _, f := range of.Fields {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// drawValue draws a JSON value whose texts are recognised.
func drawValue(t *rapid.T, depth int) any {
	kinds := 9
	if depth == 0 {
		kinds = 7
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return rapid.Int64Range(-5, 2_000_000_000_000).Draw(t, "integer")
	case 3:
		return rapid.Float64Range(-1e6, 1e6).Draw(t, "number")
	case 4:
		return rapid.SampledFrom([]string{"", "ACTIVE", "active", "booking", "list", "12.50", "7", "2025-05-08"}).Draw(t, "text")
	case 5, 6:
		return leak + rapid.SampledFrom([]string{"", ":code", "_type"}).Draw(t, "leak")
	case 7:
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return drawValue(t, depth-1) }), 0, 3).Draw(t, "list")
	default:
		return drawObject(t, depth-1)
	}
}

var allNames = fieldNames()

func drawObject(t *rapid.T, depth int) map[string]any {
	object := map[string]any{}
	for range rapid.IntRange(0, 8).Draw(t, "fields") {
		object[rapid.SampledFrom(allNames).Draw(t, "name")] = drawValue(t, depth)
	}
	return object
}

// randomResponses: each reader takes any object without a panic, has no success
// without its essential fields, reads the same in both ways, and its drift has
// names and kinds alone.
func randomResponses(t *rapid.T) {
	body, err := json.Marshal(drawObject(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range gen.Operations() {
		parse := parsers[op.ID].both
		value, drift, err := parse(body, nil)
		again, slowDrift, slowErr := parse(body, new(wire.Seen))
		require.Equal(t, again, value, "%s", body)
		require.Equal(t, slowDrift, drift, "%s", body)
		require.Equal(t, slowErr, err, "%s", body)
		proof, complete := shapeOf(op.ID).Prove(body)
		if err == nil && !wire.HasError(body) { // which no reader looks at
			require.Equal(t, wire.ProvesExecution, proof, "%s", body)
			require.True(t, complete, "%s: %s", op.ID, body)
		}
		checkDrift(t, drift)
	}
	_, drift, _ := parseErrorResponse(body)
	checkDrift(t, drift)
}

var (
	driftKinds = []string{
		wire.DriftUnknownField, wire.DriftMissingField, wire.DriftType, wire.DriftItem, wire.DriftValue, wire.DriftTag,
	}
	jsonTypes = []string{"", "string", "integer", "number", "boolean", "object", "array", "time", "seconds", "milliseconds"}
)

func checkDrift(t *rapid.T, drift []wire.Drift) {
	assert.LessOrEqual(t, len(drift), 101)
	for _, d := range drift {
		assert.Contains(t, driftKinds, d.Kind)
		assert.Contains(t, jsonTypes, d.Want)
		assert.Contains(t, jsonTypes, d.Got)
		for _, text := range []string{d.Path, d.Field} {
			assert.NotContains(t, text, leak)
			assert.NotContains(t, text, "49151234")
		}
		if d.Kind != wire.DriftUnknownField && d.Field != "" {
			_, known := contractOrder()[d.Field]
			assert.True(t, known, d.Field)
		}
		assert.False(t, strings.HasSuffix(d.Path, "."), d.Path)
	}
}

func TestReadersTakeAnyObject(t *testing.T) { rapid.Check(t, randomResponses) }

func FuzzResponses(f *testing.F) { f.Fuzz(rapid.MakeFuzz(randomResponses)) }
