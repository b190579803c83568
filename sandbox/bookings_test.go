package sandbox_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
)

// bookWith requests a place in a class with one of the client's passes.
func (g *rig) bookWith(instanceID, passID string) reply {
	g.Helper()
	return g.send(gen.NewBookClassRequest(gen.BookClassParams{
		ClassInstanceID: instanceID, ClientID: g.Seed.ClientID, UserPassID: passID,
	}))
}

func (g *rig) left(instanceID string) int {
	g.Helper()
	for _, i := range read[gen.Class](g.send(gen.NewGetClassRequest(g.Seed.ClassID))).Instances {
		if i.ID == instanceID {
			return i.AvailableSpots
		}
	}
	g.Fatalf("no instance %s", instanceID)
	return 0
}

func TestClassBookedAtOnce(t *testing.T) {
	inBubble(t, func(g *rig) {
		booked := read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, g.Seed.IssuedPassID))
		assert.False(t, booked.CopayRequired)
		assert.False(t, booked.AdditionalVisitsRequired)
		assert.Empty(t, booked.SessionID)
		assert.Equal(t, gen.BookingPending, booked.Status)
		assert.Equal(t, "Morning Yoga", booked.ClassName)
		assert.Equal(t, "2000-01-04", booked.Date)
		assert.Equal(t, "07:00", booked.Time)
		assert.Equal(t, 19, g.left(g.Seed.ClassInstanceID))

		status := read[gen.Booking](g.send(gen.NewGetBookingStatusRequest(booked.BookingID)))
		assert.Equal(t, booked.BookingID, status.ID)
		assert.Equal(t, gen.BookingTypeClass, status.Type)
		assert.Equal(t, booked.ScheduledFor, status.ScheduledFor)
		list := read[gen.BookingList](g.send(gen.NewListClientBookingsRequest(
			g.Seed.ClientID, gen.ListClientBookingsParams{})))
		require.Len(t, list.Data, 1)
		assert.Equal(t, booked.BookingID, list.Data[0].ID)
	})
}

func TestBookingTimesAreSeconds(t *testing.T) {
	inBubble(t, func(g *rig) {
		var shown map[string]any
		require.NoError(t, json.Unmarshal(g.send(g.book(g.Seed.ClassInstanceID)).body, &shown))
		assert.InDelta(t, float64(time.Now().Unix()), shown["created"], 0)
		begins := time.Date(2000, 1, 4, 7, 0, 0, 0, time.UTC)
		assert.InDelta(t, float64(begins.Unix()), shown["scheduled_for"], 0)
	})
}

func TestClassWithoutAPassNamedTakesTheOneThatCovers(t *testing.T) {
	inBubble(t, func(g *rig) {
		read[gen.IssuedPass](g.send(gen.NewIssuePassRequest(
			gen.IssuePassParams{ClientID: g.Seed.ClientID, PassID: g.Seed.SpaPassID})))
		assert.NotEmpty(t, read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, "")).BookingID,
			"the newest pass is for spas")
	})
}

func TestClassNeedsVisits(t *testing.T) {
	inBubble(t, func(g *rig) {
		open := read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, g.Seed.UsedUpPassID))
		assert.True(t, open.AdditionalVisitsRequired)
		assert.False(t, open.CopayRequired)
		assert.NotEmpty(t, open.SessionID)
		assert.NotEmpty(t, open.CostPerVisit)
		assert.Empty(t, open.BookingID)
		assert.Equal(t, 20, g.left(g.Seed.ClassInstanceID), "a session holds no place")

		booked := read[gen.Booking](g.send(gen.NewConfirmClassBookingRequest(open.SessionID, gen.ConfirmClassParams{
			NumberOfVisits: 5, Duration: gen.PassDurationMonthly,
		})))
		assert.Equal(t, 1, booked.VisitsDeducted)
		assert.Equal(t, 19, g.left(g.Seed.ClassInstanceID))
		pass := read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(g.Seed.UsedUpPassID)))
		assert.Equal(t, gen.IssuedPassActive, pass.Status)
		assert.Equal(t, 6, pass.Categories[0].VisitsAllowed, "the limit is raised")
		for range 4 {
			again := read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, g.Seed.UsedUpPassID))
			assert.NotEmpty(t, again.BookingID)
		}
		last := read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, g.Seed.UsedUpPassID))
		assert.True(t, last.AdditionalVisitsRequired, "five were bought")
	})
}

func TestClassNeedsCopay(t *testing.T) {
	inBubble(t, func(g *rig) {
		open := read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, g.Seed.UncoveredPassID))
		assert.True(t, open.CopayRequired)
		assert.False(t, open.AdditionalVisitsRequired)
		require.Len(t, open.CopayOptions, 2)

		confirm := func(session, option string) reply {
			return g.send(gen.NewConfirmClassBookingRequest(session, gen.ConfirmClassParams{CopayPackageID: option}))
		}
		confirm(open.SessionID, "").refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		confirm(open.SessionID, "copay_none").refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		booked := read[gen.Booking](confirm(open.SessionID, g.Seed.CopayPackageID))
		assert.Equal(t, gen.BookingTypeClass, booked.Type)
		confirm(open.SessionID, g.Seed.CopayPackageID).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)

		for range 3 { // the package has four visits
			again := read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, g.Seed.UncoveredPassID))
			assert.NotEmpty(t, again.BookingID)
		}
		assert.True(t, read[gen.ClassBooking](
			g.bookWith(g.Seed.ClassInstanceID, g.Seed.UncoveredPassID)).CopayRequired)
	})
}

