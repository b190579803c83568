package gen_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
)

// The table of safe retries, written by hand: method, path and class of each
// operation. An asterisk marks an inferred class.
var classes = []struct {
	id                        gen.OperationID
	method, path, class, mark string
}{
	{"ListPasses", "GET", "/passes", "safe", ""},
	{"IssuePass", "POST", "/issued_passes", "keyed", ""},
	{"UpdateIssuedPass", "POST", "/issued_passes/update", "keyed", ""},
	{"UpdateIssuedPassExpiry", "POST", "/issued_passes/{id}/expiry", "keyed", ""},
	{"GetIssuedPass", "GET", "/issued_passes/{id}", "safe", ""},
	{"ListProviders", "GET", "/providers", "safe", ""},
	{"ListPassProviders", "GET", "/passes/{id}/providers", "safe", ""},
	{"GenerateAccessCode", "POST", "/access-codes", "keyed", ""},
	{"ListClassCategories", "GET", "/class_categories", "safe", ""},
	{"ListClasses", "GET", "/classes", "safe", ""},
	{"GetClass", "GET", "/classes/{id}", "safe", ""},
	{"BookClass", "POST", "/bookings/class", "keyed", ""},
	{"ConfirmClassBooking", "POST", "/bookings/class/{sessionId}/confirm", "keyed", "*"},
	{"BookSpa", "POST", "/bookings/spa", "keyed", ""},
	{"ConfirmSpaBooking", "POST", "/bookings/spa/{sessionId}/confirm", "keyed", "*"},
	{"ListClientBookings", "GET", "/clients/{clientId}/bookings", "safe", ""},
	{"GetBookingStatus", "GET", "/bookings/{bookingId}", "safe", ""},
	{"CancelBooking", "POST", "/bookings/{bookingId}/cancel", "idempotent", ""},
	{"ListGymCopayOptions", "GET", "/providers/{providerBranchId}/gym-copay-options", "safe", ""},
	{"QuoteSpaCopay", "POST", "/providers/{id}/spa-copay-quote", "safe", "*"},
	{"PurchaseCopay", "POST", "/copay_purchases", "keyed", "*"},
	{"PurchaseGymCopay", "POST", "/gym_copay_purchases", "keyed", ""},
	{"PurchaseSpaCopay", "POST", "/spa_copay_purchases", "keyed", ""},
	{"PurchaseCredits", "POST", "/credit_purchases", "keyed", ""},
	{"ListCreditPackages", "GET", "/credit_packages", "safe", ""},
	{"ListIssuers", "GET", "/issuers", "safe", ""},
	{"InitiateLookup", "POST", "/lookups", "keyUnverified", "*"},
	{"VerifyLookup", "POST", "/lookups/{id}/verify", "keyUnverified", "*"},
	{"GetClient", "GET", "/clients/{clientId}", "safe", ""},
	{"GetClientCredits", "GET", "/clients/{clientId}/credits", "safe", ""},
}

func TestOperationsFollowTheTableOfClasses(t *testing.T) {
	rows := gen.Operations()
	assert.Len(t, rows, len(classes))
	for i, want := range classes {
		got := want.id.Operation()
		assert.Equal(t, got, rows[i], "rows come in the contract's order")
		assert.Equal(t, want.id, got.ID)
		assert.Equal(t, want.method, got.Method, want.id)
		assert.Equal(t, want.path, got.Path, want.id)
		assert.Equal(t, want.class, string(got.Class), want.id)
		assert.Equal(t, want.mark == "*", got.ClassEvidence == gen.EvidenceInferred, want.id)
	}
}

func TestOperationsCannotBeChangedFromOutside(t *testing.T) {
	gen.Operations()[0].Class = gen.RetryClassKeyed
	assert.Equal(t, gen.RetryClassSafe, gen.Operations()[0].Class)
	assert.Equal(t, gen.Operation{}, gen.OperationID("Unknown").Operation())
}

// The vendor names eight lists with cursors, providers of a pass among them.
func TestPagedOperationsAreThoseTheVendorNames(t *testing.T) {
	var paged []string
	for _, op := range gen.Operations() {
		if op.Paged {
			paged = append(paged, op.Path)
		}
	}
	assert.ElementsMatch(t, []string{
		"/passes", "/passes/{id}/providers", "/providers", "/providers/{providerBranchId}/gym-copay-options",
		"/issuers", "/classes", "/clients/{clientId}/bookings", "/credit_packages",
	}, paged)
}

// The generator's own runtime would add 75 modules to a user's graph.
func TestGeneratedCodeImportsTheStandardLibraryAndWireOnly(t *testing.T) {
	files, err := filepath.Glob("*.gen.go")
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			isStandard := !strings.Contains(path, ".")
			assert.True(t, isStandard || path == "github.com/bardge/bardge-go/internal/wire", "%s imports %s", file, path)
		}
	}
}
