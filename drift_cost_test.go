package bardge

import (
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
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
