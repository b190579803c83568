package bluesnap

import "context"

// VaultedShoppersService stores people with their means of payment.
type VaultedShoppersService service

// VaultedShopperParams describe who is stored. No field is always required.
type VaultedShopperParams struct {
	FirstName         string          `json:"firstName,omitempty"`         // the shopper's
	LastName          string          `json:"lastName,omitempty"`          // the shopper's
	MerchantShopperID string          `json:"merchantShopperId,omitempty"` // the merchant's own name for the shopper
	PaymentSources    *PaymentSources `json:"paymentSources,omitempty"`    // the means of payment
	Extra             Extra           `json:"-"`                           // what is not modelled
}

// PaymentSources are means of payment. The names of its fields are inferred.
type PaymentSources struct {
	CreditCards []CreditCardInfo `json:"creditCardInfo,omitempty"` // the cards
	Extra       Extra            `json:"-"`                        // what is not modelled, such as "ecpInfo"
}

// CreditCardInfo is a card among means of payment.
type CreditCardInfo struct {
	CreditCard *CreditCard `json:"creditCard,omitempty"` // the card
	Extra      Extra       `json:"-"`                    // what is not modelled
}

// VaultedShopper is a stored shopper.
type VaultedShopper struct {
	VaultedShopperID  ID              `json:"vaultedShopperId,omitempty"`  // the shopper's
	FirstName         string          `json:"firstName,omitempty"`         // the shopper's
	LastName          string          `json:"lastName,omitempty"`          // the shopper's
	MerchantShopperID string          `json:"merchantShopperId,omitempty"` // the merchant's own name for the shopper
	PaymentSources    *PaymentSources `json:"paymentSources,omitempty"`    // what may be shown of the means of payment
	Extra             Extra           `json:"-"`                           // what is not modelled
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
	in := callSpec{op: operations["GetVaultedShopper"], path: []string{string(vaultedShopperID)}}
	return call[VaultedShopper](ctx, s.client, in, opts)
}
