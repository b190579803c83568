package bardge_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

// The orders of the shop: one for each mutation, with the seed's ids.

func issuePass(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.IssuedPasses.Issue(s.t.Context(), aPass(s.Sandbox), opts...)
	return resp, err
}

func orderClass(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	return orderInstance(s.Seed.ClassInstanceID)(s, c, opts...)
}

// orderInstance books a place in this class.
func orderInstance(id string) order {
	return func(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
		_, resp, err := c.Bookings.BookClass(s.t.Context(), bardge.BookClassParams{
			ClassInstanceID: id, ClientID: s.Seed.ClientID,
		}, opts...)
		return resp, err
	}
}

func orderSpa(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Bookings.BookSpa(s.t.Context(), bardge.BookSpaParams{
		ProviderID: s.Seed.SpaID, ServiceIDs: []string{s.Seed.FreeServiceID},
		Date: s.Seed.SlotDate, Time: s.Seed.SlotTime, ClientID: s.Seed.ClientID,
	}, opts...)
	return resp, err
}

// confirmSpa confirms a session that it opens first.
func confirmSpa(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	open, _, err := c.Bookings.BookSpa(s.t.Context(), bardge.BookSpaParams{
		ProviderID: s.Seed.SpaID, ServiceIDs: []string{s.Seed.FreeServiceID},
		Date: s.Seed.SlotDate, Time: s.Seed.SlotTime, ClientID: s.Seed.ClientID,
	})
	require.NoError(s.t, err)
	_, resp, err := c.Bookings.ConfirmSpa(s.t.Context(), open.SessionID, opts...)
	return resp, err
}

// confirmClass confirms a session that it opens first.
func confirmClass(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	open, _, err := c.Bookings.BookClass(s.t.Context(), bardge.BookClassParams{
		ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.ClientID, UserPassID: s.Seed.UsedUpPassID,
	})
	require.NoError(s.t, err)
	_, resp, err := c.Bookings.ConfirmClass(s.t.Context(), open.SessionID, bardge.ConfirmClassParams{
		NumberOfVisits: 1, Duration: bardge.PassDurationMonthly,
	}, opts...)
	return resp, err
}

func updatePass(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.IssuedPasses.Update(s.t.Context(), bardge.UpdateIssuedPassParams{
		UserPassID: s.Seed.IssuedPassID, PassID: s.Seed.TrialPassID,
	}, opts...)
	return resp, err
}

// expiry is when updateExpiry lets the pass end.
var expiry = time.Date(2000, 6, 1, 12, 0, 0, 0, time.UTC)

func updateExpiry(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.IssuedPasses.UpdateExpiry(s.t.Context(), s.Seed.IssuedPassID,
		bardge.UpdateIssuedPassExpiryParams{ExpiresAt: expiry}, opts...)
	return resp, err
}

func buyCredits(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Credits.Purchase(s.t.Context(), bardge.PurchaseCreditsParams{
		ClientID: s.Seed.ClientID, PackageID: s.Seed.CreditPackageID,
	}, opts...)
	return resp, err
}

func buyGymCopay(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Copay.PurchaseGym(s.t.Context(), bardge.PurchaseGymCopayParams{
		ClientID: s.Seed.ClientID, ProviderID: s.Seed.GymID, CopayPackageID: s.Seed.CopayPackageID,
	}, opts...)
	return resp, err
}

func buySpaCopay(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	quote, _, err := c.Copay.QuoteSpa(s.t.Context(), s.Seed.SpaID, bardge.QuoteSpaCopayParams{
		ClientID: s.Seed.ClientID, ServiceIDs: []string{s.Seed.ServiceID},
	})
	require.NoError(s.t, err)
	_, resp, err := c.Copay.PurchaseSpa(s.t.Context(), bardge.PurchaseSpaCopayParams{
		ClientID: s.Seed.ClientID, ProviderID: s.Seed.SpaID, QuoteID: quote.ID,
	}, opts...)
	return resp, err
}

func buyCopay(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Copay.Purchase(s.t.Context(), bardge.PurchaseCopayParams{
		ClientID: s.Seed.ClientID, ProviderID: s.Seed.GymID, CopayPackageID: s.Seed.CopayPackageID,
	}, opts...)
	return resp, err
}

func accessCode(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.AccessCodes.Generate(s.t.Context(), bardge.GenerateAccessCodeParams{ClientID: s.Seed.ClientID}, opts...)
	return resp, err
}

func startLookup(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Lookups.Initiate(s.t.Context(), bardge.InitiateLookupParams{
		IssuerID: s.Seed.IssuerID, ClientID: s.Seed.OtherClientID,
	}, opts...)
	return resp, err
}

func verifyLookup(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	lookup, _, err := c.Lookups.Initiate(s.t.Context(), bardge.InitiateLookupParams{
		IssuerID: s.Seed.IssuerID, ClientID: s.Seed.OtherClientID,
	})
	require.NoError(s.t, err)
	_, resp, err := c.Lookups.Verify(s.t.Context(), lookup.ID, bardge.VerifyLookupParams{
		AccessCode: bardge.Secret(s.Seed.OtherAccessCode),
	}, opts...)
	return resp, err
}

// cancelBooking cancels the first booking.
func cancelBooking(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Bookings.Cancel(s.t.Context(), "booking_0001", opts...)
	return resp, err
}
