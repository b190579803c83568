package bardge

import (
	"context"
	"iter"
)

// CreditsService buys credits, a client's prepaid balance for booking and
// check-in. [ClientsService.Credits] reads the balance.
type CreditsService service

// Purchase buys a credit package for a client. The credits are usable at once
// (documented). The body is inferred.
//
// Operation PurchaseCredits, class keyed (documented). Errors: [ErrNotFound],
// [ErrValidation].
func (s *CreditsService) Purchase(
	ctx context.Context, params PurchaseCreditsParams, opts ...CallOption,
) (*CreditPurchase, *Response, error) {
	return call(ctx, s.client, newPurchaseCreditsRequest(params), parsePurchaseCreditsResponse, opts)
}

// ListPackages returns one page of the credit packages.
//
// Operation ListCreditPackages, class safe.
func (s *CreditsService) ListPackages(
	ctx context.Context, params ListCreditPackagesParams, opts ...CallOption,
) (*List[CreditPackage], *Response, error) {
	return call(ctx, s.client, newListCreditPackagesRequest(params), parseListCreditPackagesResponse, opts)
}

// AllPackages yields every credit package from params on, in pages of Limit,
// until the first error. EndingBefore is an [InvalidError].
//
// Operation ListCreditPackages, class safe.
func (s *CreditsService) AllPackages(
	ctx context.Context, params ListCreditPackagesParams, opts ...CallOption,
) iter.Seq2[*CreditPackage, error] {
	return paginate(ctx, params, s.ListPackages, opts)
}
