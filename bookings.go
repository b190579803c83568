package bardge

import (
	"context"
	"iter"
)

// BookingsService books classes and spa appointments. A booking that the
// client's pass does not cover opens a session, to be confirmed.
type BookingsService service

// BookSpa opens a session for spa services. [BookingsService.ConfirmSpa] books
// it; where the session requires a co-pay, that comes first. The body's fields
// are inferred, as is that a client of another reseller needs
// [WithLookupToken].
//
// Operation BookSpa, class keyed (documented). Errors: [ErrSlotUnavailable],
// [ErrNotFound], [ErrValidation] (also too few credits), [ErrPermissionDenied].
func (s *BookingsService) BookSpa(
	ctx context.Context, params BookSpaParams, opts ...CallOption,
) (*SpaBooking, *Response, error) {
	return call(ctx, s.client, newBookSpaRequest(params), parseBookSpaResponse, opts)
}

// ConfirmSpa books the appointment of a session of [BookingsService.BookSpa].
//
// Operation ConfirmSpaBooking, class keyed (inferred: the vendor's example
// sends a key, its list does not name the endpoint). Errors:
// [ErrSlotUnavailable], [ErrNotFound], [ErrValidation] (also too few credits).
func (s *BookingsService) ConfirmSpa(
	ctx context.Context, sessionID string, opts ...CallOption,
) (*Booking, *Response, error) {
	return call(ctx, s.client, newConfirmSpaBookingRequest(sessionID), parseConfirmSpaBookingResponse, opts)
}

// ListForClient returns one page of a client's bookings. A client of another
// reseller needs [WithLookupToken] (inferred).
//
// Operation ListClientBookings, class safe. Errors: [ErrNotFound].
func (s *BookingsService) ListForClient(
	ctx context.Context, clientID string, params ListClientBookingsParams, opts ...CallOption,
) (*List[Booking], *Response, error) {
	return call(ctx, s.client, newListClientBookingsRequest(clientID, params), parseListClientBookingsResponse, opts)
}

// AllForClient yields every booking of a client from params on, in pages of
// Limit, until the first error. EndingBefore is an [InvalidError].
//
// Operation ListClientBookings, class safe.
func (s *BookingsService) AllForClient(
	ctx context.Context, clientID string, params ListClientBookingsParams, opts ...CallOption,
) iter.Seq2[*Booking, error] {
	return paginate(ctx, params, of(s.ListForClient, clientID), opts)
}

// Get returns a booking with its status. The path and the response's fields are
// inferred.
//
// Operation GetBookingStatus, class safe. Errors: [ErrNotFound].
func (s *BookingsService) Get(
	ctx context.Context, bookingID string, opts ...CallOption,
) (*BookingState, *Response, error) {
	return call(ctx, s.client, newGetBookingStatusRequest(bookingID), parseGetBookingStatusResponse, opts)
}
