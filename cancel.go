package bardge

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// Cancel cancels a booking. It takes no idempotency key, since cancelling twice
// has no further effect (documented).
//
// Operation CancelBooking, class idempotent. If an earlier attempt's response
// was lost or shows another state, or the call would end unknown, the booking
// is read once; if it is cancelled, it is returned with Response.Recovered set.
// If that read fails after the server confirmed the cancellation, the booking
// has its id and its status alone. A booking cancelled before the call is
// [ErrAlreadyCancelled] (an [AlreadyCancelledError]) with [OutcomeDone]. Other
// errors to check for: [ErrNotFound].
func (s *BookingsService) Cancel(
	ctx context.Context, bookingID string, opts ...CallOption,
) (*Booking, *Response, error) {
	// The engine reads the booking when the response to its cancellation is
	// lost or shows another state (R14, R31, R33). The option is the last, so
	// that the read has the call's own headers.
	opts = append(slices.Clip(opts), callFunc(func(call *callSettings) {
		header := call.Header
		call.Refetch = func(ctx context.Context) (*idem.Response, idem.State) {
			return s.refetch(ctx, bookingID, header)
		}
		call.Confirms = func(a *idem.Response) bool { return showsCancelled(bookingID, a) }
	}))
	booking, resp, err := call(ctx, s.client, newCancelBookingRequest(bookingID), parseCancelBookingResponse, opts)
	if e := (*Error)(nil); errors.As(err, &e) {
		e.bookingID = bookingID
	}
	return booking, resp, err
}

// showsCancelled reports whether the response to a cancellation is the
// cancelled booking, as far as it shows one: the fields are inferred, so that a
// missing one does not contradict.
func showsCancelled(bookingID string, a *idem.Response) bool {
	booking, ok := a.Value.(*Booking)
	if !ok {
		booking, _, _ = parseCancelBookingResponse(a.Body)
	}
	return booking == nil ||
		(booking.ID == "" || booking.ID == bookingID) &&
			(booking.Status == "" || booking.Status.Is(BookingCancelled))
}

// refetch returns the response that a cancellation would have had, and what
// reading the booking shows. Where reading fails, the response is what a
// confirmed cancellation is certain to be.
func (s *BookingsService) refetch(
	ctx context.Context, bookingID string, header http.Header,
) (*idem.Response, idem.State) {
	booking, resp, err := s.Get(ctx, bookingID, readWith(header, false))
	switch {
	case err != nil, booking.ID != "" && booking.ID != bookingID:
		certain, _ := responseOf(string(gen.OpCancelBooking), bookingID)
		return certain, idem.StateUnread
	case booking.Status == "":
		booking.Status = BookingCancelled
		filled, _ := reconstruct(string(gen.OpCancelBooking), booking)
		return filled, idem.StateUnread
	case !booking.Status.Is(BookingCancelled):
		return nil, idem.StateDiffers
	}
	return &idem.Response{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw}, idem.StateHolds
}
