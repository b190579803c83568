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
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

var (
	alreadyCancelled = sdktest.Refuse(409, "resource_conflict_error", "already_cancelled")
	cancelledBooking = sdktest.Respond(200, `{"object":"booking","id":"b1","status":"cancelled","class_name":"Morning Yoga"}`)
	pendingBooking   = sdktest.Respond(200, `{"object":"booking","id":"b1","status":"PENDING"}`)
	notFound         = sdktest.Refuse(404, "invalid_request_error", "resource_not_found")
)

func TestR14_AlreadyCancelledAsTheFirstAnswerIsATypedError(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{alreadyCancelled}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1")
		e := sdktest.ErrorOf(t, value, resp, err)
		assert.Equal(t, bardge.OutcomeDone, e.Outcome)
		assert.ErrorIs(t, err, bardge.ErrAlreadyCancelled)
		assert.NotErrorIs(t, err, bardge.ErrResponseLost)
		var already *bardge.AlreadyCancelledError
		require.ErrorAs(t, err, &already)
		assert.Equal(t, "b1", already.BookingID)
		assert.Len(t, s.Requests(), 1, "nothing is read")
		assert.False(t, resp.Recovered)
	})
}

func TestR14_ALostCancellationIsRecovered(t *testing.T) {
	for _, row := range []struct {
		name  string
		steps []http.HandlerFunc
		class string // name of the class, where the booking was read
		sends int
	}{
		{name: "R14_ambiguous, then already cancelled", steps: sdktest.Script{sdktest.Lose, alreadyCancelled, cancelledBooking}, class: "Morning Yoga", sends: 3},
		{name: "R14_server error, then already cancelled", steps: sdktest.Script{sdktest.Respond(500, `{}`), alreadyCancelled, cancelledBooking}, class: "Morning Yoga", sends: 3},
		{name: "R14_success that was cut", steps: sdktest.Script{sdktest.Cut(200), cancelledBooking}, class: "Morning Yoga", sends: 2},
		{name: "R14_success that is not JSON", steps: sdktest.Script{sdktest.Respond(200, `{"id":"b1",<ok>`), cancelledBooking}, class: "Morning Yoga", sends: 2},
		{name: "R14_the read is tried again", steps: sdktest.Script{sdktest.Lose, alreadyCancelled, sdktest.Lose, cancelledBooking}, class: "Morning Yoga", sends: 4},
		{name: "R14_the read is refused: id and status are filled in", steps: sdktest.Script{sdktest.Lose, alreadyCancelled, notFound}, sends: 3},
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
			assert.Contains(t, resp.Timeline(), "the lost answer was read back")
			assert.Len(t, s.Requests(), row.sends)
		}))
	}
}

func TestR14_ABookingThatIsNotCancelledLeavesItUnknown(t *testing.T) {
	for name, first := range map[string][]http.HandlerFunc{
		"R14_already cancelled, by the server's word": sdktest.Script{sdktest.Lose, alreadyCancelled, pendingBooking},
		"R14_success that was cut":                    sdktest.Script{sdktest.Cut(200), pendingBooking},
	} {
		t.Run(name, sdktest.BardgeTest(first, func(t *testing.T, s *sdktest.Bardge) {
			value, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1")
			e := sdktest.ErrorOf(t, value, resp, err)
			assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
			assert.NotErrorIs(t, err, bardge.ErrAlreadyCancelled, "the booking says otherwise")
			var already *bardge.AlreadyCancelledError
			assert.NotErrorAs(t, err, &already)
			assert.True(t, bardge.CanRepeat(e), "cancelling may be repeated at any time")
			assert.False(t, resp.Recovered)
		}))
	}
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

func TestJ5_ARecoveredCancellationIsRecorded(t *testing.T) {
	for name, last := range map[string]http.HandlerFunc{"J5_read": cancelledBooking, "J5_filled in": notFound} {
		t.Run(name, func(t *testing.T) {
			withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
			sdktest.WithBardge(t, sdktest.Script{sdktest.Cut(200), last}, func(t *testing.T, s *sdktest.Bardge) {
				for _, recorded := range []bool{false, true} {
					booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1", bardge.WithRef("order-1"))
					require.NoError(t, err)
					assert.Equal(t, "b1", booking.ID)
					assert.Equal(t, recorded, resp.FromJournal)
				}
				assert.Len(t, s.Requests(), 2)
			}, withJournal)
		})
	}
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

var (
	activeBooking  = sdktest.Respond(200, `{"object":"booking","id":"b1","status":"ACTIVE"}`)
	anotherBooking = sdktest.Respond(200, `{"object":"booking","id":"b2","status":"cancelled"}`)
	notImplemented = sdktest.Respond(501, `{}`)
	unavailable    = sdktest.Respond(503, `{}`)
	longWait       = sdktest.Respond(503, `{}`, "Retry-After", "100")
)

func htmlPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Del("Bardge-Request-Id")
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusNotFound)
}

