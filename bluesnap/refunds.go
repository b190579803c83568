package bluesnap

import (
	"context"
	"strings"
)

// RefundParams describe a refund. The zero value refunds all.
type RefundParams struct {
	Amount    Amount `json:"amount,omitempty"`    // the part that goes back; empty: all of it
	TaxAmount Amount `json:"taxAmount,omitempty"` // the part of it that is tax
	Reason    string `json:"reason,omitempty"`    // why, in words
	// CancelSubscriptions ends the subscriptions that the payment was for. Nil is
	// the vendor's default, which is true.
	CancelSubscriptions *bool                `json:"cancelSubscriptions,omitempty"`
	TransactionMetaData *TransactionMetaData `json:"transactionMetaData,omitempty"` // the merchant's own data
	// Extra holds what is not modelled, such as "vendorsRefundInfo".
	Extra Extra `json:"-"`
}

// Refund is money that goes back.
type Refund struct {
	RefundTransactionID ID     `json:"refundTransactionId,omitempty"` // the refund's
	Status              string `json:"refundStatus,omitempty"`        // "SUCCESS" or "PENDING"
	Amount              Amount `json:"amount,omitempty"`              // what goes back
	Currency            string `json:"currency,omitempty"`            // an ISO 4217 code
	Date                string `json:"date,omitempty"`                // as the vendor writes it
	Extra               Extra  `json:"-"`                             // what is not modelled
}

// Refund gives money back, of a transaction of any kind.
//
// Operation RefundTransaction, class keyed (documented).
func (s *TransactionsService) Refund(
	ctx context.Context, transactionID ID, params RefundParams, opts ...CallOption,
) (*Refund, *Response, error) {
	return call[Refund](ctx, s.client, about("RefundTransaction", transactionID, params), opts)
}

// RefundByReference gives money back of the one transaction with a
// merchantTransactionId. The vendor documents it on its page "Refund".
//
// Operation RefundByReference, class non-idempotent: the vendor's list of
// endpoints with keys does not name this one, so it is sent once, and a refund
// in doubt stays unknown. Prefer [TransactionsService.Find] and then
// [TransactionsService.Refund], which a key protects. Errors:
// [ErrMultipleTransactions].
func (s *TransactionsService) RefundByReference(
	ctx context.Context, merchantTransactionID string, params RefundParams, opts ...CallOption,
) (*Refund, *Response, error) {
	in := callSpec{op: operations["RefundByReference"], path: []string{merchantTransactionID}, body: params}
	if len(merchantTransactionID) > maxTransactionID || strings.Contains(merchantTransactionID, ",") {
		in.invalid = &InvalidError{Field: transactionIDField, Reason: "cannot be looked up"}
	}
	return call[Refund](ctx, s.client, in, opts)
}
