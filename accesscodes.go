package bardge

import "context"

// AccessCodesService makes codes with which a client checks in to a visit that
// is not booked.
type AccessCodesService service

// Generate makes a code for one visit of a client. A client of another reseller
// needs [WithLookupToken]. The body's fields are inferred.
//
// Operation GenerateAccessCode, class keyed (documented). Errors to check for:
// [ErrNotFound], [ErrValidation], [ErrPermissionDenied].
func (s *AccessCodesService) Generate(
	ctx context.Context, params GenerateAccessCodeParams, opts ...CallOption,
) (*AccessCode, *Response, error) {
	return call(ctx, s.client, newGenerateAccessCodeRequest(params), parseGenerateAccessCodeResponse, opts)
}
