package scenarios

import (
	"slices"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

// Orders of the sandbox's seed.
var (
	issuePass    = mutations[sandbox.IssuePass]
	updateExpiry = mutations[sandbox.UpdateIssuedPassExpiry]
	accessCode   = mutations[sandbox.GenerateAccessCode]
	orderSpa     = mutations[sandbox.BookSpa]
	confirmSpa   = mutations[sandbox.ConfirmSpaBooking]
	confirmClass = mutations[sandbox.ConfirmClassBooking]
	buyCredits   = mutations[sandbox.PurchaseCredits]
	orderClass   = mutations[sandbox.BookClass]
)

// mutations are all operations that a key protects, or is sent with.
var mutations = ordersOf(gen.RetryClassKeyed, gen.RetryClassKeyUnverified)

func ordersOf(classes ...gen.RetryClass) map[sandbox.Operation]sdktest.Order {
	orders := map[sandbox.Operation]sdktest.Order{}
	for _, op := range gen.Operations() {
		if slices.Contains(classes, op.Class) {
			orders[op.ID] = sdktest.OrderOf(op.ID)
		}
	}
	return orders
}

// orderInstance books a place in this class.
func orderInstance(id string) sdktest.Order {
	return func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
		_, resp, err := c.Bookings.BookClass(s.T.Context(), bardge.BookClassParams{
			ClassInstanceID: id, ClientID: s.Seed.ClientID,
		}, opts...)
		return resp, err
	}
}

// cancelBooking cancels the first booking.
func cancelBooking(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Bookings.Cancel(s.T.Context(), "booking_0001", opts...)
	return resp, err
}
