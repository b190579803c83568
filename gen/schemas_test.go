package gen_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
)

// TestSchemasAreTheContracts: what names a place in the contract names one that
// is there.
func TestSchemasAreTheContracts(t *testing.T) {
	contract, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	generated, err := os.ReadFile("schemas.gen.go")
	require.NoError(t, err)
	names := regexp.MustCompile(`return "(.+)"`).FindAllSubmatch(generated, -1)
	assert.Greater(t, len(names), 40)
	for _, name := range names {
		assert.Regexp(t, `(?m)^    `+string(name[1])+`:$`, string(contract))
	}
	assert.Equal(t, "ResellerV3BookingResponse", gen.SchemaOf("Booking"))
	assert.Equal(t, "ResellerV3ListResponse", gen.SchemaOf("BookingList"))
	assert.Empty(t, gen.SchemaOf("IssuePassParams"))
	assert.Equal(t, "BookingStatus", gen.EnumerationOf("Booking.status"))
	assert.Empty(t, gen.EnumerationOf("Booking.id"))
}
