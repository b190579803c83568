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
