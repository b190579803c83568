package bardge

import (
	"context"
	"iter"

	"github.com/bardge/bardge-go/gen"
)

// PassesService lists pass packages, the products that a reseller may sell.
type PassesService service

// The types of passes.
type (
	// Pass is a pass package.
	Pass = gen.Pass
	// PassCategory is what a package covers in one category of providers.
	PassCategory = gen.PassCategory
	// PassDuration is a billing cycle.
	PassDuration = gen.PassDuration
	// PaymentModel is how a package is paid.
	PaymentModel = gen.PaymentModel
	// ListPassesParams choose a page of pass packages.
	ListPassesParams = gen.ListPassesParams
)

// The billing cycles (documented). Compare with Is.
const (
	PassDurationMonthly  = gen.PassDurationMonthly
	PassDurationAnnually = gen.PassDurationAnnually
)

// PaymentModelSubscription is the one payment model that the vendor shows
// (documented): paid in each billing cycle.
const PaymentModelSubscription = gen.PaymentModelSubscription

// List returns one page of the pass packages that the reseller may issue.
//
// Operation ListPasses, class safe: repeated freely.
func (s *PassesService) List(
	ctx context.Context, params ListPassesParams, opts ...CallOption,
) (*List[Pass], *Response, error) {
	req, err := gen.NewListPassesRequest(params)
	return call(ctx, s.client, req, err, gen.ParseListPassesResponse, opts)
}

// All yields every pass package from params on, reading pages as needed. It ends
// after the first error. Limit is the page size, not a bound; EndingBefore is
// refused with an [InvalidError].
//
// Operation ListPasses, class safe: repeated freely, page by page.
func (s *PassesService) All(
	ctx context.Context, params ListPassesParams, opts ...CallOption,
) iter.Seq2[*Pass, error] {
	return walk(gen.OpListPasses, params.StartingAfter, params.EndingBefore,
		func(cursor string) (*List[Pass], *Response, error) {
			next := params
			next.StartingAfter = cursor
			return s.List(ctx, next, opts...)
		}, func(p *Pass) string { return p.ID })
}
