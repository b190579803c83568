package bardge

import (
	"context"
	"iter"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/wire"
)

// PassesService issues passes to clients. A pass package is the product that a
// reseller may sell; an issued pass is one package given to one named client.
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
	// IssuedPass is a package that was given to a client.
	IssuedPass = gen.IssuedPass
	// IssuedPassCategory is what an issued pass covers.
	IssuedPassCategory = gen.IssuedPassCategory
	// IssuedPassStatus is the state of an issued pass.
	IssuedPassStatus = gen.IssuedPassStatus
	// ListPassesParams choose a page of pass packages.
	ListPassesParams = gen.ListPassesParams
	// IssuePassParams say which package goes to whom.
	IssuePassParams = gen.IssuePassParams
	// UpdateIssuedPassParams say what to change.
	UpdateIssuedPassParams = gen.UpdateIssuedPassParams
)

// The states of an issued pass (documented). Compare with Is: the vendor writes
// them in both letter cases.
const (
	IssuedPassActive    = gen.IssuedPassStatusActive
	IssuedPassExpired   = gen.IssuedPassStatusExpired
	IssuedPassCancelled = gen.IssuedPassStatusCancelled
)

// The billing cycles (documented). Compare with Is.
const (
	PassDurationMonthly  = gen.PassDurationMonthly
	PassDurationAnnually = gen.PassDurationAnnually
)

// PaymentModelSubscription is the one payment model that the vendor shows
// (documented): paid in each billing cycle.
const PaymentModelSubscription = gen.PaymentModelSubscription

// UpdateIssuedPassExpiryParams say when an issued pass ends.
type UpdateIssuedPassExpiryParams struct {
	// ExpiresAt is the new expiry, sent in milliseconds (unit inferred from the
	// answers). It is required.
	ExpiresAt time.Time
}

// List returns one page of the pass packages that the reseller may issue.
//
// Operation ListPasses, class read: repeated freely.
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
// Operation ListPasses, class read: repeated freely, page by page.
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

// Issue gives a pass package to a client, and charges the reseller. The body's
// fields are inferred.
//
// Operation IssuePass, class keyed (documented): sent under one key, repeated
// within its window. Errors to tell apart: [ErrPassNotFound], [ErrValidation].
func (s *PassesService) Issue(
	ctx context.Context, params IssuePassParams, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	req, err := gen.NewIssuePassRequest(params)
	return call(ctx, s.client, req, err, gen.ParseIssuePassResponse, opts)
}

// UpdateIssued changes an issued pass; fields left out stay as they are. The
// body's fields are inferred.
//
// Operation UpdateIssuedPass, class keyed (documented): sent under one key,
// repeated within its window. Errors to tell apart: [ErrPassNotFound],
// [ErrNotFound], [ErrValidation].
func (s *PassesService) UpdateIssued(
	ctx context.Context, params UpdateIssuedPassParams, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	req, err := gen.NewUpdateIssuedPassRequest(params)
	return call(ctx, s.client, req, err, gen.ParseUpdateIssuedPassResponse, opts)
}

// UpdateIssuedExpiry sets when an issued pass ends. The body's field and its unit
// are inferred.
//
// Operation UpdateIssuedPassExpiry, class keyed (documented): sent under one key,
// repeated within its window. Errors to tell apart: [ErrPassNotFound],
// [ErrNotFound], [ErrValidation].
func (s *PassesService) UpdateIssuedExpiry(
	ctx context.Context, id string, params UpdateIssuedPassExpiryParams, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	body := gen.UpdateIssuedPassExpiryBody{ExpiresAt: wire.Millis{Time: params.ExpiresAt}}
	req, err := gen.NewUpdateIssuedPassExpiryRequest(id, body)
	if err == nil && params.ExpiresAt.IsZero() {
		err = &InvalidError{Field: "ExpiresAt", Reason: "is not set"}
	}
	return call(ctx, s.client, req, err, gen.ParseUpdateIssuedPassExpiryResponse, opts)
}

// GetIssued returns an issued pass. The path is inferred.
//
// Operation GetIssuedPass, class read: repeated freely. Errors to tell apart:
// [ErrPassNotFound], [ErrNotFound].
func (s *PassesService) GetIssued(
	ctx context.Context, id string, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	req, err := gen.NewGetIssuedPassRequest(id)
	return call(ctx, s.client, req, err, gen.ParseGetIssuedPassResponse, opts)
}
