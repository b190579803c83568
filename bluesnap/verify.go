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
	case "CaptureTransaction", "ReverseAuthorization":
		return c.verifyState(ctx, op, o, ID(id))
	case "CancelSubscription":
		return c.verifyCancelled(ctx, op, pending, ID(id))
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

// verifyState reads the transaction that was to be captured or reversed.
func (c *Client) verifyState(ctx context.Context, op operation, o PendingOperation, id ID) (bool, error) {
	name := "transaction " + sdk.Printable(string(id))
	if wanted := op.idIn(o.Body); wanted != "" && wanted != id {
		return false, errors.New(name + " is not the one that the request was about")
	}
	found, _, err := c.Transactions.Get(ctx, id, withHeaders(o.Header))
	switch {
	case err != nil:
		return false, err
	case found.Type == op.kind:
		return true, nil
	case found.Type == "", found.Type == AuthCapture && op.kind == Capture:
		return false, nil // it does not show its state
	default:
		return false, errors.New(name + " does not show the state that was asked for")
	}
}

// verifyCancelled reads the subscription that was to be cancelled.
func (c *Client) verifyCancelled(
	ctx context.Context, op operation, pending idem.PendingOperation, id ID,
) (bool, error) {
	name := "subscription " + sdk.Printable(string(id))
	if op.target(pending.Request) != id {
		return false, errors.New(name + " is not the one that the request was about")
	}
	found, _, err := c.Subscriptions.Get(ctx, id, withHeaders(pending.Request.Header))
	switch {
	case err != nil:
		return false, err
	case found.Status == "":
		return false, nil // it does not show its state
	case !found.Status.isOver():
		return false, errors.New(name + " is not cancelled")
	default:
		return true, nil
	}
}
