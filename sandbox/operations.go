package sandbox

import (
	"fmt"
	"slices"

	"github.com/bardge/bardge-go/gen"
)

// Operation names one of the API's operations.
type Operation = gen.OperationID

// The operations, named as in the contract. The last four are previews, which a
// sandbox answers only with [WithPreview].
const (
	ListPasses             = gen.OpListPasses
	IssuePass              = gen.OpIssuePass
	UpdateIssuedPass       = gen.OpUpdateIssuedPass
	UpdateIssuedPassExpiry = gen.OpUpdateIssuedPassExpiry
	GetIssuedPass          = gen.OpGetIssuedPass
	ListProviders          = gen.OpListProviders
	ListPassProviders      = gen.OpListPassProviders
	GenerateAccessCode     = gen.OpGenerateAccessCode
	ListClassCategories    = gen.OpListClassCategories
	ListClasses            = gen.OpListClasses
	GetClass               = gen.OpGetClass
	BookClass              = gen.OpBookClass
	ConfirmClassBooking    = gen.OpConfirmClassBooking
	BookSpa                = gen.OpBookSpa
	ConfirmSpaBooking      = gen.OpConfirmSpaBooking
	ListClientBookings     = gen.OpListClientBookings
	GetBookingStatus       = gen.OpGetBookingStatus
	CancelBooking          = gen.OpCancelBooking
	ListGymCopayOptions    = gen.OpListGymCopayOptions
	QuoteSpaCopay          = gen.OpQuoteSpaCopay
	PurchaseCopay          = gen.OpPurchaseCopay
	PurchaseGymCopay       = gen.OpPurchaseGymCopay
	PurchaseSpaCopay       = gen.OpPurchaseSpaCopay
	PurchaseCredits        = gen.OpPurchaseCredits
	ListCreditPackages     = gen.OpListCreditPackages
	ListIssuers            = gen.OpListIssuers
	InitiateLookup         = gen.OpInitiateLookup
	VerifyLookup           = gen.OpVerifyLookup
	GetClient              = gen.OpGetClient
	GetClientCredits       = gen.OpGetClientCredits

	RescheduleBooking       = gen.OpRescheduleBooking
	ConfirmAccessCode       = gen.OpConfirmAccessCode
	ListProviderServices    = gen.OpListProviderServices
	GetProviderAvailability = gen.OpGetProviderAvailability
)

// ParseOperation finds an operation by its name, such as "IssuePass".
func ParseOperation(name string) (Operation, error) {
	if !slices.Contains(operations(true), Operation(name)) {
		return "", fmt.Errorf("sandbox: no operation is named %q", name)
	}
	return Operation(name), nil
}

// operations returns the names of all operations; of previews on request.
func operations(preview bool) []Operation {
	var ids []Operation
	for _, op := range gen.Operations() {
		if preview || !op.Preview {
			ids = append(ids, op.ID)
		}
	}
	return ids
}

// creates reports whether an operation's success is 201; the others return 200.
// The vendor names both statuses but not their operations.
func creates(id Operation) bool {
	switch id {
	case IssuePass, GenerateAccessCode, BookClass, BookSpa, ConfirmClassBooking, ConfirmSpaBooking,
		PurchaseCopay, PurchaseGymCopay, PurchaseSpaCopay, PurchaseCredits, InitiateLookup,
		RescheduleBooking, ConfirmAccessCode:
		return true
	default:
		return false
	}
}
