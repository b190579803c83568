package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

func inPreview(t *testing.T, f func(g *rig)) {
	t.Helper()
	inBubble(t, f, sandbox.WithPreview())
}

func (g *rig) move(booking string) (gen.Request, error) {
	return gen.NewRescheduleBookingRequest(booking, gen.RescheduleBookingParams{ClassInstanceID: g.Seed.LastPlaceInstanceID})
}

func (g *rig) openVisit() *gen.AccessCodeSession {
	return read[gen.AccessCodeSession](g.send(gen.NewGenerateAccessCodeRequest(gen.GenerateAccessCodeParams{
		ClientID: g.Seed.ClientID, UserPassID: g.Seed.UncoveredPassID, ProviderID: g.Seed.GymID,
	})))
}

func (g *rig) confirmCode(session string) (gen.Request, error) {
	return gen.NewConfirmAccessCodeRequest(session, gen.ConfirmAccessCodeParams{CopayPackageID: g.Seed.CopayPackageID})
}

func (g *rig) availability(provider string) (gen.Request, error) {
	return gen.NewGetProviderAvailabilityRequest(provider, gen.GetProviderAvailabilityParams{Date: g.Seed.SlotDate})
}

func (g *rig) taken(instance string) int {
	class := read[gen.Class](g.send(gen.NewGetClassRequest(g.Seed.ClassID)))
	for _, i := range class.Instances {
		if i.ID == instance {
			return i.Capacity - i.AvailableSpots
		}
	}
	g.Fatalf("no instance %s", instance)
	return 0
}

// Tests must not confirm guesses by accident.
func TestWithoutPreviewTheSandboxKnowsNoPreview(t *testing.T) {
	inBubble(t, func(g *rig) {
		for _, op := range gen.Operations() {
			if op.Preview {
				assert.Panics(t, func() { g.Next(op.ID, sandbox.LoseResponse) }, op.ID)
			}
		}
		g.send(g.move("booking_1")).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		g.send(g.availability(g.Seed.SpaID)).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		client := read[gen.ClientProfile](g.send(gen.NewGetClientRequest(g.Seed.ClientID)))
		assert.Nil(t, client.Passes)
		booking := read[gen.BookingState](g.send(gen.NewGetBookingStatusRequest(g.booked())))
		assert.Zero(t, booking.Passcode)
		g.send(gen.NewGenerateAccessCodeRequest(gen.GenerateAccessCodeParams{
			ClientID: g.Seed.ClientID, UserPassID: g.Seed.UncoveredPassID, ProviderID: g.Seed.GymID,
		})).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
	})
}

func TestAMovedBookingIsClosedAndReplaced(t *testing.T) {
	inPreview(t, func(g *rig) {
		from, to := g.taken(g.Seed.ClassInstanceID), g.taken(g.Seed.LastPlaceInstanceID)
		old := g.booked()
		moved := read[gen.Booking](g.send(g.move(old)))
		assert.NotEqual(t, old, moved.ID)
		assert.Equal(t, gen.BookingPending, moved.Status)
		assert.Equal(t, from, g.taken(g.Seed.ClassInstanceID), "its place is free again")
		assert.Equal(t, to+1, g.taken(g.Seed.LastPlaceInstanceID))
		closed := read[gen.BookingState](g.send(gen.NewGetBookingStatusRequest(old)))
		assert.Equal(t, gen.BookingRescheduled, closed.Status)

		g.send(g.move(old)).refused(http.StatusConflict, "already_rescheduled")
		g.send(gen.NewCancelBookingRequest(old)).refused(http.StatusConflict, "already_rescheduled")
		cancelled := read[gen.Booking](g.send(gen.NewCancelBookingRequest(moved.ID)))
		assert.Equal(t, 1, cancelled.Refund.Visits, "the price went along")
		g.send(g.move(moved.ID)).refused(http.StatusConflict, gen.ErrorCodeAlreadyCancelled)
	})
}

func TestAMoveThatIsNotPossibleChangesNothing(t *testing.T) {
	inPreview(t, func(g *rig) {
		old := g.booked()
		for code, to := range map[gen.ErrorCode]gen.RescheduleBookingParams{
			gen.ErrorCodeClassFull:        {ClassInstanceID: g.Seed.FullInstanceID},
			gen.ErrorCodeValidationError:  {ClassInstanceID: g.Seed.CreditInstanceID},
			gen.ErrorCodeResourceNotFound: {ClassInstanceID: "ci_none"},
		} {
			reply := g.send(gen.NewRescheduleBookingRequest(old, to))
			reply.refused(reply.status, code)
		}
		booking := read[gen.BookingState](g.send(gen.NewGetBookingStatusRequest(old)))
		assert.Equal(t, gen.BookingPending, booking.Status)
		assert.Zero(t, g.Executed(sandbox.RescheduleBooking))
	})
}

