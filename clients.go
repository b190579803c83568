package bardge

import (
	"context"

	"github.com/bardge/bardge-go/gen"
)

// ClientsService reads clients, the people that passes are issued to. A client of
// another reseller is found by [LookupsService] first.
type ClientsService service

// The types of clients.
type (
	// ClientProfile is a client, a person.
	ClientProfile = gen.ClientProfile
	// ClientCredits is a client's balance with the recent transactions.
	ClientCredits = gen.ClientCredits
	// CreditTransaction is a movement of a client's credits.
	CreditTransaction = gen.CreditTransaction
	// CreditTransactionType is the direction of a movement.
	CreditTransactionType = gen.CreditTransactionType
)

// The directions of a movement of credits (documented); amounts have no sign.
// Compare with Is.
const (
	CreditTransactionTypeDebit  = gen.CreditTransactionTypeDebit
	CreditTransactionTypeCredit = gen.CreditTransactionTypeCredit
)

// Get returns a client. One of another reseller needs [WithLookupToken]
// (inferred, as is the path).
//
// Operation GetClient, class safe: repeated freely. Errors to tell apart:
// [ErrNotFound].
func (s *ClientsService) Get(
	ctx context.Context, clientID string, opts ...CallOption,
) (*ClientProfile, *Response, error) {
	req, err := gen.NewGetClientRequest(clientID)
	return call(ctx, s.client, req, err, gen.ParseGetClientResponse, opts)
}

// Credits returns a client's balance with the recent transactions. A client
// of another reseller needs [WithLookupToken] (inferred).
//
// Operation GetClientCredits, class safe: repeated freely. Errors to tell apart:
// [ErrNotFound].
func (s *ClientsService) Credits(
	ctx context.Context, clientID string, opts ...CallOption,
) (*ClientCredits, *Response, error) {
	req, err := gen.NewGetClientCreditsRequest(clientID)
	return call(ctx, s.client, req, err, gen.ParseGetClientCreditsResponse, opts)
}
