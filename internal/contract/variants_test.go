package contract

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

var lagos = struct{ lat, lon float64 }{6.5244, 3.3792}

// variants are calls with what the table of operations leaves out: optional
// fields, query parameters, the endings of a booking and a lookup's token.
var variants = []struct {
	op   gen.OperationID
	call func(t *testing.T, s *story) sdktest.Result
}{
	{op: gen.OpListPasses, call: func(t *testing.T, s *story) sdktest.Result {
		page, resp, err := s.Passes.List(t.Context(), bardge.ListPassesParams{Limit: 2})
		assert.True(t, page.HasMore)
		return sdktest.ResultOf(page, resp, err)
	}},
	{op: gen.OpIssuePass, call: func(t *testing.T, s *story) sdktest.Result {
		pass, resp, err := s.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: s.seed.ClientID, PassID: s.seed.PassID,
			FirstName: "Ada", LastName: "Okafor", Email: "ada@example.com", Phone: "+2348012345678",
		})
		s.pass = pass.ID
		return sdktest.ResultOf(pass, resp, err)
	}},
	{op: gen.OpUpdateIssuedPass, call: func(t *testing.T, s *story) sdktest.Result {
		return sdktest.ResultOf(s.IssuedPasses.Update(t.Context(), bardge.UpdateIssuedPassParams{
			UserPassID: s.pass, PassID: s.seed.TrialPassID, FirstName: "Adaeze",
		}))
	}},
	{op: gen.OpListProviders, call: func(t *testing.T, s *story) sdktest.Result {
		near := bardge.ListProvidersParams{Lat: &lagos.lat, Lon: &lagos.lon}
		return sdktest.ResultOf(s.Providers.List(t.Context(), near))
	}},
	{op: gen.OpListPassProviders, call: func(t *testing.T, s *story) sdktest.Result {
		near := bardge.ListPassProvidersParams{Limit: 1, Lat: &lagos.lat, Lon: &lagos.lon}
		return sdktest.ResultOf(s.Providers.ListForPass(t.Context(), s.seed.PassID, near))
	}},
	{op: gen.OpGenerateAccessCode, call: func(t *testing.T, s *story) sdktest.Result {
		return sdktest.ResultOf(s.AccessCodes.Generate(t.Context(), bardge.GenerateAccessCodeParams{
			ClientID: s.seed.ClientID, UserPassID: s.seed.IssuedPassID, ProviderID: s.seed.GymID,
		}))
	}},
	{op: gen.OpListClasses, call: func(t *testing.T, s *story) sdktest.Result {
		yoga := bardge.ListClassesParams{ProviderID: s.seed.GymID, CategoryID: s.seed.ClassCategoryID}
		return sdktest.ResultOf(s.Classes.List(t.Context(), yoga))
	}},
	{op: gen.OpBookClass, call: func(t *testing.T, s *story) sdktest.Result {
		return s.book(t, s.seed.ClassInstanceID, s.seed.IssuedPassID, bardge.ClassBooked)
	}},
	{op: gen.OpBookClass, call: func(t *testing.T, s *story) sdktest.Result {
		return s.book(t, s.seed.ClassInstanceID, s.seed.UsedUpPassID, bardge.ClassNeedsVisits)
	}},
	{op: gen.OpBookClass, call: func(t *testing.T, s *story) sdktest.Result {
		return s.book(t, s.seed.LastPlaceInstanceID, s.seed.UncoveredPassID, bardge.ClassNeedsCopay)
	}},
	{op: gen.OpBookSpa, call: func(t *testing.T, s *story) sdktest.Result {
		return sdktest.ResultOf(s.Bookings.BookSpa(t.Context(), bardge.BookSpaParams{
			ProviderID: s.seed.SpaID, ServiceIDs: []string{s.seed.ServiceID, s.seed.FreeServiceID},
			Date: s.seed.SlotDate, Time: s.seed.SlotTime,
			ClientID: s.seed.ClientID, FirstName: "Ada", LastName: "Okafor", UserPassID: s.seed.IssuedPassID,
		}))
	}},
	{op: gen.OpListClientBookings, call: func(t *testing.T, s *story) sdktest.Result {
		newer := bardge.ListClientBookingsParams{EndingBefore: s.firstBooking, Limit: 100}
		return sdktest.ResultOf(s.Bookings.ListForClient(t.Context(), s.seed.ClientID, newer))
	}},
	{op: gen.OpListClientBookings, call: func(t *testing.T, s *story) sdktest.Result {
		older := bardge.ListClientBookingsParams{StartingAfter: s.firstBooking}
		page, resp, err := s.Bookings.ListForClient(t.Context(), s.seed.ClientID, older)
		assert.Empty(t, page.Data, "it was the first, and lists are newest first")
		return sdktest.ResultOf(page, resp, err)
	}},
	{op: gen.OpPurchaseCopay, call: func(t *testing.T, s *story) sdktest.Result {
		quote := sdktest.OperationOf(sandbox.QuoteSpaCopay).Call(t.Context(), s.Client, s.seed, "")
		return sdktest.ResultOf(s.Copay.Purchase(t.Context(), bardge.PurchaseCopayParams{
			ClientID: s.seed.ClientID, ProviderID: s.seed.SpaID, QuoteID: quote.Got,
		}))
	}},
	{op: gen.OpGetClient, call: func(t *testing.T, s *story) sdktest.Result {
		verify := sdktest.OperationOf(sandbox.VerifyLookup)
		lookup := verify.Before(t.Context(), s.Client, s.seed)
		token := bardge.WithLookupToken(bardge.Secret(verify.Call(t.Context(), s.Client, s.seed, lookup.Got).Got))
		return sdktest.ResultOf(s.Clients.Get(t.Context(), s.seed.OtherClientID, token))
	}},
}

// book books a class, and checks the ending.
func (s *story) book(t *testing.T, instance, pass string, want bardge.ClassEnding) sdktest.Result {
	t.Helper()
	booking, resp, err := s.Bookings.BookClass(t.Context(), bardge.BookClassParams{
		ClassInstanceID: instance, ClientID: s.seed.ClientID, UserPassID: pass, FirstName: "Ada", LastName: "Okafor",
	})
	if err == nil {
		assert.Equal(t, want, booking.Ending())
		s.session, s.firstBooking = booking.SessionID, cmp.Or(s.firstBooking, booking.BookingID)
	}
	return sdktest.ResultOf(booking, resp, err)
}
