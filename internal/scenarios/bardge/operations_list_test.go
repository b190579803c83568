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
	"github.com/bardge/bardge-go/sandbox"
)

func TestJ17_TheRequestIDIsKept(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: s.Seed.ClientID, PassID: "pass_none",
		}, bardge.WithRef("order-1"))
		require.ErrorIs(t, err, bardge.ErrPassNotFound)
		assert.Equal(t, resp.RequestID, s.Recorded("order-1").RequestID)
		assert.NotEmpty(t, resp.RequestID)
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
		err = s.Client.Resolve(t.Context(), "order-1", bardge.Executed("brgpass_0009"))
		require.ErrorIs(t, err, bardge.ErrNotVerified)
		require.ErrorIs(t, err, bardge.ErrNotFound, "the API's own words are found")

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
		assert.NotContains(t, text, "lovelace")
		assert.NotContains(t, text, "called")
	}
	assert.Equal(t, "not executed", bardge.NotExecuted().String())
	assert.Equal(t, "none", bardge.Resolution{}.String())
}
