package bardge

import (
	"context"
	"iter"
)

// ProvidersService finds gyms and spas.
type ProvidersService service

// List returns one page of the providers.
//
// Operation ListProviders, class safe.
func (s *ProvidersService) List(
	ctx context.Context, params ListProvidersParams, opts ...CallOption,
) (*List[Provider], *Response, error) {
	return call(ctx, s.client, newListProvidersRequest(params), parseListProvidersResponse, opts)
}

// All yields every provider from params on, in pages of Limit, until the first
// error. EndingBefore is an [InvalidError].
//
// Operation ListProviders, class safe.
func (s *ProvidersService) All(
	ctx context.Context, params ListProvidersParams, opts ...CallOption,
) iter.Seq2[*Provider, error] {
	return paginate(ctx, params, s.List, opts)
}

// ListForPass returns one page of the providers that a pass package unlocks.
// That passID is a package's id, not an issued pass's, is inferred.
//
// Operation ListPassProviders, class safe. Errors: [ErrPassNotFound],
// [ErrNotFound].
func (s *ProvidersService) ListForPass(
	ctx context.Context, passID string, params ListPassProvidersParams, opts ...CallOption,
) (*List[Provider], *Response, error) {
	return call(ctx, s.client, newListPassProvidersRequest(passID, params), parseListPassProvidersResponse, opts)
}

// AllForPass yields every provider that a pass package unlocks from params on,
// in pages of Limit, until the first error. EndingBefore is an [InvalidError].
//
// Operation ListPassProviders, class safe.
func (s *ProvidersService) AllForPass(
	ctx context.Context, passID string, params ListPassProvidersParams, opts ...CallOption,
) iter.Seq2[*Provider, error] {
	return paginate(ctx, params, of(s.ListForPass, passID), opts)
}
