package scenarios

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func TestJ17_ARestartedProcessSeesWhyAnOperationIsOpen(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		failed := s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		got := s.Recorded("order-1")
		assert.Equal(t, "ref:order-1", got.ID)
		assert.Equal(t, "order-1", got.Ref)
		assert.Equal(t, "IssuePass", got.Operation)
		assert.Equal(t, journal.StateOpen, got.State)
		assert.Equal(t, bardge.OutcomeUnknown, got.Outcome)
		assert.Equal(t, failed.Key.String(), got.Key.String())
		assert.Equal(t, 1, got.Generation)
		assert.Equal(t, 1, got.Attempts)
		assert.Equal(t, failed.Err.Error(), got.Reason)
		assert.WithinDuration(t, failed.SafeUntil, got.SafeUntil, 6*time.Second)
		assert.Equal(t, "acme", got.Account.Name)
		assert.False(t, got.Owned)
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	})
}

func TestJ17_TheVendorsCodeAndRequestIDAreKept(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: s.Seed.ClientID, PassID: "pass_none",
		}, bardge.WithRef("order-1"))
		e := sdktest.ErrorOf(t, pass, resp, err)
		got := s.Recorded("order-1")
		assert.Equal(t, journal.StateFree, got.State)
		assert.Equal(t, e.Code, got.Code)
		assert.NotEmpty(t, got.Code)
		assert.Equal(t, e.Response.StatusCode, got.Status)
		assert.Equal(t, e.Response.RequestID, got.RequestID)
		assert.NotEmpty(t, got.RequestID)
	})
}

func TestJ17_OperationsAreListedReadAndCounted(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.Client, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.PurchaseCredits, mutations[sandbox.PurchaseCredits], false, bardge.WithRef("order-2"))
		sent := s.Requests(sandbox.IssuePass) + s.Requests(sandbox.PurchaseCredits)
		ops := s.NewClient(s.WithJournal()).Operations

		open, err := ops.List(t.Context(), journal.Filter{State: journal.StateOpen})
		require.NoError(t, err)
		require.Len(t, open, 1)
		assert.Equal(t, "order-2", open[0].Ref)
		byID, err := ops.GetID(t.Context(), "ref:order-1")
		require.NoError(t, err)
		assert.Equal(t, journal.StateDone, byID.State)
		assert.Equal(t, "issued pass:brgpass_0001", byID.Resource)
		many, err := ops.GetMany(t.Context(), []string{"order-2", "order-1", "order-3"})
		require.NoError(t, err)
		require.Len(t, many, 2)
		assert.Equal(t, "IssuePass", many["order-1"].Operation)
		stats, err := ops.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, stats.Done)
		require.Len(t, stats.Pending, 1)
		assert.Equal(t, "PurchaseCredits", stats.Pending[0].Operation)
		assert.Equal(t, 1, stats.Pending[0].Open)

		_, err = ops.Get(t.Context(), "order-3")
		require.ErrorIs(t, err, bardge.ErrOperationNotFound)
		assert.EqualError(t, err, `bardge: get operation: ref "order-3": the journal has no such operation`)
		assert.Equal(t, sent, s.Requests(sandbox.IssuePass)+s.Requests(sandbox.PurchaseCredits))
	})
}

func TestJ14_AnErasedRefStaysDone(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.Client, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.PurchaseCredits, mutations[sandbox.PurchaseCredits], false, bardge.WithRef("order-2"))
		require.NoError(t, s.Client.Operations.Erase(t.Context(), "order-1"))
		require.NoError(t, s.Client.Operations.EraseID(t.Context(), "ref:order-1"))
		require.ErrorIs(t, s.Client.Operations.Erase(t.Context(), "order-2"), bardge.ErrOperationOpen)
		require.ErrorIs(t, s.Client.Operations.Erase(t.Context(), "order-3"), bardge.ErrOperationNotFound)
		resp, err := issuePass(s, s.Client, bardge.WithRef("order-1"))
		require.ErrorIs(t, err, bardge.ErrResponseLost)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.True(t, resp.FromJournal)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestLooking_RefusesWhatNamesNothing(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		ctx, none := t.Context(), s.NewClient().Operations
		_, byRef := s.Client.Operations.Get(ctx, "")
		_, listed := none.List(ctx, journal.Filter{})
		_, badly := s.Client.Operations.List(ctx, journal.Filter{Limit: -1})
		_, counted := none.Stats(ctx)
		_, many := none.GetMany(ctx, []string{"order-1"})
		for name, row := range map[string]struct {
			err   error
			field string
		}{
			"no ref":          {err: byRef, field: "ref"},
			"no ref to erase": {err: s.Client.Operations.Erase(ctx, ""), field: "ref"},
			"no journal":      {err: listed, field: "journal"},
			"none to count":   {err: counted, field: "journal"},
			"none to get":     {err: many, field: "journal"},
			"bad filter":      {err: badly, field: "filter's Limit"},
		} {
			sdktest.Invalid(t, row.field, row.err, name)
		}
	})
}

