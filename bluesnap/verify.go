package bluesnap

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// verify reports by reading whether an operation made the thing with this id:
// false without an error where no way to read it is documented. A 403 may mean
// that there is none, so it confirms nothing.
func (c *Client) verify(ctx context.Context, pending idem.PendingOperation, id string) (bool, error) {
	o, op := newPending(pending), operations[pending.Request.Operation.Name]
	switch op.name {
	case "CreateCardTransaction":
		_, resp, err := c.Transactions.Get(ctx, ID(id), withHeaders(o.Header))
		return verifyPayment(op, o, resp, err)
	case "CreateAltTransaction":
		_, resp, err := c.AltTransactions.Get(ctx, ID(id), withHeaders(o.Header))
		return verifyPayment(op, o, resp, err)
	case "ChargeOnDemandSubscription":
		_, _, err := c.Transactions.Get(ctx, ID(id), withHeaders(o.Header))
		return err == nil, err
	case "CreateVaultedShopper":
		_, _, err := c.VaultedShoppers.Get(ctx, ID(id), withHeaders(o.Header))
		return err == nil, err
	case "CaptureTransaction", "ReverseAuthorization", "CancelSubscription":
		return c.verifyState(ctx, op, pending.Request, ID(id))
	default:
		return false, nil
	}
}

// verifyPayment compares a transaction with the request that may have made it,
// as far as the journal still has that.
func verifyPayment(op operation, o PendingOperation, resp *Response, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	var found, wanted payment
	if err := json.Unmarshal(resp.Raw, &found); err != nil {
		return false, errors.New("the transaction cannot be read")
	}
	name := "transaction " + sdk.Printable(string(found.ID))
	if len(o.Body) == 0 { // the journal has dropped it
		return true, nil
	}
	if err := json.Unmarshal(o.Body, &wanted); err != nil {
		return false, errors.New("the recorded request cannot be read")
	}
	switch {
	case !found.paysAs(wanted):
		return false, errors.New(name + " is of another amount")
	case op.hasTransactionID && found.TransactionID != "" && wanted.TransactionID != "" &&
		found.TransactionID != wanted.TransactionID:
		return false, errors.New(name + " has another merchantTransactionId")
	}
	return true, nil
}

// verifyState reads what was to be captured, reversed or cancelled.
func (c *Client) verifyState(ctx context.Context, op operation, q idem.Request, id ID) (bool, error) {
	name := op.about(id)
	if wanted := op.target(q); wanted != "" && wanted != id { // the journal may have dropped it
		return false, errors.New(name + " is not the one that the request was about")
	}
	_, state, err := c.readState(ctx, op, id, q.Header)
	switch {
	case err != nil:
		return false, err
	case state == idem.StateDiffers:
		return false, errors.New(name + " does not show the state that was asked for")
	default:
		return state == idem.StateHolds, nil
	}
}

// about names what an idempotent operation is about.
func (o operation) about(id ID) string {
	thing := "transaction "
	if o.kind == "" {
		thing = "subscription "
	}
	return thing + sdk.Printable(string(id))
}
