package bardge

import (
	"context"
	"iter"
)

// CopayService buys visits that a client's pass does not cover: choose a gym's
// option or get a spa's quote, buy it, then book. The vendor's pages name these
// endpoints in passing, so their bodies and responses are inferred.
type CopayService service

// ListGymOptions returns one page of the co-pay packages that open a gym.
//
// Operation ListGymCopayOptions, class safe. Errors: [ErrNotFound].
func (s *CopayService) ListGymOptions(
	ctx context.Context, providerID string, params ListGymCopayOptionsParams, opts ...CallOption,
) (*List[CopayOption], *Response, error) {
	return call(ctx, s.client, newListGymCopayOptionsRequest(providerID, params), parseListGymCopayOptionsResponse,
		opts)
}

// AllGymOptions yields every co-pay package of a gym from params on, in pages
// of Limit, until the first error. EndingBefore is an [InvalidError].
//
// Operation ListGymCopayOptions, class safe.
func (s *CopayService) AllGymOptions(
	ctx context.Context, providerID string, params ListGymCopayOptionsParams, opts ...CallOption,
) iter.Seq2[*CopayOption, error] {
	return paginate(ctx, params, of(s.ListGymOptions, providerID), opts)
}

// QuoteSpa returns what a spa visit costs a client. It charges nothing, and the
// amount may change: request it right before showing it (documented).
//
// Operation QuoteSpaCopay, class safe (inferred: a POST that only computes).
// Errors: [ErrNotFound], [ErrValidation].
func (s *CopayService) QuoteSpa(
	ctx context.Context, providerID string, params QuoteSpaCopayParams, opts ...CallOption,
) (*SpaCopayQuote, *Response, error) {
	return call(ctx, s.client, newQuoteSpaCopayRequest(providerID, params), parseQuoteSpaCopayResponse, opts)
}

// PurchaseGym buys a gym's co-pay package; the reseller's account is debited.
//
// Operation PurchaseGymCopay, class keyed (documented). Errors: [ErrNotFound],
// [ErrValidation].
func (s *CopayService) PurchaseGym(
	ctx context.Context, params PurchaseGymCopayParams, opts ...CallOption,
) (*GymCopayPurchase, *Response, error) {
	return call(ctx, s.client, newPurchaseGymCopayRequest(params), parsePurchaseGymCopayResponse, opts)
}

// PurchaseSpa buys a quoted spa visit; the reseller's account is debited.
//
// Operation PurchaseSpaCopay, class keyed (documented). Errors: [ErrNotFound],
// [ErrValidation].
func (s *CopayService) PurchaseSpa(
	ctx context.Context, params PurchaseSpaCopayParams, opts ...CallOption,
) (*SpaCopayPurchase, *Response, error) {
	return call(ctx, s.client, newPurchaseSpaCopayRequest(params), parsePurchaseSpaCopayResponse, opts)
}

// Purchase buys a co-pay, for a gym by an option and for a spa by a quote: the
// path that the vendor's page "Co-pay" names for both. Its page "Idempotent
// Requests" names the paths of [CopayService.PurchaseGym] and
// [CopayService.PurchaseSpa].
//
// Operation PurchaseCopay, class keyed (inferred: the page requires a key, the
// list of endpoints does not name it). Errors: [ErrNotFound], [ErrValidation].
func (s *CopayService) Purchase(
	ctx context.Context, params PurchaseCopayParams, opts ...CallOption,
) (*CopayPurchase, *Response, error) {
	return call(ctx, s.client, newPurchaseCopayRequest(params), parsePurchaseCopayResponse, opts)
}
