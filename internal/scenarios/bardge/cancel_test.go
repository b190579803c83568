package scenarios

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

var (
	alreadyCancelled = sdktest.Refuse(409, "resource_conflict_error", "already_cancelled")
	cancelledBooking = sdktest.Respond(200, `{"object":"booking","id":"b1","status":"cancelled","class_name":"Morning Yoga"}`)
	pendingBooking   = sdktest.Respond(200, `{"object":"booking","id":"b1","status":"PENDING"}`)
	notFound         = sdktest.Refuse(404, "invalid_request_error", "resource_not_found")
)

func TestR14_ALostCancellationIsRecovered(t *testing.T) {
	for _, row := range []struct {
		name  string
		steps []http.HandlerFunc
		class string // name of the class, where the booking was read
		sends int
	}{
		{name: "R14_success that was cut", steps: sdktest.Script{sdktest.Cut(200), cancelledBooking}, class: "Morning Yoga", sends: 2},
		{name: "R14_success that is not JSON", steps: sdktest.Script{sdktest.Respond(200, `{"id":"b1",<ok>`), cancelledBooking}, class: "Morning Yoga", sends: 2},
		{name: "R14_the read shows no status", steps: sdktest.Script{sdktest.Lose, alreadyCancelled, sdktest.Respond(200, `{"id":"b1","class_name":"Yoga"}`)}, class: "Yoga", sends: 3},
		{name: "R14_the success was cut and the read is refused", steps: sdktest.Script{sdktest.Cut(200), notFound}, sends: 2},
	} {
		t.Run(row.name, sdktest.BardgeTest(row.steps, func(t *testing.T, s *sdktest.Bardge) {
			booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1")
			require.NoError(t, err)
			assert.Equal(t, "b1", booking.ID)
			assert.True(t, booking.Status.Is(bardge.BookingCancelled))
			assert.Equal(t, row.class, booking.ClassName)
			assert.True(t, resp.Recovered)
			assert.Equal(t, 200, resp.StatusCode)
			assert.Contains(t, resp.Timeline(), "the lost response was read back")
			assert.Len(t, s.Requests(), row.sends)
		}))
	}
}

func TestR14_ACutSuccessOfABookingThatIsNotCancelledIsUnknown(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Cut(200), pendingBooking}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1")
		e := sdktest.ErrorOf(t, value, resp, err)
		assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
		assert.NotErrorAs(t, err, new(*bardge.AlreadyCancelledError))
		assert.False(t, resp.Recovered)
	})
}

func TestR14_TheReadEndsWithTheCallersDeadline(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Cut(200), sdktest.Hang}, func(t *testing.T, s *sdktest.Bardge) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		booking, resp, err := s.Client.Bookings.Cancel(ctx, "b1")
		require.NoError(t, err, "that it is cancelled was known before")
		assert.Equal(t, &bardge.Booking{Object: "booking", ID: "b1", Status: bardge.BookingCancelled}, booking)
		assert.True(t, resp.Recovered)
		assert.Error(t, ctx.Err())
	})
}

func TestR14_TheReadCarriesTheCallsOwnHeaders(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Cut(200), cancelledBooking}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Bookings.Cancel(t.Context(), "b1",
			bardge.WithExtraField("reason", "ill"), bardge.WithMaxAttempts(1),
			bardge.WithLookupToken("lkpt_abc123"), bardge.WithHeader("X-Trace", "t1"))
		require.NoError(t, err)
		seen := s.Requests()
		require.Len(t, seen, 2)
		assert.JSONEq(t, `{"reason":"ill"}`, seen[0].Body)
		assert.Equal(t, "GET", seen[1].Method)
		assert.Equal(t, sdktest.BasePath+"/bookings/b1", seen[1].Path)
		assert.Empty(t, seen[1].Body)
		for _, r := range seen {
			assert.Equal(t, "lkpt_abc123", r.Header.Get("Bardge-Lookup-Token"))
			assert.Equal(t, "t1", r.Header.Get("X-Trace"))
		}
	})
}

func TestOptionsAreNotWrittenTo(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{cancelledBooking}, func(t *testing.T, s *sdktest.Bardge) {
		opts := make([]bardge.CallOption, 1, 2)
		opts[0] = bardge.WithMaxAttempts(1)
		_, _, err := s.Client.Bookings.Cancel(t.Context(), "b1", opts...)
		require.NoError(t, err)
		assert.Nil(t, opts[:2][1], "calls of other bookings may share the array")
	})
}

func TestR14_RecoverReadsWithTheCallsOwnHeaders(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(orderClass, s.Client)
		s.LeaveOpen(sandbox.CancelBooking, cancelBooking, true, bardge.WithRef("cancel-1"), bardge.WithHeader("X-Lane", "3"))
		time.Sleep(later)
		lane := &laneReader{RoundTripper: s.Sandbox.Client().Transport, t: t}
		assert.True(t, s.RecoverOne(bardge.WithHTTPClient(&http.Client{Transport: lane})).Response.Recovered)
		assert.Len(t, lane.paths, 2)
	})
}
