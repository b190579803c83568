package bardge

import "context"

// AccessCodesService generates codes for checking in without a booking.
type AccessCodesService service

// Generate makes a code for one visit of a client. A client of another reseller
// needs [WithLookupToken]. The body's fields are inferred.
//
// Operation GenerateAccessCode, class keyed (documented). Errors:
// [ErrNotFound], [ErrValidation], [ErrPermissionDenied].
func (s *AccessCodesService) Generate(
	ctx context.Context, params GenerateAccessCodeParams, opts ...CallOption,
) (*AccessCode, *Response, error) {
	return call(ctx, s.client, newGenerateAccessCodeRequest(params), parseGenerateAccessCodeResponse, opts)
}
