package bardge

import "context"

// ClassEnding is how a class booking ended.
type ClassEnding uint8

// The endings of a class booking.
const (
	// ClassUnrecognized, the zero value: not one of the documented endings.
	ClassUnrecognized ClassEnding = iota
	ClassBooked                   // the class is booked, as BookingID
	// ClassNeedsVisits: the pass has no visits left. Confirm SessionID with how
	// many to buy, each at CostPerVisit, and their billing cycle.
	ClassNeedsVisits
	// ClassNeedsCopay: the pass does not cover the gym's tier. Confirm
	// SessionID with one of CopayOptions.
	ClassNeedsCopay
)

// String returns "booked", "needs visits", "needs co-pay" or "unrecognized".
func (e ClassEnding) String() string {
	switch e {
	case ClassBooked:
		return "booked"
	case ClassNeedsVisits:
		return "needs visits"
	case ClassNeedsCopay:
		return "needs co-pay"
	default:
		return "unrecognized"
	}
}

// Ending returns how a class booking ended (documented by the two flags; that a
// booking id marks the third is inferred from the example).
func (b *ClassBooking) Ending() ClassEnding {
	switch {
	case b.CopayRequired:
		return ClassNeedsCopay
	case b.AdditionalVisitsRequired:
		return ClassNeedsVisits
	case b.BookingID != "":
		return ClassBooked
	default:
		return ClassUnrecognized
	}
}

// BookClass books a place in a class at once where the client's pass covers it,
// and otherwise opens a session for [BookingsService.ConfirmClass]; see
// [ClassBooking.Ending]. A client of another reseller needs [WithLookupToken].
//
// Operation BookClass, class keyed (documented). Errors: [ErrClassFull],
// [ErrNotFound], [ErrValidation] (also too few credits), [ErrPermissionDenied].
func (s *BookingsService) BookClass(
	ctx context.Context, params BookClassParams, opts ...CallOption,
) (*ClassBooking, *Response, error) {
	return call(ctx, s.client, newBookClassRequest(params), parseBookClassResponse, opts)
}

// ConfirmClass books a session's class. The reseller pays what the pass lacks.
//
// Operation ConfirmClassBooking, class keyed (inferred: the vendor's example
// sends a key, its list does not name the endpoint). Errors: [ErrClassFull],
// [ErrNotFound], [ErrValidation].
func (s *BookingsService) ConfirmClass(
	ctx context.Context, sessionID string, params ConfirmClassParams, opts ...CallOption,
) (*Booking, *Response, error) {
	return call(ctx, s.client, newConfirmClassBookingRequest(sessionID, params), parseConfirmClassBookingResponse, opts)
}
