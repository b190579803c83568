package bluesnap

import "context"

// AltTransactionsService makes payments without a card: ACH, ECP and others.
type AltTransactionsService service

// AltTransactionParams describe a payment. An electronic check is paid by
// ECPTransaction or PFToken, by a PayerInfo or a vaulted shopper.
type AltTransactionParams struct {
	Amount   Amount `json:"amount,omitempty"`   // what is paid; required
	Currency string `json:"currency,omitempty"` // an ISO 4217 code; required
	// MerchantTransactionID is the merchant's own name, of at most 50 bytes.
	// Empty: the SDK makes one of the key or the ref, see [Client.Recover].
	MerchantTransactionID string          `json:"merchantTransactionId,omitempty"`
	SoftDescriptor        string          `json:"softDescriptor,omitempty"`      // on the shopper's statement
	AuthorizedByShopper   bool            `json:"authorizedByShopper,omitempty"` // must be true for an electronic check
	ECPTransaction        *ECPTransaction `json:"ecpTransaction,omitempty"`      // the account of an electronic check
	// PFToken is a token of [PaymentFieldsService.CreateToken].
	PFToken          Secret     `json:"pfToken,omitempty"`
	PayerInfo        *PayerInfo `json:"payerInfo,omitempty"`        // who pays
	VaultedShopperID ID         `json:"vaultedShopperId,omitempty"` // a stored shopper, who pays
	Extra            Extra      `json:"-"`                          // other means of payment
}

// AltTransaction is a payment that no card made.
type AltTransaction struct {
	TransactionID         ID              `json:"transactionId,omitempty"`         // the payment's
	MerchantTransactionID string          `json:"merchantTransactionId,omitempty"` // the merchant's own name
	Amount                Amount          `json:"amount,omitempty"`                // what is paid
	Currency              string          `json:"currency,omitempty"`              // an ISO 4217 code
	VaultedShopperID      ID              `json:"vaultedShopperId,omitempty"`      // the shopper who was stored
	ProcessingInfo        *ProcessingInfo `json:"processingInfo,omitempty"`        // pending for days
	Extra                 Extra           `json:"-"`                               // what is not modelled
}

// Create pays without a card.
//
// Operation CreateAltTransaction, class keyed (documented).
func (s *AltTransactionsService) Create(
	ctx context.Context, params AltTransactionParams, opts ...CallOption,
) (*AltTransaction, *Response, error) {
	return call[AltTransaction](ctx, s.client, callSpec{op: operations["CreateAltTransaction"], body: params}, opts)
}

// Get returns a transaction. A 403 may mean that there is none (documented).
//
// Operation GetAltTransaction, class safe.
func (s *AltTransactionsService) Get(
	ctx context.Context, transactionID ID, opts ...CallOption,
) (*AltTransaction, *Response, error) {
	return call[AltTransaction](ctx, s.client, about("GetAltTransaction", transactionID, nil), opts)
}

// Find returns the one transaction with a merchantTransactionId, as
// [TransactionsService.Find] does.
//
// Operation FindAltTransaction, class safe.
func (s *AltTransactionsService) Find(
	ctx context.Context, merchantTransactionID string, opts ...CallOption,
) (*AltTransaction, *Response, error) {
	return find[AltTransaction](ctx, s.client, operations["FindAltTransaction"], merchantTransactionID, opts)
}
