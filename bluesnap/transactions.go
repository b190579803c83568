package bluesnap

import (
	"context"
	"strings"
)

// TransactionsService makes, captures, reverses and refunds card payments.
type TransactionsService service

// CardTransactionType is what is to be done with the money.
type CardTransactionType string

// The types of card transactions (documented).
const (
	AuthCapture  CardTransactionType = "AUTH_CAPTURE"  // authorizes and takes
	AuthOnly     CardTransactionType = "AUTH_ONLY"     // authorizes; Capture takes, Reverse releases
	Capture      CardTransactionType = "CAPTURE"       // takes what was authorized
	AuthReversal CardTransactionType = "AUTH_REVERSAL" // releases what was authorized
)

// CardTransactionParams describe a payment, by one of CreditCard,
// VaultedShopperID, PFToken, Wallet and WalletID. Their names are documented
// ("Auth Capture").
type CardTransactionParams struct {
	Type           CardTransactionType `json:"cardTransactionType,omitempty"` // [AuthCapture] or [AuthOnly]; required
	SoftDescriptor string              `json:"softDescriptor,omitempty"`      // on the shopper's statement
	Amount         Amount              `json:"amount,omitempty"`              // what is paid; required
	Currency       string              `json:"currency,omitempty"`            // an ISO 4217 code; required
	// MerchantTransactionID is the merchant's own name, of at most 50 bytes.
	// Empty: the SDK makes one of the key or the ref, see [Client.Recover].
	MerchantTransactionID  string                  `json:"merchantTransactionId,omitempty"`
	CardHolderInfo         *CardHolderInfo         `json:"cardHolderInfo,omitempty"`         // the card's owner
	CreditCard             *CreditCard             `json:"creditCard,omitempty"`             // the card itself
	VaultedShopperID       ID                      `json:"vaultedShopperId,omitempty"`       // a stored shopper, who pays
	PFToken                Secret                  `json:"pfToken,omitempty"`                // of [PaymentFieldsService.CreateToken]
	WalletID               ID                      `json:"walletId,omitempty"`               // names a wallet
	Wallet                 *PaymentWallet          `json:"wallet,omitempty"`                 // a wallet on the shopper's device
	StoreCard              *bool                   `json:"storeCard,omitempty"`              // whether it is kept; nil is the vendor's default
	ThreeDSecure           *ThreeDSecure           `json:"threeDSecure,omitempty"`           // the shopper's authentication
	TransactionFraudInfo   *TransactionFraudInfo   `json:"transactionFraudInfo,omitempty"`   // for the fraud prevention
	NetworkTransactionInfo *NetworkTransactionInfo `json:"networkTransactionInfo,omitempty"` // an earlier payment's, in the card's network
	TransactionInitiator   string                  `json:"transactionInitiator,omitempty"`   // who ordered; as the vendor's page lists
	DescriptorPhoneNumber  string                  `json:"descriptorPhoneNumber,omitempty"`  // on the statement; at most 20 characters
	TaxReference           string                  `json:"taxReference,omitempty"`           // names a tax quote
	Level3Data             *Level3Data             `json:"level3Data,omitempty"`             // the purchase in detail
	VendorsInfo            *VendorsInfo            `json:"vendorsInfo,omitempty"`            // the shares of a marketplace's vendors
	TransactionMetaData    *TransactionMetaData    `json:"transactionMetaData,omitempty"`    // the merchant's own data
	Extra                  Extra                   `json:"-"`                                // what is not modelled
}

// CardTransaction is a payment by card or wallet: what was sent, and what came
// of it (documented: "Auth Capture").
type CardTransaction struct {
	Type                   CardTransactionType     `json:"cardTransactionType,omitempty"`    // what was done with the money
	TransactionID          ID                      `json:"transactionId,omitempty"`          // the payment's
	MerchantTransactionID  string                  `json:"merchantTransactionId,omitempty"`  // the merchant's own name
	SoftDescriptor         string                  `json:"softDescriptor,omitempty"`         // on the shopper's statement
	DescriptorPhoneNumber  string                  `json:"descriptorPhoneNumber,omitempty"`  // on the shopper's statement
	Amount                 Amount                  `json:"amount,omitempty"`                 // what was paid
	Currency               string                  `json:"currency,omitempty"`               // an ISO 4217 code
	VaultedShopperID       ID                      `json:"vaultedShopperId,omitempty"`       // the shopper who was stored
	CardHolderInfo         *CardHolderInfo         `json:"cardHolderInfo,omitempty"`         // the card's owner
	CreditCard             *CreditCard             `json:"creditCard,omitempty"`             // without its secrets
	ProcessingInfo         *ProcessingInfo         `json:"processingInfo,omitempty"`         // how far the payment is
	FraudResultInfo        *FraudResultInfo        `json:"fraudResultInfo,omitempty"`        // if fraud prevention is enabled
	ThreeDSecure           *ThreeDSecure           `json:"threeDSecure,omitempty"`           // if the shopper was authenticated
	NetworkTransactionInfo *NetworkTransactionInfo `json:"networkTransactionInfo,omitempty"` // the card network's
	TransactionInitiator   string                  `json:"transactionInitiator,omitempty"`   // who ordered
	VendorsInfo            *VendorsInfo            `json:"vendorsInfo,omitempty"`            // the shares of a marketplace's vendors
	Extra                  Extra                   `json:"-"`                                // what is not modelled
}

// Create pays by card or wallet.
//
// Operation CreateCardTransaction, class keyed (documented). Errors: a refused
// payment's, such as [ErrDoNotHonor], and [ErrProcessingTimeout].
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

// Find returns the one transaction with a merchantTransactionId. It needs
// [WithMerchantID]. A 403 may mean that there is none (documented).
//
// Operation FindTransaction, class safe. Errors: [ErrMultipleTransactions].
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
