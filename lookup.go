package bardge

import (
	"context"
	"iter"
)

// LookupsService finds the clients of other resellers, the issuers: after
// [LookupsService.Initiate] the issuer gives the client an access code, and
// [LookupsService.Verify] turns that into a lookup token for [WithLookupToken].
type LookupsService service

// ListIssuers returns one page of the issuers.
//
// Operation ListIssuers, class safe.
func (s *LookupsService) ListIssuers(
	ctx context.Context, params ListIssuersParams, opts ...CallOption,
) (*List[Issuer], *Response, error) {
	return call(ctx, s.client, newListIssuersRequest(params), parseListIssuersResponse, opts)
}

// AllIssuers yields every issuer from params on, in pages of Limit, until the
// first error. EndingBefore is an [InvalidError].
//
// Operation ListIssuers, class safe.
func (s *LookupsService) AllIssuers(
	ctx context.Context, params ListIssuersParams, opts ...CallOption,
) iter.Seq2[*Issuer, error] {
	return paginate(ctx, params, s.ListIssuers, opts)
}

// Initiate starts a lookup of another reseller's client. The issuer's field is
// inferred.
//
// Operation InitiateLookup, class key unverified (inferred: the vendor's list
// of endpoints that take a key does not name it): an attempt that may have been
// executed is not repeated. Errors: [ErrNotFound], [ErrValidation].
func (s *LookupsService) Initiate(
	ctx context.Context, params InitiateLookupParams, opts ...CallOption,
) (*Lookup, *Response, error) {
	return call(ctx, s.client, newInitiateLookupRequest(params), parseInitiateLookupResponse, opts)
}

// Verify turns the client's access code into a lookup token. It is returned
// once (documented): store it. If the response is lost, start a new lookup. The
// body's and the response's fields are inferred.
//
// Operation VerifyLookup, class key unverified (inferred, as Initiate): an
// attempt that may have been executed is not repeated. Errors: [ErrNotFound],
// [ErrValidation], and [ErrResponseIncomplete] if only Response.Raw has the
// token.
func (s *LookupsService) Verify(
	ctx context.Context, lookupID string, params VerifyLookupParams, opts ...CallOption,
) (*VerifiedLookup, *Response, error) {
	return call(ctx, s.client, newVerifyLookupRequest(lookupID, params), parseVerifyLookupResponse, opts)
}

// ClientsService reads clients, the people that passes are issued to. A client
// of another reseller is found by [LookupsService] first.
type ClientsService service

// Get returns a client. The path is inferred, as is that another reseller's
// client needs [WithLookupToken].
//
// Operation GetClient, class safe. Errors: [ErrNotFound].
func (s *ClientsService) Get(
	ctx context.Context, clientID string, opts ...CallOption,
) (*ClientProfile, *Response, error) {
	return call(ctx, s.client, newGetClientRequest(clientID), parseGetClientResponse, opts)
}

// Credits returns a client's balance with the recent transactions. A client of
// another reseller needs [WithLookupToken] (inferred).
//
// Operation GetClientCredits, class safe. Errors: [ErrNotFound].
func (s *ClientsService) Credits(
	ctx context.Context, clientID string, opts ...CallOption,
) (*ClientCredits, *Response, error) {
	return call(ctx, s.client, newGetClientCreditsRequest(clientID), parseGetClientCreditsResponse, opts)
}
