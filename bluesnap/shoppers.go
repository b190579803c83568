package bluesnap

import (
	"context"
	"strings"
)

// VaultedShoppersService stores people with their means of payment.
type VaultedShoppersService service

// VaultedShopperParams describe who is stored. The names of the fields are
// documented ("vaultedShopper"). A revision of the page requires the first two.
type VaultedShopperParams struct {
	FirstName         string          `json:"firstName,omitempty"`         // the shopper's
	LastName          string          `json:"lastName,omitempty"`          // the shopper's
	MerchantShopperID string          `json:"merchantShopperId,omitempty"` // the merchant's own name for the shopper
	Email             string          `json:"email,omitempty"`             // the shopper's
	Country           string          `json:"country,omitempty"`           // an ISO 3166-1 code
	State             string          `json:"state,omitempty"`             // a code, in the US and Canada alone
	City              string          `json:"city,omitempty"`              // the address's
	Address           string          `json:"address,omitempty"`           // the address's first line
	Address2          string          `json:"address2,omitempty"`          // the address's second line
	Zip               string          `json:"zip,omitempty"`               // the postal code
	Phone             string          `json:"phone,omitempty"`             // the shopper's
	CompanyName       string          `json:"companyName,omitempty"`       // required for a company's bank account
	ShopperCurrency   string          `json:"shopperCurrency,omitempty"`   // an ISO 4217 code
	PaymentSources    *PaymentSources `json:"paymentSources,omitempty"`    // the means of payment
	Extra             Extra           `json:"-"`                           // what is not modelled
}

// PaymentSources are means of payment. The names of its fields are inferred.
type PaymentSources struct {
	CreditCards []CreditCardInfo `json:"creditCardInfo,omitempty"` // the cards
	ECPDetails  []ECPDetails     `json:"ecpDetails,omitempty"`     // the bank accounts, from version 3.0 on several
	Extra       Extra            `json:"-"`                        // what is not modelled, such as "ecpInfo"
}

// CreditCardInfo is a card among means of payment.
type CreditCardInfo struct {
	CreditCard *CreditCard `json:"creditCard,omitempty"` // the card
	// PFToken is a token that has the card, of [PaymentFieldsService.CreateToken].
	PFToken            Secret       `json:"pfToken,omitempty"`
	BillingContactInfo *ContactInfo `json:"billingContactInfo,omitempty"` // whom to bill
	// ProcessingInfo is what came of the card's check, in responses.
	ProcessingInfo *ProcessingInfo `json:"processingInfo,omitempty"`
	Extra          Extra           `json:"-"` // what is not modelled
}

// ECPDetails is a bank account among means of payment.
type ECPDetails struct {
	ECP                *ECPTransaction `json:"ecp,omitempty"`                // the account
	BillingContactInfo *ContactInfo    `json:"billingContactInfo,omitempty"` // whom to bill
	Extra              Extra           `json:"-"`                            // what is not modelled
}

// VaultedShopper is a stored shopper.
type VaultedShopper struct {
	VaultedShopperID  ID              `json:"vaultedShopperId,omitempty"`  // the shopper's
	FirstName         string          `json:"firstName,omitempty"`         // the shopper's
	LastName          string          `json:"lastName,omitempty"`          // the shopper's
	MerchantShopperID string          `json:"merchantShopperId,omitempty"` // the merchant's own name for the shopper
	Email             string          `json:"email,omitempty"`             // the shopper's
	Country           string          `json:"country,omitempty"`           // an ISO 3166-1 code
	State             string          `json:"state,omitempty"`             // a code
	City              string          `json:"city,omitempty"`              // the address's
	Address           string          `json:"address,omitempty"`           // the address's first line
	Address2          string          `json:"address2,omitempty"`          // the address's second line
	Zip               string          `json:"zip,omitempty"`               // the postal code
	Phone             string          `json:"phone,omitempty"`             // the shopper's
	CompanyName       string          `json:"companyName,omitempty"`       // the shopper's company
	ShopperCurrency   string          `json:"shopperCurrency,omitempty"`   // an ISO 4217 code
	PaymentSources    *PaymentSources `json:"paymentSources,omitempty"`    // what may be shown of the means of payment
	Extra             Extra           `json:"-"`                           // what is not modelled
}

// DeletedShopper is the vendor's receipt for a deletion.
type DeletedShopper struct {
	Description string `json:"description,omitempty"` // in words, with the shopper's id
	Extra       Extra  `json:"-"`                     // what is not modelled
}

// Create stores a shopper.
//
// Operation CreateVaultedShopper, class keyed (documented).
func (s *VaultedShoppersService) Create(
	ctx context.Context, params VaultedShopperParams, opts ...CallOption,
) (*VaultedShopper, *Response, error) {
	return call[VaultedShopper](ctx, s.client, callSpec{op: operations["CreateVaultedShopper"], body: params}, opts)
}

// Get returns a shopper. A 403 may mean that there is none (documented).
//
// Operation GetVaultedShopper, class safe. Errors: [ErrShopperNotFound].
func (s *VaultedShoppersService) Get(
	ctx context.Context, vaultedShopperID ID, opts ...CallOption,
) (*VaultedShopper, *Response, error) {
	return call[VaultedShopper](ctx, s.client, about("GetVaultedShopper", vaultedShopperID, nil), opts)
}

// Find returns the one shopper with a merchantShopperId, which must have no
// comma and no slash (documented: the page about retrieving shoppers; an older
// one puts the merchant's id after a comma). Changes take the id that it
// returns.
//
// Operation FindVaultedShopper, class safe. Errors: [ErrShopperNotFound].
func (s *VaultedShoppersService) Find(
	ctx context.Context, merchantShopperID string, opts ...CallOption,
) (*VaultedShopper, *Response, error) {
	in := callSpec{op: operations["FindVaultedShopper"], path: []string{merchantShopperID}}
	if merchantShopperID == "" || strings.Contains(merchantShopperID, ",") {
		in.invalid = &InvalidError{Field: "merchantShopperId", Reason: "cannot be looked up"}
	}
	return call[VaultedShopper](ctx, s.client, in, opts)
}

// Update changes a shopper, and adds means of payment to the stored ones. It
// needs version 2.0 or 3.0 of the API: the response of 1.0 has no body
// (documented: the page about updating shoppers), which proves nothing.
//
// Operation UpdateVaultedShopper, class non-idempotent: the vendor calls PUT
// idempotent by definition, but a repetition undoes what was changed in
// between. So it is sent once. If it ends unknown, check with Get. Errors:
// [ErrShopperNotFound].
func (s *VaultedShoppersService) Update(
	ctx context.Context, vaultedShopperID ID, params VaultedShopperParams, opts ...CallOption,
) (*VaultedShopper, *Response, error) {
	return call[VaultedShopper](ctx, s.client, about("UpdateVaultedShopper", vaultedShopperID, params), opts)
}

// Delete has a shopper deleted within 7 days. The vendor refuses it for a
// shopper with payments in the last 12 months, active subscriptions or pending
// bank payments (documented: the page about deleting shoppers).
//
// Operation DeleteVaultedShopper, class idempotent: a second one has no further
// effect, so it is repeated freely. Errors: [ErrShopperNotDeletable];
// [ErrShopperNotFound] comes with [OutcomeDone], since no such shopper exists.
func (s *VaultedShoppersService) Delete(
	ctx context.Context, vaultedShopperID ID, opts ...CallOption,
) (*DeletedShopper, *Response, error) {
	return call[DeletedShopper](ctx, s.client, about("DeleteVaultedShopper", vaultedShopperID, nil), opts)
}
