package bardge

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Cancel cancels a booking. It takes no idempotency key, since cancelling twice
// has no further effect (documented).
//
// Operation CancelBooking, class idempotent: repeated freely. Where an earlier
// attempt's response is lost, shows another state, or the call would end
// unknown, Cancel reads the booking once: one that is cancelled is returned
// with Response.Recovered set. If the server has confirmed the cancellation and
// that read fails, the booking has its id and its status alone. A booking that
// had been cancelled before the call gives [ErrAlreadyCancelled] (an
// [AlreadyCancelledError]) with [OutcomeDone]. Other errors to check for:
// [ErrNotFound].
func (s *BookingsService) Cancel(
	ctx context.Context, bookingID string, opts ...CallOption,
) (*Booking, *Response, error) {
	opts = append(slices.Clip(opts), s.rereading(bookingID))
	booking, resp, err := call(ctx, s.client, newCancelBookingRequest(bookingID), parseCancelBookingResponse, opts)
	if e := (*Error)(nil); errors.As(err, &e) {
		e.bookingID = bookingID
	}
	return booking, resp, err
}

// rereading lets the engine read the booking when the response to its cancellation
// is lost or shows another state (R14, R31, R33). It comes last of the options, so that
// the read goes out with the call's own headers.
func (s *BookingsService) rereading(bookingID string) CallOption {
	return callFunc(func(call *callSettings) {
		header := call.Header
		call.Refetch = func(ctx context.Context) (*idem.Response, idem.State) {
			return s.reread(ctx, bookingID, header)
		}
		call.Confirms = func(a *idem.Response) bool { return showsCancelled(bookingID, a) }
	})
}

// showsCancelled reports whether the response to a cancellation is the cancelled
// booking, as far as it shows one: the fields are inferred, so a missing one does not
// contradict.
func showsCancelled(bookingID string, a *idem.Response) bool {
	booking, ok := a.Value.(*Booking)
	if !ok {
		booking, _, _ = parseCancelBookingResponse(a.Body)
	}
	if booking == nil {
		return true // it shows none
	}
	return (booking.ID == "" || booking.ID == bookingID) &&
		(booking.Status == "" || booking.Status.Is(BookingCancelled))
}

// reread returns the response that a cancellation would have had, and what reading
// the booking shows. Where reading fails, the response is what a confirmed
// cancellation is certain to be.
func (s *BookingsService) reread(
	ctx context.Context, bookingID string, header http.Header,
) (*idem.Response, idem.State) {
	booking, resp, err := s.Get(ctx, bookingID, withHeaders(header))
	switch {
	case err != nil, booking.ID != "" && booking.ID != bookingID:
		return cancelled(bookingID), idem.StateUnread
	case booking.Status == "":
		booking.Status = BookingCancelled
		return answered(booking), idem.StateUnread
	case !booking.Status.Is(BookingCancelled):
		return nil, idem.StateDiffers
	}
	return &idem.Response{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw}, idem.StateHolds
}

// withHeaders sends the headers that another call was given.
func withHeaders(header http.Header) CallOption {
	return callFunc(func(read *callSettings) { read.Header = header.Clone() })
}

// cancelled is the answer of a cancellation that is certain, and of which no more
// than that is known.
func cancelled(bookingID string) *idem.Response {
	return answered(&Booking{Object: "booking", ID: bookingID, Status: BookingCancelled})
}

// answered is the answer that holds this booking.
func answered(booking *Booking) *idem.Response {
	body, _ := wire.Encode(booking) // what was read, and strings, always encode
	return &idem.Response{Status: http.StatusOK, Body: body, Reconstructed: true}
}
