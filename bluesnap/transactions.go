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
	MerchantTransactionID string          `json:"merchantTransactionId,omitempty"`
	CardHolderInfo        *CardHolderInfo `json:"cardHolderInfo,omitempty"` // the card's owner
	CreditCard            *CreditCard     `json:"creditCard,omitempty"`     // the card itself
	// VaultedShopperID is a stored shopper, who pays.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// PFToken is a token of [PaymentFieldsService.CreateToken].
	PFToken  Secret `json:"pfToken,omitempty"`
	WalletID ID     `json:"walletId,omitempty"` // names a wallet
	// Wallet is a wallet on the shopper's device.
	Wallet *PaymentWallet `json:"wallet,omitempty"`
	// StoreCard is whether it is kept; nil is the vendor's default.
	StoreCard *bool `json:"storeCard,omitempty"`
	// ThreeDSecure is the shopper's authentication.
	ThreeDSecure         *ThreeDSecure         `json:"threeDSecure,omitempty"`
	TransactionFraudInfo *TransactionFraudInfo `json:"transactionFraudInfo,omitempty"` // for the fraud prevention
	// NetworkTransactionInfo is an earlier payment's, in the card's network.
	NetworkTransactionInfo *NetworkTransactionInfo `json:"networkTransactionInfo,omitempty"`
	// TransactionInitiator is who ordered, in one of the words on the vendor's page.
	TransactionInitiator string `json:"transactionInitiator,omitempty"`
	// DescriptorPhoneNumber is the one on the statement, of at most 20 characters.
	DescriptorPhoneNumber string      `json:"descriptorPhoneNumber,omitempty"`
	TaxReference          string      `json:"taxReference,omitempty"` // names a tax quote
	Level3Data            *Level3Data `json:"level3Data,omitempty"`   // the purchase in detail
	// VendorsInfo are the shares of a marketplace's vendors.
	VendorsInfo         *VendorsInfo         `json:"vendorsInfo,omitempty"`
	TransactionMetaData *TransactionMetaData `json:"transactionMetaData,omitempty"` // the merchant's own data
	Extra               Extra                `json:"-"`                             // what is not modelled
}

// CardTransaction is a payment by card or wallet: what was sent, and what came
// of it (documented: "Auth Capture").
type CardTransaction struct {
	// Type is what was done with the money.
	Type                  CardTransactionType `json:"cardTransactionType,omitempty"`
	TransactionID         ID                  `json:"transactionId,omitempty"`         // the payment's
	MerchantTransactionID string              `json:"merchantTransactionId,omitempty"` // the merchant's own name
	// SoftDescriptor is the text on the shopper's statement.
	SoftDescriptor string `json:"softDescriptor,omitempty"`
	// DescriptorPhoneNumber is the one on the shopper's statement.
	DescriptorPhoneNumber string `json:"descriptorPhoneNumber,omitempty"`
	Amount                Amount `json:"amount,omitempty"`   // what was paid
	Currency              string `json:"currency,omitempty"` // an ISO 4217 code
	// VaultedShopperID is the shopper who was stored.
	VaultedShopperID ID              `json:"vaultedShopperId,omitempty"`
	CardHolderInfo   *CardHolderInfo `json:"cardHolderInfo,omitempty"` // the card's owner
	CreditCard       *CreditCard     `json:"creditCard,omitempty"`     // without its secrets
	ProcessingInfo   *ProcessingInfo `json:"processingInfo,omitempty"` // how far the payment is
	// FraudResultInfo comes if fraud prevention is enabled.
	FraudResultInfo *FraudResultInfo `json:"fraudResultInfo,omitempty"`
	// ThreeDSecure comes if the shopper was authenticated.
	ThreeDSecure           *ThreeDSecure           `json:"threeDSecure,omitempty"`
	NetworkTransactionInfo *NetworkTransactionInfo `json:"networkTransactionInfo,omitempty"` // the card network's
	TransactionInitiator   string                  `json:"transactionInitiator,omitempty"`   // who ordered
	// VendorsInfo are the shares of a marketplace's vendors.
	VendorsInfo *VendorsInfo `json:"vendorsInfo,omitempty"`
	Extra       Extra        `json:"-"` // what is not modelled
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
	return call[CardTransaction](ctx, s.client, about("GetTransaction", transactionID, nil), opts)
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