func TestClassFills(t *testing.T) {
	inBubble(t, func(g *rig) {
		waiting := read[gen.ClassBooking](g.bookWith(g.Seed.LastPlaceInstanceID, g.Seed.UsedUpPassID))
		booked := read[gen.ClassBooking](g.bookWith(g.Seed.LastPlaceInstanceID, g.Seed.IssuedPassID))
		shown := g.bookWith(g.Seed.LastPlaceInstanceID, g.Seed.IssuedPassID).
			refused(http.StatusConflict, gen.ErrorCodeClassFull)
		assert.Equal(t, gen.ErrorTypeResourceConflictError, shown.Type)
		confirm, err := gen.NewConfirmClassBookingRequest(waiting.SessionID, gen.ConfirmClassParams{
			NumberOfVisits: 1, Duration: "monthly",
		})
		g.send(confirm, err).refused(http.StatusConflict, gen.ErrorCodeClassFull)

		read[gen.Booking](g.send(gen.NewCancelBookingRequest(booked.BookingID)))
		read[gen.Booking](g.send(confirm, err))
		assert.Zero(t, g.left(g.Seed.LastPlaceInstanceID))
	})
}

func TestClassPricedInCredits(t *testing.T) {
	inBubble(t, func(g *rig) {
		booked := read[gen.ClassBooking](g.bookWith(g.Seed.CreditInstanceID, g.Seed.IssuedPassID))
		assert.Equal(t, "47 CREDIT 50, DEBIT 3", g.credits())
		cancelled := read[gen.Booking](g.send(gen.NewCancelBookingRequest(booked.BookingID)))
		assert.Equal(t, json.Number("3"), cancelled.Refund.Credits)
		assert.Equal(t, "50 CREDIT 50, DEBIT 3, CREDIT 3", g.credits())

		shown := g.send(gen.NewBookClassRequest(gen.BookClassParams{
			ClassInstanceID: g.Seed.CreditInstanceID, ClientID: g.Seed.PoorClientID,
		})).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.Contains(t, shown.Message, "credits")
	})
}

func TestClassThatHasBegun(t *testing.T) {
	inBubble(t, func(g *rig) {
		time.Sleep(4 * 24 * time.Hour)
		g.bookWith(g.Seed.ClassInstanceID, g.Seed.IssuedPassID).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
	})
}

func TestCancelledBooking(t *testing.T) {
	inBubble(t, func(g *rig) {
		id := g.booked()
		cancel, err := gen.NewCancelBookingRequest(id)
		cancelled := read[gen.Booking](g.send(cancel, err))
		assert.True(t, cancelled.Status.Is(gen.BookingCancelled))
		assert.Equal(t, 1, cancelled.Refund.Visits)
		assert.Equal(t, 20, g.left(g.Seed.ClassInstanceID), "the place is free again")
		again := g.key("k").send(cancel, err)
		shown := again.refused(http.StatusConflict, gen.ErrorCodeAlreadyCancelled)
		assert.Equal(t, gen.ErrorTypeResourceConflictError, shown.Type)
		assert.Equal(t, 20, g.left(g.Seed.ClassInstanceID), "twice has no further effect")
		status := read[gen.Booking](g.send(gen.NewGetBookingStatusRequest(id)))
		assert.True(t, status.Status.Is(gen.BookingCancelled))
	})
}

func TestBookingResourcesThatDoNotExist(t *testing.T) {
	inBubble(t, func(g *rig) {
		mine := g.booked()
		theirs := g.with("Authorization", "Bearer "+g.Seed.OtherAPIKey)
		spa := read[gen.SpaBooking](g.send(g.bookSpa()))
		for _, r := range []reply{
			g.bookWith("ci_none", g.Seed.IssuedPassID),
			g.send(gen.NewBookClassRequest(gen.BookClassParams{ClassInstanceID: g.Seed.ClassInstanceID, ClientID: "none"})),
			g.send(gen.NewConfirmClassBookingRequest("sess_none", gen.ConfirmClassParams{})),
			g.send(gen.NewConfirmClassBookingRequest(spa.SessionID, gen.ConfirmClassParams{})),
			g.send(gen.NewConfirmSpaBookingRequest("sess_none")),
			theirs.send(gen.NewConfirmSpaBookingRequest(spa.SessionID)),
			g.send(gen.NewGetBookingStatusRequest("booking_none")),
			g.send(gen.NewCancelBookingRequest("booking_none")),
			theirs.send(gen.NewGetBookingStatusRequest(mine)),
			theirs.send(gen.NewCancelBookingRequest(mine)),
			g.send(gen.NewListClientBookingsRequest("client_none", gen.ListClientBookingsParams{})),
			g.send(gen.NewGetClassRequest("class_none")),
		} {
			r.refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		}
	})
}

func TestClassFilters(t *testing.T) {
	inBubble(t, func(g *rig) {
		for name, row := range map[string]struct {
			params gen.ListClassesParams
			found  int
		}{
			"all":            {gen.ListClassesParams{}, 2},
			"of a gym":       {gen.ListClassesParams{ProviderID: g.Seed.GymID}, 2},
			"of another gym": {gen.ListClassesParams{ProviderID: "gym_summit"}, 0},
			"of a category":  {gen.ListClassesParams{CategoryID: g.Seed.ClassCategoryID}, 2},
			"of no category": {gen.ListClassesParams{CategoryID: "category_none"}, 0},
		} {
			list := read[gen.ClassList](g.send(gen.NewListClassesRequest(row.params)))
			assert.Len(t, list.Data, row.found, name)
			for _, c := range list.Data {
				assert.Empty(t, c.Instances, "only GetClass returns them")
			}
		}
	})
}
