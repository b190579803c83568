package bardge

import (
	"context"

	"github.com/bardge/bardge-go/gen"
)

// AccessCodesService makes codes with which a client checks in to a visit that
// is not booked.
type AccessCodesService service

// The types of access codes.
type (
	// AccessCode is a code for one visit. It ends with the day on which it was
	// made (documented; in which zone is not).
	AccessCode = gen.AccessCode
	// GenerateAccessCodeParams say for whom the code is.
	GenerateAccessCodeParams = gen.GenerateAccessCodeParams
)

// Generate makes a code for one visit of a client. A client of another reseller
// needs [WithLookupToken]. The body's fields are inferred.
//
// Operation GenerateAccessCode, class keyed (documented): sent under one key,
// repeated within its window. Errors to tell apart: [ErrNotFound],
// [ErrValidation], [ErrPermissionDenied].
func (s *AccessCodesService) Generate(
	ctx context.Context, params GenerateAccessCodeParams, opts ...CallOption,
) (*AccessCode, *Response, error) {
	req, err := gen.NewGenerateAccessCodeRequest(params)
	return call(ctx, s.client, req, err, gen.ParseGenerateAccessCodeResponse, opts)
}