func onRead(read, other http.HandlerFunc) []http.HandlerFunc {
	return sdktest.Script{func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			read(w, r)
			return
		}
		other(w, r)
	}}
}

// A cancellation that is answered with a booking that is not cancelled is read
// once.
func TestR31_ACancellationThatShowsAnotherState(t *testing.T) {
	for name, first := range map[string]http.HandlerFunc{
		"R31 a booking that is active": activeBooking, "R31 another booking": anotherBooking,
	} {
		for shown, row := range map[string]struct {
			read http.HandlerFunc
			ok   bool
		}{
			"reading shows it cancelled": {read: cancelledBooking, ok: true},
			"reading shows it active":    {read: activeBooking},
			"reading shows another one":  {read: anotherBooking},
			"reading fails":              {read: notFound},
		} {
			t.Run(name+", "+shown, func(t *testing.T) {
				withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
				sdktest.WithBardge(t, onRead(row.read, first), func(t *testing.T, s *sdktest.Bardge) {
					booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1", bardge.WithRef("cancel-1"))
					assert.Len(t, s.Requests(), 2, "asked once, read once")
					if row.ok {
						require.NoError(t, err)
						assert.Equal(t, "b1", booking.ID)
						assert.True(t, resp.Recovered)
						return
					}
					e := sdktest.ErrorOf(t, booking, resp, err)
					assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
					_, resp, err = s.Client.Bookings.Cancel(t.Context(), "b1", bardge.WithRef("cancel-1"))
					assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), "nothing is recorded as done")
					assert.False(t, resp.FromJournal)
				}, withJournal)
			})
		}
	}
}

// A cancellation that would end unknown is sent once more, where that is
// allowed, and then read.
func TestR33_ACancellationThatWouldEndUnknownIsRead(t *testing.T) {
	for name, row := range map[string]struct {
		handle   http.HandlerFunc
		opts     []bardge.CallOption
		attempts int
	}{
		"R33 one attempt is all":     {handle: sdktest.Lose, opts: []bardge.CallOption{bardge.WithMaxAttempts(1)}, attempts: 1},
		"R33 a 501":                  {handle: notImplemented, attempts: 2},
		"R33 HTML 404s":              {handle: htmlPage, attempts: 4},
		"R33 a Retry-After of 100 s": {handle: longWait, attempts: 2},
		"R33 unavailable all along":  {handle: unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			sdktest.WithBardge(t, onRead(cancelledBooking, row.handle), func(t *testing.T, s *sdktest.Bardge) {
				booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1", row.opts...)
				require.NoError(t, err)
				assert.Equal(t, "Morning Yoga", booking.ClassName)
				assert.True(t, resp.Recovered)
				if row.attempts > 0 {
					assert.Len(t, resp.Attempts, row.attempts)
				}
			})
			sdktest.WithBardge(t, onRead(activeBooking, row.handle), func(t *testing.T, s *sdktest.Bardge) {
				booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1", row.opts...)
				e := sdktest.ErrorOf(t, booking, resp, err)
				assert.Equal(t, bardge.OutcomeUnknown, e.Outcome, "an attempt may be on its way")
			})
			sdktest.WithBardge(t, onRead(notFound, row.handle), func(t *testing.T, s *sdktest.Bardge) {
				booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1", row.opts...)
				e := sdktest.ErrorOf(t, booking, resp, err)
				assert.Equal(t, bardge.OutcomeUnknown, e.Outcome, "reading failed: that is no proof")
			})
		})
	}
}

func TestR33_TimeForReadingIsKeptBackBeforeTheDeadline(t *testing.T) {
	for name, within := range map[string]time.Duration{"R33 shorter than an attempt": 4 * time.Second, "R33 longer": 40 * time.Second} {
		t.Run(name, sdktest.BardgeTest(onRead(cancelledBooking, sdktest.Hang), func(t *testing.T, s *sdktest.Bardge) {
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			_, resp, err := s.Client.Bookings.Cancel(ctx, "b1")
			require.NoError(t, err)
			assert.True(t, resp.Recovered)
			assert.NoError(t, ctx.Err())
		}))
	}
}

func TestR33_AnEmptyBudget(t *testing.T) {
	sdktest.WithBardge(t, onRead(cancelledBooking, unavailable), func(t *testing.T, s *sdktest.Bardge) {
		const calls = 60
		done := make(chan error, calls)
		for range calls {
			go func() {
				_, _, err := s.Client.Bookings.Cancel(t.Context(), "b1")
				done <- err
			}()
		}
		for range calls {
			assert.NoError(t, <-done)
		}
	})
}

func TestR33_ACallerThatHasGoneIsNotKept(t *testing.T) {
	sdktest.WithBardge(t, onRead(cancelledBooking, unavailable), func(t *testing.T, s *sdktest.Bardge) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, _, err := s.Client.Bookings.Cancel(ctx, "b1")
		require.ErrorIs(t, err, context.Canceled)
		for _, r := range s.Requests() {
			assert.Equal(t, http.MethodPost, r.Method, "nothing is read")
		}
	})
}
