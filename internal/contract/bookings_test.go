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
