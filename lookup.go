package bardge

import (
	"context"
	"iter"

	"github.com/bardge/bardge-go/gen"
)

// LookupService finds clients. A client of another reseller, the issuer, is
// looked up in two steps: Initiate, after which the client gets an access code
// from the issuer, and Verify, which turns that code into a lookup token for
// [WithLookupToken].
type LookupService service

// The types of lookups.
type (
	// Issuer is a reseller that lets others look up its clients.
	Issuer = gen.Issuer
	// Lookup is a lookup that was started.
	Lookup = gen.Lookup
	// VerifiedLookup is a lookup with its token.
	VerifiedLookup = gen.VerifiedLookup
	// ClientProfile is a client, a person.
	ClientProfile = gen.ClientProfile
	// ClientCredits is a client's balance with the recent transactions.
	ClientCredits = gen.ClientCredits
	// CreditTransaction is a movement of a client's credits.
	CreditTransaction = gen.CreditTransaction
	// CreditTransactionType is the direction of a movement.
	CreditTransactionType = gen.CreditTransactionType
	// ListIssuersParams choose a page of issuers.
	ListIssuersParams = gen.ListIssuersParams
	// InitiateLookupParams say who is looked up.
	InitiateLookupParams = gen.InitiateLookupParams
	// VerifyLookupParams hold the code that the client got from the issuer.
	VerifyLookupParams = gen.VerifyLookupParams
)

// The directions of a movement of credits (documented); amounts have no sign.
// Compare with Is.
const (
	CreditTransactionTypeDebit  = gen.CreditTransactionTypeDebit
	CreditTransactionTypeCredit = gen.CreditTransactionTypeCredit
)

// ListIssuers returns one page of the issuers.
//
// Operation ListIssuers, class read: repeated freely.
func (s *LookupService) ListIssuers(
	ctx context.Context, params ListIssuersParams, opts ...CallOption,
) (*List[Issuer], *Response, error) {
	req, err := gen.NewListIssuersRequest(params)
	return call(ctx, s.client, req, err, gen.ParseListIssuersResponse, opts)
}

// AllIssuers yields every issuer from params on, reading pages as needed. It ends
// after the first error. Limit is the page size, not a bound; EndingBefore is
// refused with an [InvalidError].
//
// Operation ListIssuers, class read: repeated freely, page by page.
func (s *LookupService) AllIssuers(
	ctx context.Context, params ListIssuersParams, opts ...CallOption,
) iter.Seq2[*Issuer, error] {
	return walk(gen.OpListIssuers, params.StartingAfter, params.EndingBefore,
		func(cursor string) (*List[Issuer], *Response, error) {
			next := params
			next.StartingAfter = cursor
			return s.ListIssuers(ctx, next, opts...)
		}, func(i *Issuer) string { return i.ID })
}

// Initiate starts a lookup of another reseller's client. The issuer's field in
// the body is inferred.
//
// Operation InitiateLookup, class unguarded (inferred: the vendor's list of
// endpoints that take a key does not name it): a key is sent, and an attempt that
// may have been executed is not repeated. Errors to tell apart: [ErrNotFound],
// [ErrValidation].
func (s *LookupService) Initiate(
	ctx context.Context, params InitiateLookupParams, opts ...CallOption,
) (*Lookup, *Response, error) {
	req, err := gen.NewInitiateLookupRequest(params)
	return call(ctx, s.client, req, err, gen.ParseInitiateLookupResponse, opts)
}

// Verify turns the client's access code into a lookup token. The token is told
// once (documented): store it. If the answer is lost, start a new lookup. The
// body's and the answer's fields are inferred.
//
// Operation VerifyLookup, class unguarded (inferred, as
// [LookupService.Initiate]): an attempt that may have been executed is not
// repeated. Errors to tell apart: [ErrNotFound], [ErrValidation], and
// [ErrResponseIncomplete]: the token came under a name that is not known, and is in
// Response.Raw alone.
func (s *LookupService) Verify(
	ctx context.Context, lookupID string, params VerifyLookupParams, opts ...CallOption,
) (*VerifiedLookup, *Response, error) {
	req, err := gen.NewVerifyLookupRequest(lookupID, params)
	return call(ctx, s.client, req, err, gen.ParseVerifyLookupResponse, opts)
}

// GetClient returns a client. One of another reseller needs [WithLookupToken]
// (inferred, as is the path).
//
// Operation GetClient, class read: repeated freely. Errors to tell apart:
// [ErrNotFound].
func (s *LookupService) GetClient(
	ctx context.Context, clientID string, opts ...CallOption,
) (*ClientProfile, *Response, error) {
	req, err := gen.NewGetClientRequest(clientID)
	return call(ctx, s.client, req, err, gen.ParseGetClientResponse, opts)
}

// ClientCredits returns a client's balance with the recent transactions. A client
// of another reseller needs [WithLookupToken] (inferred).
//
// Operation GetClientCredits, class read: repeated freely. Errors to tell apart:
// [ErrNotFound].
func (s *LookupService) ClientCredits(
	ctx context.Context, clientID string, opts ...CallOption,
) (*ClientCredits, *Response, error) {
	req, err := gen.NewGetClientCreditsRequest(clientID)
	return call(ctx, s.client, req, err, gen.ParseGetClientCreditsResponse, opts)
}
