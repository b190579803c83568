package contract

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

var paymentSteps = []step{
	{gen.OpListGymCopayOptions, func(t *testing.T, s *story) {
		page, resp, err := s.Copay.ListGymOptions(t.Context(), s.seed.GymID, bardge.ListGymCopayOptionsParams{Limit: 1})
		assert.NotEmpty(t, first(t, page, resp, err).Price)
	}},
	{gen.OpQuoteSpaCopay, quoteSpa},
	{gen.OpPurchaseSpaCopay, func(t *testing.T, s *story) {
		bought, resp, err := s.Copay.PurchaseSpa(t.Context(), bardge.PurchaseSpaCopayParams{
			ClientID: s.seed.ClientID, ProviderID: s.seed.SpaID, QuoteID: s.ids.quote,
		})
		ok(t, resp, err)
		assert.Equal(t, s.ids.quote, bought.QuoteID)
	}},
	{gen.OpPurchaseGymCopay, func(t *testing.T, s *story) {
		bought, resp, err := s.Copay.PurchaseGym(t.Context(), bardge.PurchaseGymCopayParams{
			ClientID: s.seed.ClientID, ProviderID: s.seed.GymID, CopayPackageID: s.seed.CopayPackageID,
		})
		ok(t, resp, err)
		assert.Equal(t, s.seed.CopayPackageID, bought.CopayPackageID)
	}},
	{gen.OpPurchaseCopay, func(t *testing.T, s *story) {
		bought, resp, err := s.Copay.Purchase(t.Context(), bardge.PurchaseCopayParams{
			ClientID: s.seed.ClientID, ProviderID: s.seed.GymID, CopayPackageID: s.seed.CopayPackageID,
		})
		ok(t, resp, err)
		assert.NotEmpty(t, bought.CopayPurchaseID)
	}},
	{gen.OpQuoteSpaCopay, quoteSpa},
	{gen.OpPurchaseCopay, func(t *testing.T, s *story) {
		bought, resp, err := s.Copay.Purchase(t.Context(), bardge.PurchaseCopayParams{
			ClientID: s.seed.ClientID, ProviderID: s.seed.SpaID, QuoteID: s.ids.quote,
		})
		ok(t, resp, err)
		assert.NotEmpty(t, bought.CopayPurchaseID)
	}},
	{gen.OpListCreditPackages, func(t *testing.T, s *story) {
		page, resp, err := s.Credits.ListPackages(t.Context(), bardge.ListCreditPackagesParams{})
		assert.Equal(t, s.seed.CreditPackageID, first(t, page, resp, err).ID)
	}},
	{gen.OpPurchaseCredits, func(t *testing.T, s *story) {
		bought, resp, err := s.Credits.Purchase(t.Context(), bardge.PurchaseCreditsParams{
			ClientID: s.seed.ClientID, PackageID: s.seed.CreditPackageID,
		})
		ok(t, resp, err)
		assert.NotEmpty(t, bought.Balance)
	}},
}

func quoteSpa(t *testing.T, s *story) {
	t.Helper()
	quote, resp, err := s.Copay.QuoteSpa(t.Context(), s.seed.SpaID, bardge.QuoteSpaCopayParams{
		ClientID: s.seed.ClientID, ServiceIDs: []string{s.seed.ServiceID},
	})
	ok(t, resp, err)
	s.ids.quote = quote.ID
}
