package bardge

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/assert/yaml"
	"github.com/stretchr/testify/require"
)

// bodies are the params of all operations that have a body.
var bodies = map[string]interface{ missing() []missingField }{
	"BookClassParams":              BookClassParams{},
	"BookSpaParams":                BookSpaParams{},
	"ConfirmClassParams":           ConfirmClassParams{},
	"GenerateAccessCodeParams":     GenerateAccessCodeParams{},
	"InitiateLookupParams":         InitiateLookupParams{},
	"IssuePassParams":              IssuePassParams{},
	"PurchaseCopayParams":          PurchaseCopayParams{},
	"PurchaseCreditsParams":        PurchaseCreditsParams{},
	"PurchaseGymCopayParams":       PurchaseGymCopayParams{},
	"PurchaseSpaCopayParams":       PurchaseSpaCopayParams{},
	"QuoteSpaCopayParams":          QuoteSpaCopayParams{},
	"UpdateIssuedPassExpiryParams": UpdateIssuedPassExpiryParams{},
	"UpdateIssuedPassParams":       UpdateIssuedPassParams{},
	"VerifyLookupParams":           VerifyLookupParams{},
}

// Empty params lack what the contract requires of them, save numbers and bools,
// whose zero may be meant. There is none of these yet.
func TestEmptyParamsLackWhatTheContractRequires(t *testing.T) {
	text, err := os.ReadFile("gen/openapi.yaml")
	require.NoError(t, err)
	var contract struct {
		Components struct {
			Schemas map[string]struct {
				Name       string `yaml:"x-go-name"`
				Request    bool   `yaml:"x-request"`
				Required   []string
				Properties map[string]struct{ Type, Format string }
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &contract))
	requests := 0
	for _, schema := range contract.Components.Schemas {
		if !schema.Request {
			continue
		}
		requests++
		require.Contains(t, bodies, schema.Name)
		want := slices.DeleteFunc(slices.Clone(schema.Required), func(name string) bool {
			p := schema.Properties[name]
			return p.Format == "" && (p.Type == "integer" || p.Type == "number" || p.Type == "boolean")
		})
		var have []string
		for _, field := range bodies[schema.Name].missing() {
			have = append(have, field.name)
			assert.Contains(t, field.param, schema.Name+".")
		}
		assert.ElementsMatch(t, want, have, schema.Name)
	}
	assert.Len(t, bodies, requests)
}
