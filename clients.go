package bardge

import "context"

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
