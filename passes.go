package bardge

import (
	"context"
	"iter"

	"github.com/bardge/bardge-go/gen"
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

// All yields every pass package from params on, reading pages as needed. It
// ends after the first error. Limit is the page size, not a bound; EndingBefore
// is refused with an [InvalidError].
//
// Operation ListPasses, class safe.
func (s *PassesService) All(
	ctx context.Context, params ListPassesParams, opts ...CallOption,
) iter.Seq2[*Pass, error] {
	return paginate(gen.OpListPasses, params.StartingAfter, params.EndingBefore,
		func(cursor string) (*List[Pass], *Response, error) {
			next := params
			next.StartingAfter = cursor
			return s.List(ctx, next, opts...)
		}, func(p *Pass) string { return p.ID })
}
