package bluesnap

import "context"

// VaultedShoppersService stores people with their means of payment.
type VaultedShoppersService service

// VaultedShopperParams say who is stored. No field is always required.
type VaultedShopperParams struct {
	// FirstName and LastName are the shopper's.
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	// MerchantShopperID is the merchant's own name for the shopper.
	MerchantShopperID string `json:"merchantShopperId,omitempty"`
	// PaymentSources are the means of payment.
	PaymentSources *PaymentSources `json:"paymentSources,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// PaymentSources are a shopper's means of payment. The names of its fields are
// inferred.
type PaymentSources struct {
	// CreditCards are cards.
	CreditCards []CreditCardInfo `json:"creditCardInfo,omitempty"`
	// Extra holds what is not modelled, such as "ecpInfo".
	Extra Extra `json:"-"`
}

// CreditCardInfo is a card among means of payment.
type CreditCardInfo struct {
	// CreditCard is the card.
	CreditCard *CreditCard `json:"creditCard,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// VaultedShopper is a stored shopper.
type VaultedShopper struct {
	// VaultedShopperID is the shopper's.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// FirstName and LastName are the shopper's.
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	// MerchantShopperID is the merchant's own name for the shopper.
	MerchantShopperID string `json:"merchantShopperId,omitempty"`
	// PaymentSources are what may be shown of the means of payment.
	PaymentSources *PaymentSources `json:"paymentSources,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
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
// Operation GetVaultedShopper, class safe. Errors to check for:
// [ErrShopperNotFound].
func (s *VaultedShoppersService) Get(
	ctx context.Context, vaultedShopperID ID, opts ...CallOption,
) (*VaultedShopper, *Response, error) {
	in := callSpec{op: operations["GetVaultedShopper"], path: []string{string(vaultedShopperID)}}
	return call[VaultedShopper](ctx, s.client, in, opts)
}
