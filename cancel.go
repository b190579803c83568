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
// If that read fails after a confirmed cancellation, the booking has only its
// id and status. A booking cancelled before the call is [ErrAlreadyCancelled]
// (an [AlreadyCancelledError]) with [OutcomeDone]. Other errors: [ErrNotFound].
func (s *BookingsService) Cancel(
	ctx context.Context, bookingID string, opts ...CallOption,
) (*Booking, *Response, error) {
	// The engine reads the booking if the response is lost or shows another
	// state (R14, R31, R33). As the last option this gets the call's headers.
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

// showsCancelled reports whether a cancellation's response is the cancelled
// booking. The fields are inferred: a missing one does not contradict.
func showsCancelled(bookingID string, a *idem.Response) bool {
	booking, ok := a.Value.(*Booking)
	if !ok {
		booking, _, _ = parseCancelBookingResponse(a.Body, nil)
	}
	return booking == nil ||
		(booking.ID == "" || booking.ID == bookingID) &&
			(booking.Status == "" || booking.Status.Is(BookingCancelled))
}

// refetch returns the response that a cancellation would have had, and what
// reading the booking shows. If reading fails, it is what is certain to be.
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
		return cancelled(booking), idem.StateUnread
	case !booking.Status.Is(BookingCancelled):
		return nil, idem.StateDiffers
	case booking.Object != "" && booking.Object != "booking": // of a status alone (inferred)
		return cancelled(booking), idem.StateHolds
	}
	return &idem.Response{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw}, idem.StateHolds
}

// cancelled returns the response of a cancellation with what was read.
func cancelled(booking *BookingState) *idem.Response {
	booking.Object = "booking"
	filled, _ := reconstruct(string(gen.OpCancelBooking), booking)
	return filled
}