func TestAnAppointmentMovesToAnotherTime(t *testing.T) {
	inPreview(t, func(g *rig) {
		session := read[gen.SpaBooking](g.send(g.bookSpa())).SessionID
		old := read[gen.Booking](g.send(gen.NewConfirmSpaBookingRequest(session)))
		move := func(clock string) reply {
			return g.send(gen.NewRescheduleBookingRequest(old.ID, gen.RescheduleBookingParams{
				Date: g.Seed.SlotDate, Time: clock,
			}))
		}
		move(g.Seed.TakenSlotTime).refused(http.StatusConflict, gen.ErrorCodeSlotUnavailable)
		assert.Equal(t, "16:00", read[gen.Booking](move("16:00")).Time)
		for _, slot := range read[gen.Availability](g.send(g.availability(g.Seed.SpaID))).Slots {
			taken := slot.Time == "16:00" || slot.Time == g.Seed.TakenSlotTime
			assert.Equal(t, !taken, slot.Available, slot.Time)
		}
	})
}

func TestAnAccessCodeMayNeedAPurchaseFirst(t *testing.T) {
	inPreview(t, func(g *rig) {
		opened := g.openVisit()
		assert.True(t, opened.CopayRequired)
		assert.Empty(t, opened.Code)
		g.send(gen.NewConfirmAccessCodeRequest(opened.SessionID, gen.ConfirmAccessCodeParams{})).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.NotEmpty(t, read[gen.AccessCodeSession](g.send(g.confirmCode(opened.SessionID))).Code)
		g.send(g.confirmCode(opened.SessionID)).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
	})
}

func TestAUsedUpPassNeedsVisitsForAnAccessCode(t *testing.T) {
	inPreview(t, func(g *rig) {
		opened := read[gen.AccessCodeSession](g.send(gen.NewGenerateAccessCodeRequest(gen.GenerateAccessCodeParams{
			ClientID: g.Seed.ClientID, UserPassID: g.Seed.UsedUpPassID, ProviderID: g.Seed.GymID,
		})))
		require.True(t, opened.AdditionalVisitsRequired)
		g.send(gen.NewConfirmClassBookingRequest(opened.SessionID, gen.ConfirmClassParams{})).
			refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		code := read[gen.AccessCodeSession](g.send(gen.NewConfirmAccessCodeRequest(opened.SessionID,
			gen.ConfirmAccessCodeParams{NumberOfVisits: 2, Duration: gen.PassDurationMonthly})))
		assert.NotEmpty(t, code.Code)
		pass := read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(g.Seed.UsedUpPassID)))
		assert.Equal(t, 3, pass.Categories[0].VisitsAllowed)
	})
}

func TestAGymHasNoSlots(t *testing.T) {
	inPreview(t, func(g *rig) {
		seen := read[gen.Availability](g.send(g.availability(g.Seed.GymID)))
		assert.Equal(t, g.Seed.GymID, seen.ProviderID)
		assert.Empty(t, seen.Slots)
		g.send(gen.NewGetProviderAvailabilityRequest(g.Seed.GymID, gen.GetProviderAvailabilityParams{})).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		g.send(g.availability("none")).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
	})
}

func TestAClientShowsPassesAndABookingItsPasscode(t *testing.T) {
	inPreview(t, func(g *rig) {
		issued := read[gen.IssuedPass](g.send(g.issue()))
		client := read[gen.ClientProfile](g.send(gen.NewGetClientRequest(g.Seed.ClientID)))
		assert.Equal(t, gen.PassRef{
			ID: issued.ID, PassID: issued.PassID, PassName: issued.PassName, Status: issued.Status,
			Created: issued.Created, ExpiresAt: issued.ExpiresAt,
		}, client.Passes[0])
		booking := read[gen.BookingState](g.send(gen.NewGetBookingStatusRequest(g.booked())))
		assert.NotEmpty(t, booking.Passcode.Code)
		assert.Equal(t, 24*time.Hour, booking.Passcode.ExpiresAt.Sub(booking.ScheduledFor.Time))
	})
}

// A seed of what is there has moved bookings, which hold nothing.
func TestASeedHasMovedBookings(t *testing.T) {
	inPreview(t, func(g *rig) {
		read[gen.Booking](g.send(g.move(g.booked())))
		seed, err := g.Control().Seed()
		require.NoError(t, err)
		sb := sandbox.Start(g.T, sandbox.WithSeed(seed), sandbox.WithPreview())
		again, err := sb.Control().Seed()
		require.NoError(t, err)
		assert.JSONEq(t, string(seed), string(again))
	})
}
