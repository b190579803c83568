package contract

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

var lookupSteps = []step{
	{gen.OpListIssuers, func(t *testing.T, s *story) {
		page, resp, err := s.Lookups.ListIssuers(t.Context(), bardge.ListIssuersParams{})
		assert.Equal(t, s.seed.IssuerID, first(t, page, resp, err).ID)
	}},
	{gen.OpInitiateLookup, func(t *testing.T, s *story) {
		lookup, resp, err := s.Lookups.Initiate(t.Context(), bardge.InitiateLookupParams{
			IssuerID: s.seed.IssuerID, ClientID: s.seed.OtherClientID,
		})
		ok(t, resp, err)
		s.ids.lookup = lookup.ID
	}},
	{gen.OpVerifyLookup, func(t *testing.T, s *story) {
		verified, resp, err := s.Lookups.Verify(t.Context(), s.ids.lookup, bardge.VerifyLookupParams{
			AccessCode: bardge.Secret(s.seed.OtherAccessCode),
		})
		ok(t, resp, err)
		s.token = verified.Token
	}},
	{gen.OpGetClient, func(t *testing.T, s *story) {
		client, resp, err := s.Clients.Get(t.Context(), s.seed.OtherClientID,
			bardge.WithLookupToken(s.token))
		ok(t, resp, err)
		assert.Equal(t, s.seed.OtherClientID, client.ID)
	}},
	{gen.OpGetClientCredits, func(t *testing.T, s *story) {
		credits, resp, err := s.Clients.Credits(t.Context(), s.seed.ClientID)
		ok(t, resp, err)
		assert.NotEmpty(t, credits.Transactions)
	}},
}
