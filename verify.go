package bardge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// verifiers read what an operation is said to have made.
var verifiers = map[gen.OperationID]func(*Client, context.Context, PendingOperation, string) error{
	gen.OpIssuePass:              (*Client).verifyPass,
	gen.OpUpdateIssuedPass:       (*Client).verifyPass,
	gen.OpUpdateIssuedPassExpiry: (*Client).verifyPass,
	gen.OpBookClass:              (*Client).verifyBooking,
	gen.OpConfirmClassBooking:    (*Client).verifyBooking,
	gen.OpConfirmSpaBooking:      (*Client).verifyBooking,
	gen.OpCancelBooking:          (*Client).verifyCancellation,
}

// verify reports by reading whether an operation made the thing with this id. The API
// shows no purchases, lookups, codes and open sessions by their ids.
func (c *Client) verify(ctx context.Context, pending idem.PendingOperation, id string) (bool, error) {
	o := newPending(pending)
	check := verifiers[gen.OperationID(o.Operation)]
	if check == nil {
		return false, nil
	}
	if err := check(c, ctx, o, id); err != nil {
		return false, err
	}
	return true, nil
}

// verifyPass reads an issued pass. What the journal or the API has dropped is not
// compared.
func (c *Client) verifyPass(ctx context.Context, o PendingOperation, id string) error {
	pass, _, err := c.IssuedPasses.Get(ctx, id, exactly(o.Header))
	if err != nil {
		return err
	}
	name := "issued pass " + sdk.Printable(id)
	switch gen.OperationID(o.Operation) {
	case gen.OpIssuePass:
		in, _ := asked[IssuePassParams](o.Body)
		if differ(in.ClientID, pass.ClientID) || differ(in.PassID, pass.PassID) {
			return fmt.Errorf("%s is of another client or package", name)
		}
		return notBefore(o, pass.Created, name)
	case gen.OpUpdateIssuedPass:
		in, _ := asked[UpdateIssuedPassParams](o.Body)
		return same(in.UserPassID, id, name)
	default:
		return same(o.PathID, id, name)
	}
}

// verifyBooking reads a booking that an operation is said to have made.
func (c *Client) verifyBooking(ctx context.Context, o PendingOperation, id string) error {
	booking, _, err := c.Bookings.Get(ctx, id, exactly(o.Header))
	if err != nil {
		return err
	}
	name, kind := "booking "+sdk.Printable(id), BookingTypeClass
	if gen.OperationID(o.Operation) == gen.OpConfirmSpaBooking {
		kind = BookingTypeSpa
	}
	in, _ := asked[BookClassParams](o.Body) // a confirmation's body names no client
	switch {
	case booking.Type != "" && !booking.Type.Is(kind):
		return fmt.Errorf("%s is of another kind", name)
	case differ(in.ClientID, booking.ClientID):
		return fmt.Errorf("%s is of another client", name)
	}
	return notBefore(o, booking.Created, name)
}

// verifyCancellation reads the booking that was to be cancelled.
func (c *Client) verifyCancellation(ctx context.Context, o PendingOperation, id string) error {
	name := "booking " + sdk.Printable(id)
	if err := same(o.PathID, id, name); err != nil {
		return err
	}
	booking, _, err := c.Bookings.Get(ctx, id, exactly(o.Header))
	switch {
	case err != nil:
		return err
	case !booking.Status.Is(BookingCancelled):
		return fmt.Errorf("%s is not cancelled", name)
	}
	return nil
}

// differ reports whether two ids are known and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// same fails if the request was about another thing.
func same(asked, id, name string) error {
	if differ(asked, id) {
		return errors.New(name + " is not the one that the request was about")
	}
	return nil
}

// notBefore fails if a thing was made before the operation's intent.
func notBefore(o PendingOperation, made time.Time, name string) error {
	if !made.IsZero() && made.Before(o.Since.Add(-clockSkew)) {
		return errors.New(name + " is older than the operation")
	}
	return nil
}
