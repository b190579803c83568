package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func TestJ10_ExecutedGivesLaterCallsAValueWithTheID(t *testing.T) {
	rows := map[sandbox.Operation]struct {
		id, json string
	}{
		sandbox.IssuePass:              {id: "brgpass_9", json: `{"object":"issued_pass","id":"brgpass_9"}`},
		sandbox.UpdateIssuedPass:       {id: "brgpass_9", json: `{"object":"issued_pass","id":"brgpass_9"}`},
		sandbox.UpdateIssuedPassExpiry: {id: "brgpass_9", json: `{"object":"issued_pass","id":"brgpass_9"}`},
		sandbox.BookClass:              {id: "booking_9", json: `{"object":"class_booking_initiation","booking_id":"booking_9"}`},
		sandbox.BookSpa:                {id: "booking_9", json: `{"object":"spa_booking_initiation","booking_id":"booking_9"}`},
		sandbox.PurchaseCopay:          {id: "copay_9", json: `{"object":"copay_purchase","copay_purchase_id":"copay_9"}`},
		sandbox.PurchaseGymCopay:       {id: "copay_9", json: `{"object":"gym_copay_purchase","copay_purchase_id":"copay_9"}`},
		sandbox.PurchaseCredits:        {id: "credits_9", json: `{"object":"credit_purchase","id":"credits_9"}`},
		sandbox.InitiateLookup:         {id: "lookup_9", json: `{"object":"lookup","id":"lookup_9"}`},
	}
	for op, row := range rows {
		t.Run(string(op), sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			do := mutations[op]
			s.LeaveOpen(op, do, true, bardge.WithRef("order-1"))
			word := bardge.Executed(row.id).Unverified()
			require.NoError(t, s.NewClient(s.WithJournal()).Resolve(t.Context(), "order-1", word))
			require.NoError(t, s.Client.Resolve(t.Context(), "order-1", word), "twice is once")
			assert.ErrorIs(t, s.Client.Resolve(t.Context(), "order-1", bardge.NotExecuted()), bardge.ErrMayBeExecuting)
			require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed("")), "less is no contradiction")
			raw := answered(t, s, do)
			assert.JSONEq(t, row.json, raw)
			assert.Empty(t, s.Recover())
			assert.Equal(t, 1, s.Requests(op))
			assert.Equal(t, 1, s.Executed(op))
		}))
	}
}

func answered(t *testing.T, s *sdktest.Sandbox, do sdktest.Order) string {
	t.Helper()
	resp, err := do(s, s.Client, bardge.WithRef("order-1"))
	require.NoError(t, err)
	assert.True(t, resp.FromJournal)
	return string(resp.Raw)
}

func TestJ10_ExecutedOfAConfirmationOrACancellation(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		spa, _, err := s.Client.Bookings.BookSpa(t.Context(), bardge.BookSpaParams{
			ProviderID: s.Seed.SpaID, ServiceIDs: []string{s.Seed.FreeServiceID},
			Date: s.Seed.SlotDate, Time: s.Seed.SlotTime, ClientID: s.Seed.ClientID,
		})
		require.NoError(t, err)
		confirm := func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
			_, resp, err := c.Bookings.ConfirmSpa(s.T.Context(), spa.SessionID, opts...)
			return resp, err
		}
		s.LeaveOpen(sandbox.ConfirmSpaBooking, confirm, true, bardge.WithRef("order-1"))
		require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed("booking_0001")))
		assert.JSONEq(t, `{"object":"booking","id":"booking_0001"}`, answered(t, s, confirm))

		s.LeaveOpen(sandbox.CancelBooking, cancelBooking, true, bardge.WithRef("cancel-1"))
		require.NoError(t, s.Client.Resolve(t.Context(), "cancel-1", bardge.Executed("booking_0001")))
		booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "booking_0001", bardge.WithRef("cancel-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.True(t, booking.Status.Is(bardge.BookingCancelled))
		assert.Equal(t, 1, s.Executed(sandbox.ConfirmSpaBooking))
		assert.Equal(t, 1, s.Executed(sandbox.CancelBooking))
		assert.Equal(t, 1, s.Requests(sandbox.CancelBooking))
	})
}

// An access code has no id that could stand for it.
func TestJ10_ExecutedOfAnAccessCodeIsDoneWithTheResponseLost(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.GenerateAccessCode, accessCode, true, bardge.WithRef("order-1"))
		require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed("code")))
		_, err := accessCode(s, s.Client, bardge.WithRef("order-1"))
		require.ErrorIs(t, err, bardge.ErrResponseLost)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Equal(t, 1, s.Requests(sandbox.GenerateAccessCode))
	})
}

func TestJ11_WhatIsMadeIsNamedAndWhatIsChangedIsNot(t *testing.T) {
	for op, made := range map[sandbox.Operation]bool{
		sandbox.IssuePass: true, sandbox.UpdateIssuedPass: false, sandbox.UpdateIssuedPassExpiry: true, sandbox.GenerateAccessCode: false,
		sandbox.BookClass: true, sandbox.ConfirmClassBooking: true, sandbox.ConfirmSpaBooking: true, sandbox.BookSpa: false,
		sandbox.PurchaseCopay: true, sandbox.PurchaseGymCopay: true, sandbox.PurchaseSpaCopay: true, sandbox.PurchaseCredits: true,
		sandbox.InitiateLookup: true,
	} {
		sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
			s.Succeed(mutations[op], s.Client, bardge.WithRef("order-1"))
			rec, _, err := s.Journal.Load(t.Context(), "ref:order-1")
			require.NoError(t, err)
			assert.Equal(t, made, rec.Resource != "", "%s: %q", op, rec.Resource)
		})
	}
}

func TestJ11_OneThingIsMadeOnceByWhicheverOperation(t *testing.T) {
	for _, ops := range [][2]sandbox.Operation{
		{sandbox.BookSpa, sandbox.BookClass},
		{sandbox.ConfirmSpaBooking, sandbox.BookClass},
		{sandbox.PurchaseCopay, sandbox.PurchaseGymCopay},
		{sandbox.PurchaseSpaCopay, sandbox.PurchaseCopay},
	} {
		sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
			word := func(op sandbox.Operation, ref string) error {
				s.LeaveOpen(op, mutations[op], false, bardge.WithRef(ref))
				return s.Client.Resolve(t.Context(), ref, bardge.Executed("id_1").Unverified())
			}
			require.NoError(t, word(ops[0], "order-1"))
			assert.ErrorIs(t, word(ops[1], "order-2"), bardge.ErrResourceTaken, ops[1])
		})
	}
}
