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
// operation. An asterisk marks a class that is not documented.
var classes = []struct {
	id                        gen.OperationID
	method, path, class, mark string
}{
	{id: "ListPasses", method: "GET", path: "/passes", class: "safe"},
	{id: "IssuePass", method: "POST", path: "/issued_passes", class: "keyed"},
	{id: "UpdateIssuedPass", method: "POST", path: "/issued_passes/update", class: "keyed"},
	{id: "UpdateIssuedPassExpiry", method: "POST", path: "/issued_passes/{id}/expiry", class: "keyed"},
	{id: "GetIssuedPass", method: "GET", path: "/issued_passes/{id}", class: "safe"},
	{id: "ListProviders", method: "GET", path: "/providers", class: "safe"},
	{id: "ListPassProviders", method: "GET", path: "/passes/{id}/providers", class: "safe"},
	{id: "GenerateAccessCode", method: "POST", path: "/access-codes", class: "keyed"},
	{id: "ListClassCategories", method: "GET", path: "/class_categories", class: "safe"},
	{id: "ListClasses", method: "GET", path: "/classes", class: "safe"},
	{id: "GetClass", method: "GET", path: "/classes/{id}", class: "safe"},
	{id: "BookClass", method: "POST", path: "/bookings/class", class: "keyed"},
	{id: "ConfirmClassBooking", method: "POST", path: "/bookings/class/{sessionId}/confirm", class: "keyed", mark: "*"},
	{id: "BookSpa", method: "POST", path: "/bookings/spa", class: "keyed"},
	{id: "ConfirmSpaBooking", method: "POST", path: "/bookings/spa/{sessionId}/confirm", class: "keyed", mark: "*"},
	{id: "ListClientBookings", method: "GET", path: "/clients/{clientId}/bookings", class: "safe"},
	{id: "GetBookingStatus", method: "GET", path: "/bookings/{bookingId}", class: "safe"},
	{id: "CancelBooking", method: "POST", path: "/bookings/{bookingId}/cancel", class: "idempotent"},
	{id: "ListGymCopayOptions", method: "GET", path: "/providers/{providerBranchId}/gym-copay-options", class: "safe"},
	{id: "QuoteSpaCopay", method: "POST", path: "/providers/{id}/spa-copay-quote", class: "safe", mark: "*"},
	{id: "PurchaseCopay", method: "POST", path: "/copay_purchases", class: "keyed", mark: "*"},
	{id: "PurchaseGymCopay", method: "POST", path: "/gym_copay_purchases", class: "keyed"},
	{id: "PurchaseSpaCopay", method: "POST", path: "/spa_copay_purchases", class: "keyed"},
	{id: "PurchaseCredits", method: "POST", path: "/credit_purchases", class: "keyed"},
	{id: "ListCreditPackages", method: "GET", path: "/credit_packages", class: "safe"},
	{id: "ListIssuers", method: "GET", path: "/issuers", class: "safe"},
	{id: "InitiateLookup", method: "POST", path: "/lookups", class: "keyUnverified", mark: "*"},
	{id: "VerifyLookup", method: "POST", path: "/lookups/{id}/verify", class: "keyUnverified", mark: "*"},
	{id: "GetClient", method: "GET", path: "/clients/{clientId}", class: "safe"},
	{id: "GetClientCredits", method: "GET", path: "/clients/{clientId}/credits", class: "safe"},
	{id: "RescheduleBooking", method: "POST", path: "/bookings/{bookingId}/reschedule", class: "keyed"},
	{id: "ConfirmAccessCode", method: "POST", path: "/access-codes/{sessionId}/confirm", class: "keyUnverified", mark: "*"},
	{id: "ListProviderServices", method: "GET", path: "/providers/{id}/services", class: "safe"},
	{id: "GetProviderAvailability", method: "GET", path: "/providers/{id}/availability", class: "safe"},
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
		assert.Equal(t, want.mark == "*", got.ClassEvidence != gen.EvidenceDocumented, want.id)
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
		if op.Paged && !op.Preview {
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
	require.Len(t, files, 5)
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
