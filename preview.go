package bardge

import (
	"context"
	"errors"
	"iter"
)

// PreviewService calls operations that the vendor's pages do not show: only the
// names of its schemas point to them. All their paths and fields are inferred.
//
// Warning: previews are outside the promise of compatibility. They change or
// disappear in any version, as soon as more is known.
type PreviewService service

// RescheduleBooking moves a booking to another class instance, or to another
// date and time of a spa. It returns the new booking, which replaces the one
// that is named. Preview: path, body and response are inferred.
//
// Operation RescheduleBooking, class keyed (documented: the introduction to
// bookings asks for a key on rescheduling). Errors: [ErrNotFound],
// [ErrSlotUnavailable], [ErrClassFull], [ErrAlreadyCancelled], [ErrValidation].
func (s *PreviewService) RescheduleBooking(
	ctx context.Context, bookingID string, params RescheduleBookingParams, opts ...CallOption,
) (*Booking, *Response, error) {
	req := newRescheduleBookingRequest(bookingID, params)
	booking, resp, err := call(ctx, s.client, req, parseRescheduleBookingResponse, opts)
	if e := (*Error)(nil); errors.As(err, &e) {
		e.bookingID = bookingID
	}
	return booking, resp, err
}

// ConfirmAccessCode buys what the session of an access code requires, and makes
// the code. A second code for a visit is rejected at the scanner, so that an
// attempt that may have been executed is not repeated. Preview: path, body and
// response are inferred.
//
// Operation ConfirmAccessCode, class key unverified (inferred). Errors:
// [ErrNotFound], [ErrValidation].
func (s *PreviewService) ConfirmAccessCode(
	ctx context.Context, sessionID string, params ConfirmAccessCodeParams, opts ...CallOption,
) (*AccessCodeSession, *Response, error) {
	return call(ctx, s.client, newConfirmAccessCodeRequest(sessionID, params), parseConfirmAccessCodeResponse, opts)
}

// ListProviderServices returns one page of the services of a spa. Preview: path
// and response are inferred.
//
// Operation ListProviderServices, class safe. Errors: [ErrNotFound].
func (s *PreviewService) ListProviderServices(
	ctx context.Context, providerID string, params ListProviderServicesParams, opts ...CallOption,
) (*List[ServiceDetail], *Response, error) {
	return call(ctx, s.client, newListProviderServicesRequest(providerID, params),
		parseListProviderServicesResponse, opts)
}

// AllProviderServices yields every service of a spa from params on, in pages of
// Limit, until the first error. EndingBefore is an [InvalidError]. Preview: path
// and response are inferred.
//
// Operation ListProviderServices, class safe.
func (s *PreviewService) AllProviderServices(
	ctx context.Context, providerID string, params ListProviderServicesParams, opts ...CallOption,
) iter.Seq2[*ServiceDetail, error] {
	return paginate(ctx, params, of(s.ListProviderServices, providerID), opts)
}

// ProviderAvailability returns the slots of a provider on the date in params.
// Preview: path, parameter and response are inferred.
//
// Operation GetProviderAvailability, class safe. Errors: [ErrNotFound],
// [ErrValidation].
func (s *PreviewService) ProviderAvailability(
	ctx context.Context, providerID string, params GetProviderAvailabilityParams, opts ...CallOption,
) (*Availability, *Response, error) {
	return call(ctx, s.client, newGetProviderAvailabilityRequest(providerID, params),
		parseGetProviderAvailabilityResponse, opts)
}
