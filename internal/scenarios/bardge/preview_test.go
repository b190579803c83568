package scenarios

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

// J11: an issued pass is found among the client's, where the API shows them.
func TestJ11_AnIssuedPassIsFoundAmongTheClients(t *testing.T) {
	sdktest.WithPreview(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		time.Sleep(later)
		r := s.RecoverOne()
		require.NoError(t, r.Err)
		assert.Equal(t, bardge.OutcomeDone, r.Outcome)
		assert.Equal(t, "client client_ada has issued pass brgpass_0001 of package pass_premium, made at that time", r.Evidence)
		pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, "brgpass_0001", pass.ID)
		assert.False(t, pass.Created.IsZero())
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	})
}

// A second order of that time may have made the pass that is found.
func TestJ11_OfTwoOrdersNoIssuedPassIsProof(t *testing.T) {
	for name, second := range map[string]bool{"one is executed": false, "both are": true} {
		t.Run(name, func(t *testing.T) {
			sdktest.WithPreview(t, func(t *testing.T, s *sdktest.Sandbox) {
				s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
				s.LeaveOpen(sandbox.IssuePass, issuePass, second, bardge.WithRef("order-2"))
				time.Sleep(later)
				for _, r := range s.Recover() {
					assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, r.Evidence)
				}
			})
		})
	}
}

// An order whose result is known has its pass, which another cannot claim.
func TestJ11_AnIssuedPassOfAnotherOrderIsNoProof(t *testing.T) {
	sdktest.WithPreview(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.Client, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-2"))
		time.Sleep(later)
		assert.Equal(t, bardge.OutcomeUnknown, s.RecoverOne().Outcome)
	})
}

// A moved booking looks like one that was booked: while a move is open, no
// booking is proof.
func TestJ11_AnOpenMoveLeavesBookingsUnproven(t *testing.T) {
	sdktest.WithPreview(t, func(t *testing.T, s *sdktest.Sandbox) {
		move := sdktest.OrderOf(sandbox.RescheduleBooking)
		s.LeaveOpen(sandbox.RescheduleBooking, move, false, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-2"))
		time.Sleep(later)
		for _, r := range s.Recover() {
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, r.Evidence)
		}
	})
}

// A move of a booking that was cancelled is rejected, unlike a cancellation.
func TestR14_AMoveOfACancelledBookingIsRejected(t *testing.T) {
	sdktest.WithPreview(t, func(t *testing.T, s *sdktest.Sandbox) {
		booked, _, err := s.Client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.ClientID,
		})
		require.NoError(t, err)
		_, _, err = s.Client.Bookings.Cancel(t.Context(), booked.BookingID)
		require.NoError(t, err)
		to := bardge.RescheduleBookingParams{ClassInstanceID: s.Seed.LastPlaceInstanceID}
		_, _, err = s.Client.Preview.RescheduleBooking(t.Context(), booked.BookingID, to)
		assert.ErrorIs(t, err, bardge.ErrAlreadyCancelled)
		assert.Equal(t, bardge.OutcomeRejected, bardge.OutcomeOf(err))
		var already *bardge.AlreadyCancelledError
		require.ErrorAs(t, err, &already)
		assert.Equal(t, booked.BookingID, already.BookingID)
		assert.Zero(t, s.Executed(sandbox.RescheduleBooking))
	})
}

// A session in place of an access code is no success: it has no code.
func TestR27_ASessionIsNoAccessCode(t *testing.T) {
	sdktest.WithPreview(t, func(t *testing.T, s *sdktest.Sandbox) {
		params := bardge.GenerateAccessCodeParams{
			ClientID: s.Seed.ClientID, UserPassID: s.Seed.UncoveredPassID, ProviderID: s.Seed.GymID,
		}
		code, resp, err := s.Client.AccessCodes.Generate(t.Context(), params)
		assert.Nil(t, code)
		assert.ErrorIs(t, err, bardge.ErrResponseIncomplete)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Contains(t, string(resp.Raw), `"session_id":"visit_0001"`)
		assert.Equal(t, 1, s.Executed(sandbox.GenerateAccessCode))
	})
}

// R14: a status with a type tag of its own still shows the cancellation.
func TestR14_ACancellationIsReadFromAStatusOfItsOwnKind(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{
		sdktest.Respond(503, ""), sdktest.Refuse(409, "resource_conflict_error", "already_cancelled"),
		sdktest.Respond(200, `{"object":"booking_status","id":"b1","status":"cancelled"}`),
	}, func(t *testing.T, s *sdktest.Bardge) {
		booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1")
		require.NoError(t, err)
		assert.True(t, resp.Recovered)
		assert.Equal(t, "b1", booking.ID)
		assert.Equal(t, "booking", booking.Object)
		assert.True(t, booking.Status.Is(bardge.BookingCancelled))
		assert.Equal(t, []string{"unknown status: got 503"}, wordsOf(resp.Drift))
	})
}
