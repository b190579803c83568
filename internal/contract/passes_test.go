package contract

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

var lagos = struct{ lat, lon float64 }{6.5244, 3.3792}

var passSteps = []step{
	{gen.OpListPasses, func(t *testing.T, s *story) {
		page, resp, err := s.Passes.List(t.Context(), bardge.ListPassesParams{Limit: 2})
		assert.NotEmpty(t, first(t, page, resp, err).ID)
		assert.True(t, page.HasMore)
	}},
	{gen.OpIssuePass, func(t *testing.T, s *story) {
		pass, resp, err := s.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: s.seed.ClientID, PassID: s.seed.PassID,
			FirstName: "Ada", LastName: "Okafor", Email: "ada@example.com", Phone: "+2348012345678",
		})
		ok(t, resp, err)
		assert.NotEmpty(t, pass.Passcode)
		s.ids.pass = pass.ID
	}},
	{gen.OpUpdateIssuedPass, func(t *testing.T, s *story) {
		pass, resp, err := s.IssuedPasses.Update(t.Context(), bardge.UpdateIssuedPassParams{
			UserPassID: s.ids.pass, PassID: s.seed.TrialPassID, FirstName: "Adaeze",
		})
		ok(t, resp, err)
		assert.Equal(t, s.seed.TrialPassID, pass.PassID)
	}},
	{gen.OpUpdateIssuedPassExpiry, func(t *testing.T, s *story) {
		ends := time.Now().AddDate(0, 2, 0).Truncate(time.Millisecond)
		pass, resp, err := s.IssuedPasses.UpdateExpiry(t.Context(), s.ids.pass,
			bardge.UpdateIssuedPassExpiryParams{ExpiresAt: ends})
		ok(t, resp, err)
		assert.True(t, ends.Equal(pass.ExpiresAt))
	}},
	{gen.OpGetIssuedPass, func(t *testing.T, s *story) {
		pass, resp, err := s.IssuedPasses.Get(t.Context(), s.ids.pass)
		ok(t, resp, err)
		assert.True(t, pass.Status.Is(bardge.IssuedPassActive))
	}},
	{gen.OpListProviders, func(t *testing.T, s *story) {
		page, resp, err := s.Providers.List(t.Context(), bardge.ListProvidersParams{Lat: &lagos.lat, Lon: &lagos.lon})
		assert.Equal(t, "Lagos", first(t, page, resp, err).City)
	}},
	{gen.OpListPassProviders, func(t *testing.T, s *story) {
		page, resp, err := s.Providers.ListForPass(t.Context(), s.seed.PassID, bardge.ListPassProvidersParams{
			Limit: 1, Lat: &lagos.lat, Lon: &lagos.lon,
		})
		assert.NotEmpty(t, first(t, page, resp, err).Name)
	}},
	{gen.OpGenerateAccessCode, func(t *testing.T, s *story) {
		code, resp, err := s.AccessCodes.Generate(t.Context(), bardge.GenerateAccessCodeParams{
			ClientID: s.seed.ClientID, UserPassID: s.seed.IssuedPassID, ProviderID: s.seed.GymID,
		})
		ok(t, resp, err)
		assert.NotEmpty(t, code.Code)
	}},
}
