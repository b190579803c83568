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
	ID string
	// Evidence says in words what was found. It is shown, so it should name ids
	// alone.
	Evidence string
}

// reconciler is a caller's way of looking for an orphan.
type reconciler = func(context.Context, PendingOperation) (ReconcileResult, error)

// reconcile looks by reading what became of an orphan.
func (c *Client) reconcile(ctx context.Context, orphan idem.PendingOperation) (idem.ReconcileResult, error) {
	o := newPending(orphan)
	op := operations[o.Operation]
	if own, ok := c.reconcilers[o.Operation]; ok {
		return reconcileBy(ctx, own, o)
	}
	transactionID := transactionIDIn(o.Body)
	switch {
	case !op.hasTransactionID:
		return unknown("no way to look for it is documented")
	case c.merchantID == "":
		return unknown("the merchant id is needed to look for it")
	case transactionID != c.transactionIDOfRef(op, o.Ref) && !c.unique:
		return unknown("its merchantTransactionId is the caller's own, and may be that of another payment")
	}
	return c.reconcilePayment(ctx, op, o, transactionID)
}

// reconcileBy asks the caller's reconciler.
func reconcileBy(ctx context.Context, own reconciler, o PendingOperation) (idem.ReconcileResult, error) {
	f, err := own(ctx, o)
	if err != nil || !f.Done {
		return idem.ReconcileResult{Evidence: f.Evidence}, err
	}
	answer, made := responseOf(o.Operation, f.ID)
	return idem.ReconcileResult{Done: true, Response: answer, Resource: made, Evidence: f.Evidence}, nil
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

// lookFor reads the one payment under a merchantTransactionId.
func (c *Client) reconcilePayment(
	ctx context.Context, op operation, o PendingOperation, transactionID string,
) (idem.ReconcileResult, error) {
	resp, err := c.findPayment(ctx, op, transactionID, withHeaders(o.Header))
	switch {
	case errors.Is(err, ErrMultipleTransactions):
		return unknown("several transactions have its merchantTransactionId")
	case err != nil && resp.StatusCode == http.StatusForbidden:
		return unknown("no transaction with its merchantTransactionId is to be seen")
	case err != nil:
		return idem.ReconcileResult{}, err
	}
	var asked, found payment
	if err := errors.Join(json.Unmarshal(o.Body, &asked), json.Unmarshal(resp.Raw, &found)); err != nil {
		return unknown("what was found cannot be read")
	}
	switch about := "transaction " + sdk.Printable(string(found.ID)); {
	case !plainID(string(found.ID)):
		return unknown("what was found names no transaction")
	case string(found.TransactionID) != transactionID:
		return unknown(about + " does not tell that merchantTransactionId")
	case found.ProcessingInfo.Status == ProcessingFail:
		return unknown(about + " has failed")
	case found.Currency != asked.Currency || !sameAmount(found.Amount, asked.Amount):
		return unknown(about + " is of another amount")
	default:
		return idem.ReconcileResult{
			Done:     true,
			Response: &idem.Response{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw},
			Resource: resource(op.name, resp.Raw),
			Evidence: about + " has its merchantTransactionId",
		}, nil
	}
}

// findPayment reads a payment of the kind that an operation makes.
func (c *Client) findPayment(
	ctx context.Context, op operation, transactionID string, opts ...CallOption,
) (resp *Response, err error) {
	if op.name == "CreateAltTransaction" {
		_, resp, err = c.AltTransactions.Find(ctx, transactionID, opts...)
	} else {
		_, resp, err = c.Transactions.Find(ctx, transactionID, opts...)
	}
	return resp, err
}

// sameAmount compares decimal numbers by their value: "11.00" is 11. What is no
// plain decimal number is the same as nothing.
func sameAmount(a, b Amount) bool {
	x, y := plainAmount(a), plainAmount(b)
	return x != "" && x == y
}

// plainAmount writes a decimal number without zeros that say nothing.
func plainAmount(a Amount) string {
	whole, part, dotted := strings.Cut(string(a), ".")
	if !digits(whole) || dotted && !digits(part) {
		return ""
	}
	return strings.TrimLeft(whole, "0") + "." + strings.TrimRight(part, "0")
}

// unknown is a finding that proves nothing.
func unknown(evidence string) (idem.ReconcileResult, error) {
	return idem.ReconcileResult{Evidence: evidence}, nil
}

// responseOf stands for the lost answer of an operation of which no more is known
// than the id of what it made. It returns nothing where there is no id.
func responseOf(name, id string) (*idem.Response, string) {
	op := operations[name]
	if op.id == "" || id == "" {
		return nil, ""
	}
	body, _ := wire.Encode(map[string]ID{op.id: ID(id)}) // an id always encodes
	return &idem.Response{Status: http.StatusOK, Body: body}, resource(op.name, body)
}

// resource names what an operation made, so that no other operation of the
// journal can be said to have made it too. It is empty where nothing was made, or
// where the body does not tell.
func resource(name string, body []byte) string {
	op := operations[name]
	id := string(op.idIn(body))
	if op.object == "" || !plainID(id) {
		return ""
	}
	return op.object + ":" + id
}