func TestJ17_ExecutedIsReadFromTheAPI(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		word := bardge.Executed("brgpass_0002").By("ada")
		err := s.Client.Resolve(t.Context(), "order-1", word)
		require.ErrorIs(t, err, bardge.ErrNotVerified, "mistyped")
		require.ErrorIs(t, err, bardge.ErrNotFound)
		var e *bardge.RecordError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "order-1", e.Ref)
		assert.Equal(t, journal.StateOpen, e.State)
		sdktest.Hides(t, err)

		s.Outage(time.Hour)
		err = s.Client.Resolve(t.Context(), "order-1", bardge.Executed("brgpass_0001"))
		require.ErrorIs(t, err, bardge.ErrNotVerified, "it cannot be read")
		s.Up()
		require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed("brgpass_0001").By("ada").Note("ticket 17")))
		got := s.Recorded("order-1")
		require.Len(t, got.Resolutions, 1)
		assert.True(t, got.Resolutions[0].Verified)
		assert.Equal(t, "ada", got.Resolutions[0].By)
		assert.Equal(t, "ticket 17", got.Resolutions[0].Note)
		assert.True(t, got.ByPerson)
	})
}

func TestJ17_ExecutedOfAnothersThingIsNotBelieved(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.Client) // before the intent
		time.Sleep(time.Minute)
		s.LeaveOpen(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-1"))
		err := s.Client.Resolve(t.Context(), "order-1", bardge.Executed("brgpass_0001"))
		require.ErrorIs(t, err, bardge.ErrNotVerified)
		assert.ErrorContains(t, err, "issued pass brgpass_0001 is older than the operation")

		s.Succeed(confirmSpa, s.Client)
		s.LeaveOpen(sandbox.BookClass, orderClass, false, bardge.WithRef("order-2"))
		err = s.Client.Resolve(t.Context(), "order-2", bardge.Executed("booking_0001"))
		require.ErrorIs(t, err, bardge.ErrNotVerified)
		assert.ErrorContains(t, err, "booking booking_0001 is of another kind")
	})
}

func TestJ17_ExecutedOfACancellationIsRead(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(orderClass, s.Client)
		s.LeaveOpen(sandbox.CancelBooking, cancelBooking, false, bardge.WithRef("cancel-1"))
		for read := false; !read; { // the faults that are left
			_, _, err := s.Client.Bookings.Get(t.Context(), "booking_0001")
			read = err == nil
		}
		err := s.Client.Resolve(t.Context(), "cancel-1", bardge.Executed("booking_0001"))
		require.ErrorIs(t, err, bardge.ErrNotVerified)
		assert.ErrorContains(t, err, "booking booking_0001 is not cancelled")
		err = s.Client.Resolve(t.Context(), "cancel-1", bardge.Executed("booking_0009"))
		assert.ErrorContains(t, err, "is not the one that the request was about")
	})
}

func TestResolution_PrintsByAllowList(t *testing.T) {
	word := bardge.Executed("brgpass_0001").By("ada lovelace").Note("the client called").Generation(2).Unverified()
	assert.Equal(t, word, bardge.Executed("brgpass_0001").By("ada lovelace").Note("the client called").Generation(2).Unverified())
	assert.NotEqual(t, word, bardge.Executed("brgpass_0001"))
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "word", word, "in", struct{ R bardge.Resolution }{word})
	for _, text := range []string{word.String(), fmt.Sprintf("%+v", word), fmt.Sprintf("%#v", word), log.String()} {
		assert.Contains(t, text, "executed brgpass_0001")
		assert.NotContains(t, text, "ada")
		assert.NotContains(t, text, "called")
	}
	assert.Equal(t, "not executed", bardge.NotExecuted().String())
	assert.Equal(t, "none", bardge.Resolution{}.String())
}
