package bardge

import (
	"context"
	"iter"

	"github.com/bardge/bardge-go/gen"
)

// ProvidersService finds gyms and spas.
type ProvidersService service

// The types of providers.
type (
	// Provider is a gym or a spa.
	Provider = gen.Provider
	// ProviderCategory is a kind of provider; it decides how visits are booked.
	ProviderCategory = gen.ProviderCategory
	// ProviderTier is a tier of providers that a pass unlocks.
	ProviderTier = gen.ProviderTier
	// Service is what a spa offers.
	Service = gen.Service
	// ListProvidersParams choose a page of providers. With Lat and Lon the nearest
	// come first.
	ListProvidersParams = gen.ListProvidersParams
	// ListPassProvidersParams choose a page of a pass's providers. With Lat and Lon
	// the nearest come first.
	ListPassProvidersParams = gen.ListPassProvidersParams
)

// The kinds of providers (documented). Compare with Is.
const (
	ProviderCategorySpa = gen.ProviderCategorySpa
	ProviderCategoryGym = gen.ProviderCategoryGym
)

// The tiers that the vendor's examples show (documented; there may be others).
// Compare with Is.
const (
	ProviderTierStandard = gen.ProviderTierStandard
	ProviderTierPremium  = gen.ProviderTierPremium
)

// List returns one page of the providers.
//
// Operation ListProviders, class safe: repeated freely.
func (s *ProvidersService) List(
	ctx context.Context, params ListProvidersParams, opts ...CallOption,
) (*List[Provider], *Response, error) {
	req, err := gen.NewListProvidersRequest(params)
	return call(ctx, s.client, req, err, gen.ParseListProvidersResponse, opts)
}

// All yields every provider from params on, reading pages as needed. It ends
// after the first error. Limit is the page size, not a bound; EndingBefore is
// refused with an [InvalidError].
//
// Operation ListProviders, class safe: repeated freely, page by page.
func (s *ProvidersService) All(
	ctx context.Context, params ListProvidersParams, opts ...CallOption,
) iter.Seq2[*Provider, error] {
	return walk(gen.OpListProviders, params.StartingAfter, params.EndingBefore,
		func(cursor string) (*List[Provider], *Response, error) {
			next := params
			next.StartingAfter = cursor
			return s.List(ctx, next, opts...)
		}, providerID)
}

// ListForPass returns one page of the providers that a pass package unlocks.
// That passID is a package's id, not an issued pass's, is inferred.
//
// Operation ListPassProviders, class safe: repeated freely. Errors to tell apart:
// [ErrPassNotFound], [ErrNotFound].
func (s *ProvidersService) ListForPass(
	ctx context.Context, passID string, params ListPassProvidersParams, opts ...CallOption,
) (*List[Provider], *Response, error) {
	req, err := gen.NewListPassProvidersRequest(passID, params)
	return call(ctx, s.client, req, err, gen.ParseListPassProvidersResponse, opts)
}

// AllForPass yields every provider that a pass package unlocks, from params on,
// reading pages as needed. It ends after the first error. Limit is the page size,
// not a bound; EndingBefore is refused with an [InvalidError].
//
// Operation ListPassProviders, class safe: repeated freely, page by page.
func (s *ProvidersService) AllForPass(
	ctx context.Context, passID string, params ListPassProvidersParams, opts ...CallOption,
) iter.Seq2[*Provider, error] {
	return walk(gen.OpListPassProviders, params.StartingAfter, params.EndingBefore,
		func(cursor string) (*List[Provider], *Response, error) {
			next := params
			next.StartingAfter = cursor
			return s.ListForPass(ctx, passID, next, opts...)
		}, providerID)
}

func providerID(p *Provider) string { return p.ID }
