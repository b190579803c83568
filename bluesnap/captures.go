package bluesnap

import (
	"context"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// CaptureParams name an authorized payment, and how much of it is meant. Their
// fields are documented ("Capture"). A reversal needs the first alone.
type CaptureParams struct {
	TransactionID ID `json:"transactionId,omitempty"` // the authorization's; required
	// Amount is the part to be taken; empty: all of it. A reversal refuses one.
	Amount         Amount      `json:"amount,omitempty"`
	SoftDescriptor string      `json:"softDescriptor,omitempty"` // on the shopper's statement
	TaxReference   string      `json:"taxReference,omitempty"`   // names a tax quote
	Level3Data     *Level3Data `json:"level3Data,omitempty"`     // the purchase in detail
	// VendorsInfo are the shares of a marketplace's vendors.
	VendorsInfo         *VendorsInfo         `json:"vendorsInfo,omitempty"`
	TransactionMetaData *TransactionMetaData `json:"transactionMetaData,omitempty"` // the merchant's own data
	Extra               Extra                `json:"-"`                             // what is not modelled
}

// Capture takes the money that was authorized. It is a PUT, whose key the
// vendor would ignore (documented), so that none is sent.
//
// Without an amount it is of class idempotent, and repeated freely: a second
// capture is refused, since the first has changed the state. If an earlier
// attempt's response is lost and the transaction turns out to be captured, it
// is read and returned, as a recovered response. If it was captured before, for
// any amount, the error is [ErrAlreadyCaptured] with [OutcomeDone].
//
// With an amount, also in an extra field, it is repeated only if certainly not
// executed: a part might be taken twice. If it ends unknown, check with
// [TransactionsService.Get]. Other fields change nothing of that.
//
// Operation CaptureTransaction, or CapturePart with an amount.
func (s *TransactionsService) Capture(
	ctx context.Context, params CaptureParams, opts ...CallOption,
) (*CardTransaction, *Response, error) {
	op := operations["CaptureTransaction"]
	if params.isPart(opts) {
		op = operations["CapturePart"]
	}
	return s.put(ctx, op, params, opts, nil)
}

// Reverse releases all the money that was authorized. It is repeated like
// [TransactionsService.Capture]; [ErrAlreadyReversed] comes with [OutcomeDone].
//
// The vendor releases everything whatever the amount (documented: "Auth
// Reversal"). So an amount, also in an extra field, is refused, and nothing is
// sent. To take less than was authorized, capture a part.
//
// Operation ReverseAuthorization, class idempotent.
func (s *TransactionsService) Reverse(
	ctx context.Context, params CaptureParams, opts ...CallOption,
) (*CardTransaction, *Response, error) {
	var invalid error
	if params.isPart(opts) {
		invalid = &InvalidError{Field: "Amount", Reason: "is not for a reversal, which releases all"}
	}
	return s.put(ctx, operations["ReverseAuthorization"], params, opts, invalid)
}

func (s *TransactionsService) put(
	ctx context.Context, op operation, params CaptureParams, opts []CallOption, invalid error,
) (*CardTransaction, *Response, error) {
	in := callSpec{op: op, invalid: invalid, body: putParams{
		op.kind, string(params.TransactionID), params.Amount, params.SoftDescriptor, params.TaxReference,
		params.Level3Data, params.VendorsInfo, params.TransactionMetaData, params.Extra,
	}}
	if params.TransactionID == "" {
		in.invalid = &InvalidError{Field: "TransactionID", Reason: "is empty"}
	}
	if op.class == idem.Idempotent {
		opts = s.client.withRefetch(opts, op, params.TransactionID)
	}
	return call[CardTransaction](ctx, s.client, in, opts)
}

// isPart reports whether an amount is sent: by the field, in Extra or by an
// option, under a name in any case.
func (p CaptureParams) isPart(opts []CallOption) bool {
	if p.Amount != "" {
		return true
	}
	for name := range p.Extra {
		if isAmount(name) {
			return true
		}
	}
	s, _ := sdk.Collect(opts, CallOption.applyCall) // bad ones are reported where they count
	for _, f := range s.Extra {
		if isAmount(f.Name) {
			return true
		}
	}
	return false
}

func isAmount(name string) bool { return strings.EqualFold(name, "amount") }

// putParams are the body of a PUT, in the order of the vendor's examples. Its
// transactionId is a string (documented), which elsewhere is a number.
type putParams struct {
	Type                CardTransactionType  `json:"cardTransactionType"`
	TransactionID       string               `json:"transactionId"`
	Amount              Amount               `json:"amount,omitempty"`
	SoftDescriptor      string               `json:"softDescriptor,omitempty"`
	TaxReference        string               `json:"taxReference,omitempty"`
	Level3Data          *Level3Data          `json:"level3Data,omitempty"`
	VendorsInfo         *VendorsInfo         `json:"vendorsInfo,omitempty"`
	TransactionMetaData *TransactionMetaData `json:"transactionMetaData,omitempty"`
	Extra               Extra                `json:"-"`
}
