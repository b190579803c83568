package bluesnap

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// ReconcileResult is what reading showed of a [PendingOperation].
type ReconcileResult struct {
	// Done: an unambiguous match shows that the operation was executed. False
	// leaves the outcome unknown: reading never proves the opposite.
	Done bool
	// ID names what the operation made, as for [Executed]; it may be empty.
	// What another operation of the journal has made proves nothing.
	ID       string
	Evidence string // what was found, in words; shown, so it should name ids alone
}

type reconciler = func(context.Context, PendingOperation) (ReconcileResult, error)

func (c *Client) reconcile(ctx context.Context, pending idem.PendingOperation) (idem.ReconcileResult, error) {
	o := newPending(pending)
	op := operations[o.Operation]
	if own, ok := c.reconcilers[o.Operation]; ok {
		found, err := own(ctx, o)
		return c.core.Reconciled(o.Operation, sdk.Found(found), err)
	}
	transactionID := transactionIDIn(o.Body)
	switch {
	case op.class == idem.Idempotent && op.id != "":
		return c.reconcileState(ctx, op, pending.Request)
	case !op.hasTransactionID:
		return unknown("no way to look for it is documented")
	case c.merchantID == "":
		return unknown("the merchant id is needed to look for it")
	case transactionID != c.transactionIDOfRef(op, o.Ref) && !c.unique:
		return unknown("its merchantTransactionId is the caller's own, and may be that of another payment")
	}
	return c.reconcilePayment(ctx, op, o, transactionID)
}

// payment is what a request and the transaction it made have in common.
type payment struct {
	ID             ID     `json:"transactionId"`
	Amount         Amount `json:"amount"`
	Currency       string `json:"currency"`
	TransactionID  text   `json:"merchantTransactionId"`
	ProcessingInfo struct {
		Status ProcessingStatus `json:"processingStatus"`
	} `json:"processingInfo"`
}

// reconcilePayment reads the one payment with a merchantTransactionId.
func (c *Client) reconcilePayment(
	ctx context.Context, op operation, o PendingOperation, transactionID string,
) (idem.ReconcileResult, error) {
	var resp *Response
	var err error
	if op.name == "CreateAltTransaction" {
		_, resp, err = c.AltTransactions.Find(ctx, transactionID, withHeaders(o.Header))
	} else {
		_, resp, err = c.Transactions.Find(ctx, transactionID, withHeaders(o.Header))
	}
	switch {
	case errors.Is(err, ErrMultipleTransactions):
		return unknown("several transactions have its merchantTransactionId")
	case err != nil && resp.StatusCode == http.StatusForbidden:
		return unknown("no transaction with its merchantTransactionId is to be seen")
	case err != nil:
		return idem.ReconcileResult{}, err
	}
	var wanted, found payment
	if errors.Join(json.Unmarshal(o.Body, &wanted), json.Unmarshal(resp.Raw, &found)) != nil {
		return unknown("what was found cannot be read")
	}
	switch name := "transaction " + sdk.Printable(string(found.ID)); {
	case !plainID(string(found.ID)):
		return unknown("what was found names no transaction")
	case string(found.TransactionID) != transactionID:
		return unknown(name + " does not tell that merchantTransactionId")
	case found.ProcessingInfo.Status == ProcessingFail:
		return unknown(name + " has failed")
	case !found.paysAs(wanted):
		return unknown(name + " is of another amount")
	default:
		return idem.ReconcileResult{
			Done:     true,
			Response: asRead(resp),
			Resource: resource(op.name, resp.Raw),
			Evidence: name + " has its merchantTransactionId",
		}, nil
	}
}

// reconcileState reads what an idempotent operation is about.
func (c *Client) reconcileState(ctx context.Context, op operation, q idem.Request) (idem.ReconcileResult, error) {
	id := op.target(q)
	switch resp, state, err := c.readState(ctx, op, id, q.Header); state {
	case idem.StateHolds:
		return idem.ReconcileResult{Done: true, Response: resp, Evidence: op.about(id) + " is as was asked for"}, nil
	case idem.StateDiffers:
		return unknown(op.about(id) + " is not as was asked for, or was changed since")
	default:
		return idem.ReconcileResult{Evidence: op.about(id) + " does not show its state"}, err
	}
}

// paysAs compares amounts, "11.00" as 11, and currencies.
func (p payment) paysAs(other payment) bool {
	amount := plainAmount(p.Amount)
	return p.Currency == other.Currency && amount != "" && amount == plainAmount(other.Amount)
}

// plainAmount returns a decimal number without leading and trailing zeros.
func plainAmount(a Amount) string {
	whole, part, dotted := strings.Cut(string(a), ".")
	if !digits(whole) || dotted && !digits(part) {
		return ""
	}
	return strings.TrimLeft(whole, "0") + "." + strings.TrimRight(part, "0")
}

func unknown(evidence string) (idem.ReconcileResult, error) {
	return idem.ReconcileResult{Evidence: evidence}, nil
}

// responseOf replaces the lost response of an operation that made this id.
func responseOf(name, id string) (*idem.Response, string) {
	op := operations[name]
	if op.id == "" || id == "" {
		return nil, ""
	}
	body, _ := wire.Encode(map[string]ID{op.id: ID(id)}) // an id always encodes
	return &idem.Response{Status: http.StatusOK, Body: body}, resource(op.name, body)
}

// resource names what an operation made, so that no other operation of the
// journal is believed to have made it. Empty: nothing, or nothing shown.
func resource(name string, body []byte) string {
	op := operations[name]
	id := string(op.idIn(body))
	if op.object == "" || !plainID(id) {
		return ""
	}
	return op.object + ":" + id
}
