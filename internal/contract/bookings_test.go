package contract

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

var bookingSteps = []step{
	{gen.OpListClassCategories, func(t *testing.T, s *story) {
		page, resp, err := s.Classes.ListCategories(t.Context())
		assert.Equal(t, s.seed.ClassCategoryID, first(t, page, resp, err).ID)
	}},
	{gen.OpListClasses, func(t *testing.T, s *story) {
		page, resp, err := s.Classes.List(t.Context(), bardge.ListClassesParams{
			ProviderID: s.seed.GymID, CategoryID: s.seed.ClassCategoryID,
		})
		assert.Equal(t, s.seed.GymID, first(t, page, resp, err).ProviderID)
	}},
	{gen.OpGetClass, func(t *testing.T, s *story) {
		class, resp, err := s.Classes.Get(t.Context(), s.seed.ClassID)
		ok(t, resp, err)
		assert.NotEmpty(t, class.Instances)
	}},
	{gen.OpBookClass, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: s.seed.ClassInstanceID, ClientID: s.seed.ClientID,
			FirstName: "Ada", LastName: "Okafor", UserPassID: s.seed.UsedUpPassID,
		})
		ok(t, resp, err)
		assert.Equal(t, bardge.ClassNeedsVisits, booking.Ending())
		s.ids.session = booking.SessionID
	}},
	{gen.OpConfirmClassBooking, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.ConfirmClass(t.Context(), s.ids.session, bardge.ConfirmClassParams{
			NumberOfVisits: 2, Duration: bardge.PassDurationMonthly,
		})
		ok(t, resp, err)
		s.ids.booking = booking.ID
	}},
	{gen.OpBookClass, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: s.seed.ClassInstanceID, ClientID: s.seed.ClientID, UserPassID: s.seed.IssuedPassID,
		})
		ok(t, resp, err)
		assert.Equal(t, bardge.ClassBooked, booking.Ending())
	}},
	{gen.OpBookClass, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: s.seed.LastPlaceInstanceID, ClientID: s.seed.ClientID, UserPassID: s.seed.UncoveredPassID,
		})
		ok(t, resp, err)
		assert.Equal(t, bardge.ClassNeedsCopay, booking.Ending())
		s.ids.session = booking.SessionID
	}},
	{gen.OpConfirmClassBooking, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.ConfirmClass(t.Context(), s.ids.session, bardge.ConfirmClassParams{
			CopayPackageID: s.seed.CopayPackageID,
		})
		ok(t, resp, err)
		assert.True(t, booking.Type.Is(bardge.BookingTypeClass))
	}},
	{gen.OpBookSpa, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.BookSpa(t.Context(), bardge.BookSpaParams{
			ProviderID: s.seed.SpaID, ServiceIDs: []string{s.seed.ServiceID, s.seed.FreeServiceID},
			// The seed of a sandbox that was started before midnight has
			// another day.
			Date: time.Now().UTC().AddDate(0, 0, 10).Format(time.DateOnly), Time: s.seed.SlotTime,
			ClientID: s.seed.ClientID, FirstName: "Ada", LastName: "Okafor", UserPassID: s.seed.IssuedPassID,
		})
		ok(t, resp, err)
		s.ids.session = booking.SessionID
	}},
	{gen.OpConfirmSpaBooking, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.ConfirmSpa(t.Context(), s.ids.session)
		ok(t, resp, err)
		assert.True(t, booking.Type.Is(bardge.BookingTypeSpa))
	}},
	{gen.OpListClientBookings, func(t *testing.T, s *story) {
		page, resp, err := s.Bookings.ListForClient(t.Context(), s.seed.ClientID,
			bardge.ListClientBookingsParams{StartingAfter: s.ids.booking})
		ok(t, resp, err)
		assert.Empty(t, page.Data, "it was the first, and lists are newest first")
	}},
	{gen.OpListClientBookings, func(t *testing.T, s *story) {
		page, resp, err := s.Bookings.ListForClient(t.Context(), s.seed.ClientID,
			bardge.ListClientBookingsParams{EndingBefore: s.ids.booking, Limit: 100})
		assert.NotEmpty(t, first(t, page, resp, err).ID)
	}},
	{gen.OpGetBookingStatus, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.Get(t.Context(), s.ids.booking)
		ok(t, resp, err)
		assert.Equal(t, s.ids.booking, booking.ID)
	}},
	{gen.OpCancelBooking, func(t *testing.T, s *story) {
		booking, resp, err := s.Bookings.Cancel(t.Context(), s.ids.booking)
		ok(t, resp, err)
		assert.True(t, booking.Status.Is(bardge.BookingCancelled))
	}},
}

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
