package bardge

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/operations"
	"github.com/bardge/bardge-go/internal/reconcile"
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

func (c *Client) reconcile(ctx context.Context, o idem.PendingOperation) (r idem.ReconcileResult, err error) {
	name := o.Request.Operation.Name
	if own, ok := c.reconcilers[name]; ok {
		found, err := own(ctx, c.pending(o))
		return c.core.Reconciled(name, sdk.Found(found), err)
	}
	if !c.known.IsModelled(name) {
		return idem.ReconcileResult{Evidence: "nothing is known that shows a raw operation: see WithReconciler"}, nil
	}
	found, err := c.reconcilable(o).Reconcile(ctx)
	r.Done, r.Scopes, r.Evidence = found.Response != nil, found.Scopes, found.Evidence
	if r.Done {
		r.Response, r.Resource = reconstruct(name, found.Response)
	}
	return r, err
}

// verify reports by reading whether an operation made what the id names.
func (c *Client) verify(ctx context.Context, o idem.PendingOperation, id string) (bool, error) {
	return c.reconcilable(o).Verify(ctx, id)
}

func (c *Client) reconcilable(o idem.PendingOperation) reconcile.Operation {
	r := reconcilable(c.paths, o.Request)
	r.Since, r.SentWithin, r.KeyTTL = o.Since, o.Bound, c.window
	r.Printable = sdk.Printable
	r.Read = func(ctx context.Context, operation, id string, into any) error {
		return c.read(ctx, operation, id, into, readWith(o.Request.Header, true))
	}
	return r
}

func reconcilable(paths operations.Paths, r idem.Request) reconcile.Operation {
	return reconcile.Operation{Name: r.Operation.Name, PathID: paths.ID(r), Body: r.Body}
}

func (c *Client) read(ctx context.Context, operation, id string, into any, opts ...CallOption) (err error) {
	const pageSize = 100 // the largest (documented)
	var found any
	switch gen.OperationID(operation) {
	case gen.OpListClientBookings:
		found, err = Collect(c.Bookings.AllForClient(ctx, id, ListClientBookingsParams{Limit: pageSize}, opts...))
	case gen.OpGetBookingStatus:
		found, _, err = c.Bookings.Get(ctx, id, opts...)
	case gen.OpListClasses:
		found, err = Collect(c.Classes.All(ctx, ListClassesParams{Limit: pageSize}, opts...))
	case gen.OpGetClass:
		found, _, err = c.Classes.Get(ctx, id, opts...)
	case gen.OpListCreditPackages:
		found, err = Collect(c.Credits.AllPackages(ctx, ListCreditPackagesParams{Limit: pageSize}, opts...))
	case gen.OpGetClientCredits:
		found, _, err = c.Clients.Credits(ctx, id, opts...)
	case gen.OpGetClient:
		found, _, err = c.Clients.Get(ctx, id, opts...)
		if errors.Is(err, ErrNotFound) {
			return reconcile.ErrNotFound
		}
	case gen.OpGetIssuedPass:
		found, _, err = c.IssuedPasses.Get(ctx, id, opts...)
	}
	if err != nil {
		return err
	}
	body, err := wire.Encode(found)
	return errors.Join(err, json.Unmarshal(body, into))
}

// resource names what an operation made, by its response.
func resource(operation string, body []byte) string {
	if operation != string(gen.OpUpdateIssuedPassExpiry) {
		return reconcile.Resource(operation, body)
	}
	pass, _, err := parseUpdateIssuedPassExpiryResponse(body, nil)
	if err != nil || pass.ID == "" || pass.ExpiresAt.IsZero() {
		return ""
	}
	return "expiry:" + pass.ID + ":" + pass.ExpiresAt.UTC().Format(time.RFC3339Nano)
}

// responseOf replaces the lost response of an operation that made this id.
func responseOf(operation, id string) (*idem.Response, string) {
	if value := reconcile.Response(operation, id); value != nil {
		return reconstruct(operation, value)
	}
	return nil, ""
}

// reconstruct returns the response with this value, and names what it made.
func reconstruct(operation string, value any) (*idem.Response, string) {
	body, _ := wire.Encode(value) // what was read, and strings, always encode
	return &idem.Response{Status: http.StatusOK, Body: body, Reconstructed: true}, resource(operation, body)
}
