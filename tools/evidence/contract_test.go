package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/tools/internal/openapi"
)

// TestTheContractTakesAllEvidence confirms everything at once: no form of a mark
// in the contract is one that cannot be edited.
func TestTheContractTakesAllEvidence(t *testing.T) {
	text, err := os.ReadFile(filepath.FromSlash("../../gen/openapi.yaml"))
	require.NoError(t, err)
	contract, err := openapi.Parse(text)
	require.NoError(t, err)
	all := reportOf()
	all.BaseURL = contract.Servers()[0]
	for _, op := range contract.Operations() {
		all.Operations = append(all.Operations, operation{Operation: op.ID, Calls: 2, Confirmed: 2, Replayed: 1})
	}
	for _, schema := range contract.Schemas() {
		for _, p := range contract.Properties(schema.Node) {
			name := field{Field: schema.Type + "." + p.Name, Seen: 1, Fits: 1}
			all.Operations[0].Fields = append(all.Operations[0].Fields, name)
		}
	}

	d := newDesk(t)
	require.NoError(t, os.WriteFile(d.contract, text, 0o600))
	assert.Zero(t, d.take(all))
	assert.Contains(t, d.out, "IssuePassParams.client_id: a field that the contract does not have")
	now, err := openapi.Parse([]byte(d.text()))
	require.NoError(t, err)
	for _, op := range now.Operations() {
		assert.NotEqual(t, inferred, openapi.Value(op.Node, "x-evidence"), op.ID)
	}
	observations := 0
	for _, schema := range now.Schemas() {
		for _, p := range now.Properties(schema.Node) {
			if schema.IsRequest() {
				assert.NotEqual(t, observed, p.Evidence, "%s.%s", schema.Type, p.Name)
				continue
			}
			assert.NotEqual(t, inferred, p.Evidence, "%s.%s", schema.Type, p.Name)
			if p.Evidence == observed {
				observations++
			}
		}
	}
	assert.Greater(t, observations, 100)
}
