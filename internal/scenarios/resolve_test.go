package scenarios

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func TestJ10_NotExecutedFreesTheRefWhenNothingCanRunAnyMore(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		failed := s.LeaveOpen(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-1"))
		word := func() error { return s.Client.Resolve(t.Context(), "order-1", bardge.NotExecuted()) }
		require.ErrorIs(t, word(), bardge.ErrMayBeExecuting)
		time.Sleep(279 * time.Second)
		require.ErrorIs(t, word(), bardge.ErrMayBeExecuting, "a late send may still be in the server")
		time.Sleep(2 * time.Second)
		require.NoError(t, word())
		require.NoError(t, word(), "twice is once")
		require.ErrorIs(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed("x")), bardge.ErrNotVerified)
		assert.Empty(t, s.Recover())

		_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.False(t, resp.FromJournal)
		assert.NotEqual(t, failed.Key.String(), resp.Key.String())
		require.ErrorIs(t, word(), bardge.ErrOtherGeneration, "the ref was used again")
		again := bardge.NotExecuted().Generation(2)
		require.ErrorIs(t, s.Client.Resolve(t.Context(), "order-1", again), bardge.ErrAlreadyResolved, "done is done")
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestJ10_NotExecutedIsRefusedWhileACallRuns(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Next(sandbox.IssuePass, sandbox.DelayBefore(5*time.Second))
		issued := make(chan error)
		go func() {
			_, err := issuePass(s, s.Client, bardge.WithRef("order-1"))
			issued <- err
		}()
		time.Sleep(time.Second)
		assert.ErrorIs(t, s.Client.Resolve(t.Context(), "order-1", bardge.NotExecuted()), bardge.ErrMayBeExecuting)
		require.NoError(t, <-issued)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

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

func TestJ10_ExecutedWithoutAnIDIsDoneWithTheAnswerLost(t *testing.T) {
	for op, row := range map[sandbox.Operation]struct {
		do sdktest.Order
		id string
	}{
		sandbox.IssuePass:          {do: issuePass},
		sandbox.GenerateAccessCode: {do: accessCode, id: "code"},
	} {
		t.Run(string(op), sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			s.LeaveOpen(op, row.do, true, bardge.WithRef("order-1"))
			require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed(row.id)))
			resp, err := row.do(s, s.Client, bardge.WithRef("order-1"))
			require.ErrorIs(t, err, bardge.ErrResponseLost)
			assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
			assert.True(t, resp.FromJournal)
			assert.Equal(t, 1, s.Requests(op))
			assert.Equal(t, 1, s.Executed(op))
		}))
	}
}

func TestResolveID_OfAnOperationThatGoesByItsKey(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true)
		found := s.RecoverOne()
		key := found.Key
		assert.Equal(t, "key:"+key.String(), found.ID)
		assert.ErrorIs(t, s.Client.ResolveID(t.Context(), found.ID, bardge.NotExecuted()), bardge.ErrMayBeExecuting)
		require.NoError(t, s.Client.ResolveID(t.Context(), found.ID, bardge.Executed("brgpass_0001")))
		assert.Empty(t, s.Recover())
		pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithIdempotencyKey(key))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, "brgpass_0001", pass.ID)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	})
}

func TestJ11_WhatAnotherOperationMadeIsNotSettledTwice(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, orderClass, false, bardge.WithRef("order-1"))
		s.Succeed(confirmSpa, s.Client, bardge.WithRef("order-2"))
		err := s.Client.Resolve(t.Context(), "order-1", bardge.Executed("booking_0001").Unverified())
		assert.ErrorIs(t, err, bardge.ErrResourceTaken, "a booking is a booking, whoever makes it")
		assert.Len(t, s.Recover(), 1, "it stays open")
		assert.Equal(t, 1, s.Executed(sandbox.ConfirmSpaBooking))
		assert.Equal(t, 1, s.Executed(sandbox.BookClass), "Recover has sent it again")
	})
}

func TestResolve_Refuses(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		ctx, none := t.Context(), bardge.Resolution{}
		broken := s.NewClient(bardge.WithJournal(sdktest.BrokenJournal{}, "acme"))
		for name, row := range map[string]struct {
			err    error
			field  string
			target error
		}{
			"no ref":               {err: s.Client.Resolve(ctx, "", bardge.NotExecuted()), field: "ref"},
			"no id":                {err: s.Client.ResolveID(ctx, "", bardge.NotExecuted()), target: bardge.ErrOperationNotFound},
			"no word":              {err: s.Client.Resolve(ctx, "order-1", none), field: "resolution"},
			"no journal":           {err: s.NewClient().Resolve(ctx, "order-1", bardge.NotExecuted()), field: "journal"},
			"a strange ref":        {err: s.Client.Resolve(ctx, "order-2", bardge.NotExecuted()), target: bardge.ErrOperationNotFound},
			"a strange ref's id":   {err: s.Client.Resolve(ctx, "order-2", bardge.Executed("x")), target: bardge.ErrOperationNotFound},
			"a strange key":        {err: s.Client.ResolveID(ctx, "key:x", bardge.Executed("x")), target: bardge.ErrOperationNotFound},
			"R23_a broken journal": {err: broken.Resolve(ctx, "order-1", bardge.NotExecuted()), target: bardge.ErrJournal},
			"R23_an unread one":    {err: broken.Resolve(ctx, "order-1", bardge.Executed("x")), target: sdktest.ErrBroken},
			"R23_by its sentinel":  {err: broken.Resolve(ctx, "order-1", bardge.Executed("x")), target: bardge.ErrJournal},
		} {
			require.Error(t, row.err, name)
			sdktest.Hides(t, row.err)
			if row.field == "" {
				assert.ErrorIs(t, row.err, row.target, name)
				continue
			}
			sdktest.Invalid(t, row.field, row.err, name)
		}
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
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

func TestJ10_ACancellationThatWasSentAgainMayStillRun(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(orderClass, s.Client)
		s.LeaveOpen(sandbox.CancelBooking, cancelBooking, false, bardge.WithRef("cancel-1"))
		time.Sleep(10 * time.Minute)
		s.Next(sandbox.CancelBooking, slices.Repeat([]sandbox.Fault{sandbox.ResetBefore}, 10)...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range s.NewClient(s.WithJournal()).Recover(ctx) {
			break
		}
		word := func() error { return s.Client.Resolve(t.Context(), "cancel-1", bardge.NotExecuted()) }
		time.Sleep(90 * time.Second)
		assert.ErrorIs(t, word(), bardge.ErrMayBeExecuting)
		time.Sleep(20 * time.Second)
		assert.NoError(t, word())
	})
}
