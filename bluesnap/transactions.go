package bluesnap

import (
	"context"
	"strings"
)

// TransactionsService makes, captures, reverses and refunds payments by card or
// wallet.
type TransactionsService service

// CardTransactionType says what is to be done with the money.
type CardTransactionType string

// The types of card transactions (documented).
const (
	// AuthCapture authorizes and takes.
	AuthCapture CardTransactionType = "AUTH_CAPTURE"
	// AuthOnly authorizes; Capture takes, Reverse lets go.
	AuthOnly CardTransactionType = "AUTH_ONLY"
	// Capture takes what was authorized.
	Capture CardTransactionType = "CAPTURE"
	// AuthReversal lets go of what was authorized.
	AuthReversal CardTransactionType = "AUTH_REVERSAL"
)

// CardTransactionParams say what is paid, and by which of CreditCard,
// VaultedShopperID, PFToken, Wallet and WalletID.
type CardTransactionParams struct {
	// Type is AuthCapture or AuthOnly. Required.
	Type CardTransactionType `json:"cardTransactionType,omitempty"`
	// SoftDescriptor appears on the shopper's statement.
	SoftDescriptor string `json:"softDescriptor,omitempty"`
	// Amount is what is paid. Required.
	Amount Amount `json:"amount,omitempty"`
	// Currency is its ISO 4217 code. Required.
	Currency string `json:"currency,omitempty"`
	// MerchantTransactionID is the merchant's own name for the payment, of at
	// most 50 bytes. Empty: the SDK makes one of the key or the ref, see
	// [Client.Recover].
	MerchantTransactionID string `json:"merchantTransactionId,omitempty"`
	// CardHolderInfo says whose card it is.
	CardHolderInfo *CardHolderInfo `json:"cardHolderInfo,omitempty"`
	// CreditCard is the card itself.
	CreditCard *CreditCard `json:"creditCard,omitempty"`
	// VaultedShopperID names a shopper whose means of payment is stored.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// PFToken represents the fields that a browser has sent to the vendor.
	PFToken Secret `json:"pfToken,omitempty"`
	// WalletID names a wallet.
	WalletID ID `json:"walletId,omitempty"`
	// Extra holds what is not modelled, such as "wallet".
	Extra Extra `json:"-"`
}

// CardTransaction is a payment by card or wallet.
type CardTransaction struct {
	// Type is what was done with the money.
	Type CardTransactionType `json:"cardTransactionType,omitempty"`
	// TransactionID is the payment's.
	TransactionID ID `json:"transactionId,omitempty"`
	// MerchantTransactionID is the merchant's own name for it.
	MerchantTransactionID string `json:"merchantTransactionId,omitempty"`
	// SoftDescriptor appears on the shopper's statement.
	SoftDescriptor string `json:"softDescriptor,omitempty"`
	// Amount and Currency are what was paid.
	Amount   Amount `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
	// VaultedShopperID is the shopper who was stored.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// CardHolderInfo says whose card it is.
	CardHolderInfo *CardHolderInfo `json:"cardHolderInfo,omitempty"`
	// CreditCard is what may be shown of the card.
	CreditCard *CreditCard `json:"creditCard,omitempty"`
	// ProcessingInfo says how far the payment is.
	ProcessingInfo *ProcessingInfo `json:"processingInfo,omitempty"`
	// NetworkTransactionInfo is the card network's.
	NetworkTransactionInfo Extra `json:"networkTransactionInfo,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Create pays by card or wallet.
//
// Operation CreateCardTransaction, class keyed (documented). Errors to check
// for: those of refused payments, such as [ErrDoNotHonor], and
// [ErrProcessingTimeout].
func (s *TransactionsService) Create(
	ctx context.Context, params CardTransactionParams, opts ...CallOption,
) (*CardTransaction, *Response, error) {
	return call[CardTransaction](ctx, s.client, callSpec{op: operations["CreateCardTransaction"], body: params}, opts)
}

// Get returns a transaction. A 403 may mean that there is none (documented).
//
// Operation GetTransaction, class safe.
func (s *TransactionsService) Get(
	ctx context.Context, transactionID ID, opts ...CallOption,
) (*CardTransaction, *Response, error) {
	in := callSpec{op: operations["GetTransaction"], path: []string{string(transactionID)}}
	return call[CardTransaction](ctx, s.client, in, opts)
}

// Find returns the one transaction with a merchantTransactionId, such as the
// one in [Response]. It needs [WithMerchantID]. A 403 may mean that there is
// none (documented).
//
// Operation FindTransaction, class safe. Errors to check for:
// [ErrMultipleTransactions].
func (s *TransactionsService) Find(
	ctx context.Context, merchantTransactionID string, opts ...CallOption,
) (*CardTransaction, *Response, error) {
	return find[CardTransaction](ctx, s.client, operations["FindTransaction"], merchantTransactionID, opts)
}

// find reads by "{merchantTransactionId},{merchantId}".
func find[T any](
	ctx context.Context, c *Client, op operation, transactionID string, opts []CallOption,
) (*T, *Response, error) {
	var invalid error
	switch {
	case c.merchantID == "":
		invalid = &InvalidError{Field: "merchant id", Reason: "is needed: see WithMerchantID"}
	case transactionID == "" || len(transactionID) > maxTransactionID || strings.Contains(transactionID, ","):
		invalid = &InvalidError{Field: transactionIDField, Reason: "cannot be looked up"}
	}
	return call[T](ctx, c, callSpec{op: op, path: []string{transactionID, c.merchantID}, invalid: invalid}, opts)
}
