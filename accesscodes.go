package bardge

import "context"

// AccessCodesService generates codes for checking in without a booking.
type AccessCodesService service

// Generate makes a code for one visit of a client. Generate one code per visit:
// several codes for one visit are rejected at the scanner (documented: the
// introduction to access codes). A client of another reseller needs
// [WithLookupToken]. The body's fields are inferred.
//
// Should the API ask for a purchase first, its response has a session instead
// of a code: the call ends with [ErrResponseIncomplete], and the raw response
// has the session's id for [PreviewService.ConfirmAccessCode].
//
// Operation GenerateAccessCode, class keyed (documented). Errors:
// [ErrNotFound], [ErrValidation], [ErrPermissionDenied].
func (s *AccessCodesService) Generate(
	ctx context.Context, params GenerateAccessCodeParams, opts ...CallOption,
) (*AccessCode, *Response, error) {
	return call(ctx, s.client, newGenerateAccessCodeRequest(params), parseGenerateAccessCodeResponse, opts)
}
