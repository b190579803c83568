package bluesnap

import "context"

// RefundParams describe a refund. The zero value refunds all.
type RefundParams struct {
	Amount    Amount `json:"amount,omitempty"`    // the part that goes back; empty: all of it
	TaxAmount Amount `json:"taxAmount,omitempty"` // the part of it that is tax
	Reason    string `json:"reason,omitempty"`    // why, in words
	// CancelSubscriptions ends the subscriptions that the payment was for. Nil is
	// the vendor's default, which is true.
	CancelSubscriptions *bool `json:"cancelSubscriptions,omitempty"`
	// Extra holds what is not modelled, such as "vendorsRefundInfo" and
	// "transactionMetaData".
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
	in := callSpec{op: operations["RefundTransaction"], path: []string{string(transactionID)}, body: params}
	return call[Refund](ctx, s.client, in, opts)
}
