package bardge

import (
	"context"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
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

// clockSkew is how far clocks may be apart: those of the machines that share a
// journal, and theirs and the vendor's.
const clockSkew = 5 * time.Second

// reconcile looks by reading what became of an orphan.
func (c *Client) reconcile(ctx context.Context, orphan idem.PendingOperation) (idem.ReconcileResult, error) {
	o := newPending(orphan)
	if own, ok := c.reconcilers[o.Operation]; ok {
		found, err := own(ctx, o)
		return c.core.Reconciled(o.Operation, sdk.Found(found), err)
	}
	look := lookers[gen.OperationID(o.Operation)]
	switch {
	case look == nil:
		return unknown("%s", reasons[gen.OperationID(o.Operation)])
	case time.Since(o.Since) < c.patience():
		return unknown("it is too early to tell from what other operations may have made")
	}
	return look(c, ctx, o)
}

// lookers are the default reconcilers.
var lookers = map[gen.OperationID]func(*Client, context.Context, PendingOperation) (idem.ReconcileResult, error){
	gen.OpBookClass:              (*Client).lookForClassBooking,
	gen.OpBookSpa:                (*Client).lookForSpaBooking,
	gen.OpUpdateIssuedPass:       (*Client).lookAtPass,
	gen.OpUpdateIssuedPassExpiry: (*Client).lookAtExpiry,
	gen.OpPurchaseCredits:        (*Client).lookForCredits,
}

// reasons say why there is no default reconciler.
var reasons = map[gen.OperationID]string{
	gen.OpIssuePass:           "the API lists no client's issued passes",
	gen.OpGenerateAccessCode:  "the API shows an access code once",
	gen.OpConfirmClassBooking: "the API does not tell whose session it was",
	gen.OpConfirmSpaBooking:   "the API does not tell whose session it was",
	gen.OpPurchaseCopay:       "the API lists no co-pay purchases",
	gen.OpPurchaseGymCopay:    "the API lists no co-pay purchases",
	gen.OpPurchaseSpaCopay:    "the API lists no co-pay purchases",
	gen.OpInitiateLookup:      "the API lists no lookups",
	gen.OpVerifyLookup:        "the API shows a lookup token once",
}

// patience is how long after the intent the default reconcilers look. What they
// find was made within a window of it, perhaps by an operation whose own window
// begins only then: that one must be over too, so that the journal knows what it
// made.
func (c *Client) patience() time.Duration { return 2*c.window + 4*clockSkew }

// madeBy reports whether something that was made at t can have been made by o:
// nothing of it is sent before the intent, or after the key's window, which begins
// with the first byte: a call with a long deadline may have waited for that.
func (c *Client) madeBy(o PendingOperation, t time.Time) bool {
	return !t.Before(o.Since.Add(-clockSkew)) && !t.After(o.Since.Add(o.bound+c.window+clockSkew))
}

// unknown is a finding that proves nothing.
func unknown(evidence string, args ...any) (idem.ReconcileResult, error) {
	return idem.ReconcileResult{Evidence: fmt.Sprintf(evidence, args...)}, nil
}

// proven is a finding that proves that the operation was executed, with this
// value, unless another one of these scopes may have been instead.
func proven(
	operation gen.OperationID, value any, scopes []string, evidence string, args ...any,
) (idem.ReconcileResult, error) {
	f := idem.ReconcileResult{Done: true, Scopes: scopes, Evidence: fmt.Sprintf(evidence, args...)}
	f.Response, f.Resource = answerWith(operation, value)
	return f, nil
}
