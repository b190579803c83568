package bluesnap

import "context"

// AltTransactionsService makes payments that no card makes: ACH, ECP and
// others.
type AltTransactionsService service

// AltTransactionParams say what is paid. An electronic check is paid by
// ECPTransaction or PFToken, by a PayerInfo or a vaulted shopper.
type AltTransactionParams struct {
	// Amount is what is paid. Required.
	Amount Amount `json:"amount,omitempty"`
	// Currency is its ISO 4217 code. Required.
	Currency string `json:"currency,omitempty"`
	// MerchantTransactionID is the merchant's own name for the payment, of at
	// most 50 bytes. Empty: the SDK makes one of the key or the ref, see
	// [Client.Recover].
	MerchantTransactionID string `json:"merchantTransactionId,omitempty"`
	// SoftDescriptor appears on the shopper's statement.
	SoftDescriptor string `json:"softDescriptor,omitempty"`
	// AuthorizedByShopper must be true for an electronic check.
	AuthorizedByShopper bool `json:"authorizedByShopper,omitempty"`
	// ECPTransaction is the account of an electronic check.
	ECPTransaction *ECPTransaction `json:"ecpTransaction,omitempty"`
	// PFToken represents the fields that a browser has sent to the vendor.
	PFToken Secret `json:"pfToken,omitempty"`
	// PayerInfo says who pays.
	PayerInfo *PayerInfo `json:"payerInfo,omitempty"`
	// VaultedShopperID names a shopper whose means of payment is stored.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// Extra holds what is not modelled, such as other means of payment.
	Extra Extra `json:"-"`
}

// AltTransaction is a payment that no card made.
type AltTransaction struct {
	// TransactionID is the payment's.
	TransactionID ID `json:"transactionId,omitempty"`
	// MerchantTransactionID is the merchant's own name for it.
	MerchantTransactionID string `json:"merchantTransactionId,omitempty"`
	// Amount and Currency are what is paid.
	Amount   Amount `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
	// VaultedShopperID is the shopper who was stored.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// ProcessingInfo says how far the payment is: these stay pending for days.
	ProcessingInfo *ProcessingInfo `json:"processingInfo,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
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
	in := callSpec{op: operations["GetAltTransaction"], path: []string{string(transactionID)}}
	return call[AltTransaction](ctx, s.client, in, opts)
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
