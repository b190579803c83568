package bardge

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/wire"
)

// Cancel cancels a booking. It takes no idempotency key, since cancelling twice
// has no further effect (documented).
//
// Operation CancelBooking, class convergent: repeated freely. Where an earlier
// attempt's answer is lost and the booking turns out to be cancelled, Cancel
// reads the booking and returns it with Response.Recovered set; if that read
// fails, the booking has its id and its status alone. A booking that had been
// cancelled before the call gives [ErrAlreadyCancelled] (an
// [AlreadyCancelledError]) with [OutcomeDone]. Other errors to tell apart:
// [ErrNotFound].
func (s *BookingsService) Cancel(
	ctx context.Context, bookingID string, opts ...CallOption,
) (*Booking, *Response, error) {
	req, err := gen.NewCancelBookingRequest(bookingID)
	opts = append(slices.Clip(opts), s.rereading(bookingID))
	booking, resp, err := call(ctx, s.client, req, err, gen.ParseCancelBookingResponse, opts)
	if e := (*Error)(nil); errors.As(err, &e) {
		e.bookingID = bookingID
	}
	return booking, resp, err
}

// rereading lets the engine read the booking when the answer to its cancellation
// is lost (R14). It comes last of the options, so that the read goes out with the
// call's own headers.
func (s *BookingsService) rereading(bookingID string) CallOption {
	return callOption(func(call *callSettings) error {
		header := call.Header
		call.Reread = func(ctx context.Context) (*idem.Answer, bool) { return s.reread(ctx, bookingID, header) }
		return nil
	})
}

// reread returns the answer that a cancellation would have had, and whether the
// booking is cancelled, as far as reading it tells.
func (s *BookingsService) reread(ctx context.Context, bookingID string, header http.Header) (*idem.Answer, bool) {
	booking, resp, err := s.Status(ctx, bookingID, withHeaders(header))
	switch {
	case err != nil:
		return cancelled(bookingID), true
	case booking.Status == "": // the field is inferred: silence is no contradiction
		booking.Status = BookingCancelled
		return answered(booking), true
	case !booking.Status.Is(BookingCancelled):
		return nil, false
	}
	return &idem.Answer{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw}, true
}

// withHeaders sends the headers that another call was given.
func withHeaders(header http.Header) CallOption {
	return callOption(func(read *callSettings) error {
		read.Header = header.Clone()
		return nil
	})
}

// cancelled is the answer of a cancellation that is certain, and of which no more
// than that is known.
func cancelled(bookingID string) *idem.Answer {
	return answered(&Booking{Object: "booking", ID: bookingID, Status: BookingCancelled})
}

// answered is the answer that holds this booking.
func answered(booking *Booking) *idem.Answer {
	body, _ := wire.Encode(booking) // what was read, and strings, always encode
	return &idem.Answer{Status: http.StatusOK, Body: body, Reconstructed: true}
}
