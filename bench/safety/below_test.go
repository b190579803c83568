package safety

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
)

func TestBelowSDKs(t *testing.T) {
	operations, seeds := brief, Seeds[:1]
	if *jsonFile != "" {
		operations, seeds = Operations, Seeds
	}
	rows := func(clients []Client) (all []Row) {
		for _, c := range clients {
			day := func(seed uint64) (*Day, error) { return Run(c, Remembers, seed, operations) }
			all = append(all, NewRow(c, Remembers, days(t, day, seeds...)))
		}
		return all
	}
	report := BelowSDKs{Days: len(seeds), Rows: rows(Below()), Settings: rows(Settings())}
	t.Log("\n" + report.Markdown())
	assertBelow(t, report)
	assertSettings(t, report.Settings)
	measurement.WriteReport(t, *jsonFile, report)
}

// assertBelow requires zero duplicates and zero lies of each SDK over the
// transport, and that the SDK as it is has some.
func assertBelow(t *testing.T, r BelowSDKs) {
	t.Helper()
	require.Len(t, r.Rows, 6)
	for i := 0; i < len(r.Rows); i += 3 {
		bare := r.Rows[i]
		assert.Positive(t, bare.Duplicates+bare.Lies, bare.Client)
		for _, over := range r.Rows[i+1 : i+3] {
			assert.Zero(t, over.Duplicates, over.Client)
			assert.Zero(t, over.Lies, over.Client)
			assert.Zero(t, over.Keyless, over.Client)
			assert.Greater(t, over.Rate(), bare.Rate()+5, over.Client)
			assert.Less(t, over.Unknown, bare.Unknown, over.Client)
		}
	}
}

// assertSettings checks the text: a timeout costs knowledge, not safety, and
// retries without a key are other operations.
func assertSettings(t *testing.T, rows []Row) {
	t.Helper()
	require.Len(t, rows, 6)
	const inAHurry, keyless = 2, 3
	for i, row := range rows {
		assert.Equal(t, i == keyless, row.Duplicates > 0, row.Client)
		assert.Zero(t, row.Lies, row.Client)
	}
	assert.Greater(t, rows[inAHurry].Keyless, rows[inAHurry].Unknown/2)
}

func TestReportBelowSDKsSurvivesItsJSON(t *testing.T) {
	counts := NewCounts()
	counts.Operations, counts.Success, counts.Unknown, counts.Keyless, counts.Requests = 200, 150, 50, 30, 300
	counts.took = []time.Duration{time.Second}
	row := NewRow(over(peers.OpenAI, time.Minute, ", in a hurry"), Remembers, counts)
	doc, err := json.Marshal(BelowSDKs{Days: 2, Rows: []Row{row}, Settings: []Row{row}})
	require.NoError(t, err)
	var r BelowSDKs
	require.NoError(t, json.Unmarshal(doc, &r))
	text := r.Markdown()
	for _, line := range []string{
		"100 passes to issue on each of the same 2 days",
		"| openai-go, keyed over idem, in a hurry (v3.99.0) | 75.00 % | 0 | 50 | 0 | 0 | 1.50 | 1.0 s | 1.0 s |\n",
		"| openai-go, keyed over idem, in a hurry | 75.00 % | 50 | 30 | 0 | 0 | 1.0 s |\n",
	} {
		assert.Contains(t, text, line)
	}
	assert.Empty(t, BelowSDKs{}.Markdown())
}
