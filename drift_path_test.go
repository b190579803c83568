package bardge_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// bentClient returns a client of a server whose GetClass is at another path.
func bentClient(t *testing.T, opts ...bardge.Option) (*sandbox.Sandbox, *bardge.Client) {
	t.Helper()
	sb, err := sandbox.New(sandbox.WithDrift(sandbox.MoveOperation(sandbox.GetClass, "/class/{id}")))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	client, err := bardge.New(sb.APIKey, append(opts, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))...)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return sb, client
}

// What another path confirms is no evidence of the contract's.
func TestADriftReportHasThePathThatWasCorrected(t *testing.T) {
	report := new(bardge.DriftReport)
	sb, client := bentClient(t, bardge.WithDriftReport(report), bardge.WithPath("GetClass", "/class/{id}"))
	_, _, err := client.Classes.Get(t.Context(), sb.Seed.ClassID)
	require.NoError(t, err)
	_, _, err = client.Passes.List(t.Context(), bardge.ListPassesParams{})
	require.NoError(t, err)

	text, err := json.Marshal(report)
	require.NoError(t, err)
	again := new(bardge.DriftReport)
	require.NoError(t, json.Unmarshal(text, again))
	paths := map[string]string{}
	for _, op := range again.Operations() {
		paths[op.Operation] = op.Path
		assert.Equal(t, 1, op.Confirmed)
	}
	assert.Equal(t, map[string]string{"GetClass": "/class/{id}", "ListPasses": ""}, paths)
	assert.Contains(t, again.Markdown(), "Path, by WithPath: `/class/{id}`.")
}

func TestADriftReportIsOfOneAPI(t *testing.T) {
	report := new(bardge.DriftReport)
	bentClient(t, bardge.WithDriftReport(report))
	_, err := bardge.New("key", bardge.WithDriftReport(report))
	require.ErrorAs(t, err, new(*bardge.InvalidError))
	assert.ErrorContains(t, err, "another base URL")
}
