package bluesnap

import "context"

// RefundParams say how much goes back. The zero value refunds all.
type RefundParams struct {
	// Amount is the part that goes back; empty: all of it.
	Amount Amount `json:"amount,omitempty"`
	// TaxAmount is the part of it that is tax.
	TaxAmount Amount `json:"taxAmount,omitempty"`
	// Reason says why.
	Reason string `json:"reason,omitempty"`
	// CancelSubscriptions ends the subscriptions that the payment was for. Nil
	// is the vendor's default, which is true.
	CancelSubscriptions *bool `json:"cancelSubscriptions,omitempty"`
	// Extra holds what is not modelled, such as "vendorsRefundInfo" and
	// "transactionMetaData".
	Extra Extra `json:"-"`
}

// Refund is money that goes back.
type Refund struct {
	// RefundTransactionID is the refund's.
	RefundTransactionID ID `json:"refundTransactionId,omitempty"`
	// Status is "SUCCESS" or "PENDING".
	Status string `json:"refundStatus,omitempty"`
	// Amount and Currency are what goes back.
	Amount   Amount `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
	// Date is as the vendor writes it.
	Date string `json:"date,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
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
