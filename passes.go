package bardge

import (
	"context"
	"iter"
)

// PassesService lists pass packages, the products that a reseller may sell.
type PassesService service

// List returns one page of the pass packages that the reseller may issue.
//
// Operation ListPasses, class safe.
func (s *PassesService) List(
	ctx context.Context, params ListPassesParams, opts ...CallOption,
) (*List[Pass], *Response, error) {
	return call(ctx, s.client, newListPassesRequest(params), parseListPassesResponse, opts)
}

// All yields every pass package from params on, in pages of Limit, until the
// first error. EndingBefore is an [InvalidError].
//
// Operation ListPasses, class safe.
func (s *PassesService) All(ctx context.Context, params ListPassesParams, opts ...CallOption) iter.Seq2[*Pass, error] {
	return paginate(ctx, params, s.List, opts)
}

// IssuedPassesService issues passes, and reads and changes issued ones. An
// issued pass is one pass package given to one named client.
type IssuedPassesService service

// Issue gives a pass package to a client, and charges the reseller. The body is
// inferred.
//
// Operation IssuePass, class keyed (documented). Errors: [ErrPassNotFound],
// [ErrValidation].
func (s *IssuedPassesService) Issue(
	ctx context.Context, params IssuePassParams, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	return call(ctx, s.client, newIssuePassRequest(params), parseIssuePassResponse, opts)
}

// Get returns an issued pass. The path is inferred.
//
// Operation GetIssuedPass, class safe. Errors: [ErrPassNotFound],
// [ErrNotFound].
func (s *IssuedPassesService) Get(ctx context.Context, id string, opts ...CallOption) (*IssuedPass, *Response, error) {
	return call(ctx, s.client, newGetIssuedPassRequest(id), parseGetIssuedPassResponse, opts)
}

// Update changes an issued pass; fields left out stay as they are. The body
// and the response's fields are inferred.
//
// Operation UpdateIssuedPass, class keyed (documented). Errors:
// [ErrPassNotFound], [ErrNotFound], [ErrValidation].
func (s *IssuedPassesService) Update(
	ctx context.Context, params UpdateIssuedPassParams, opts ...CallOption,
) (*IssuedPassMessage, *Response, error) {
	return call(ctx, s.client, newUpdateIssuedPassRequest(params), parseUpdateIssuedPassResponse, opts)
}

// UpdateExpiry sets when an issued pass ends. Field, unit and the response's
// fields are inferred.
//
// Operation UpdateIssuedPassExpiry, class keyed (documented). Errors:
// [ErrPassNotFound], [ErrNotFound], [ErrValidation].
func (s *IssuedPassesService) UpdateExpiry(
	ctx context.Context, id string, params UpdateIssuedPassExpiryParams, opts ...CallOption,
) (*IssuedPassMessage, *Response, error) {
	return call(ctx, s.client, newUpdateIssuedPassExpiryRequest(id, params), parseUpdateIssuedPassExpiryResponse, opts)
}
