package bluesnap

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// CaptureParams name an authorized payment, and how much of it is meant.
type CaptureParams struct {
	TransactionID ID     `json:"transactionId,omitempty"` // the authorization's; required
	Amount        Amount `json:"amount,omitempty"`        // the part to be taken; empty: all of it
	Extra         Extra  `json:"-"`                       // what is not modelled
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
// [TransactionsService.Get].
//
// Operation CaptureTransaction, or CapturePart with an amount or extra field.
func (s *TransactionsService) Capture(
	ctx context.Context, params CaptureParams, opts ...CallOption,
) (*CardTransaction, *Response, error) {
	return s.put(ctx, "CaptureTransaction", "CapturePart", params, opts)
}

// Reverse releases the money that was authorized. It is repeated like
// [TransactionsService.Capture]; [ErrAlreadyReversed] comes with [OutcomeDone].
//
// Operation ReverseAuthorization, or ReversePart with an amount or extra field.
func (s *TransactionsService) Reverse(
	ctx context.Context, params CaptureParams, opts ...CallOption,
) (*CardTransaction, *Response, error) {
	return s.put(ctx, "ReverseAuthorization", "ReversePart", params, opts)
}

func (s *TransactionsService) put(
	ctx context.Context, whole, part string, params CaptureParams, opts []CallOption,
) (*CardTransaction, *Response, error) {
	op := operations[whole]
	if params.Amount != "" || len(params.Extra) > 0 || addsFields(opts) {
		op = operations[part]
	}
	in := callSpec{op: op, body: putParams{op.kind, params.TransactionID, params.Amount, params.Extra}}
	if params.TransactionID == "" {
		in.invalid = &InvalidError{Field: "TransactionID", Reason: "is empty"}
	}
	if op.class == idem.Idempotent {
		opts = append(slices.Clip(opts), s.refetching(op, params.TransactionID))
	}
	return call[CardTransaction](ctx, s.client, in, opts)
}

// putParams are the body of a PUT, in the order of the vendor's examples.
type putParams struct {
	Type          CardTransactionType `json:"cardTransactionType"`
	TransactionID ID                  `json:"transactionId"`
	Amount        Amount              `json:"amount,omitempty"`
	Extra         Extra               `json:"-"`
}

// addsFields reports whether options add a field, which might be an amount.
func addsFields(opts []CallOption) bool {
	s, _ := sdk.Collect(opts, CallOption.applyCall) // bad ones are reported where they count
	return len(s.Extra) > 0
}

// refetching reads the transaction if the response to its capture or reversal
// is lost. As the last option it gets the call's headers.
func (s *TransactionsService) refetching(op operation, id ID) CallOption {
	return callFunc(func(call *callSettings) {
		header := call.Header
		call.Refetch = func(ctx context.Context) (*idem.Response, idem.State) {
			return s.client.refetch(ctx, op, id, header)
		}
		call.Confirms = func(a *idem.Response) bool { return op.confirms(id, a) }
	})
}

func withHeaders(header http.Header) CallOption {
	return callFunc(func(read *callSettings) { read.Header = header.Clone() })
}

// confirms reports whether a response shows the requested state.
func (o operation) confirms(id ID, a *idem.Response) bool {
	t, ok := a.Value.(*CardTransaction)
	if !ok {
		t = new(CardTransaction)
		if json.Unmarshal(a.Body, t) != nil {
			return true // it shows no transaction
		}
	}
	return (t.TransactionID == "" || t.TransactionID == id) && (t.Type == "" || t.Type == o.kind)
}

// refetch returns a capture's or reversal's response, as read or, if its type
// is missing, as it is certain to be, and what reading shows.
func (c *Client) refetch(ctx context.Context, op operation, id ID, header http.Header) (*idem.Response, idem.State) {
	found, resp, err := c.Transactions.Get(ctx, id, withHeaders(header))
	if err != nil || found.TransactionID != "" && found.TransactionID != id {
		body, _ := wire.Encode(map[string]ID{op.id: id}) // an id always encodes
		return &idem.Response{Status: http.StatusOK, Body: body}, idem.StateUnread
	}
	shown := &idem.Response{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw}
	switch {
	case found.Type == op.kind:
		return shown, idem.StateHolds
	case found.Type == "", found.Type == AuthCapture && op.kind == Capture:
		return shown, idem.StateUnread
	default:
		return nil, idem.StateDiffers
	}
}
