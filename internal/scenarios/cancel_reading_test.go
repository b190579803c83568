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
)

var (
	activeBooking  = sdktest.Respond(200, `{"object":"booking","id":"b1","status":"ACTIVE"}`)
	anotherBooking = sdktest.Respond(200, `{"object":"booking","id":"b2","status":"cancelled"}`)
	notImplemented = sdktest.Respond(501, `{}`)
	unavailable    = sdktest.Respond(503, `{}`)
	longWait       = sdktest.Respond(503, `{}`, "Retry-After", "100")
)

// htmlPage responds as an ingress does.
func htmlPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Del("Bardge-Request-Id")
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusNotFound)
}

// onRead responds to reads by one handler, and to all else by another.
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

// A cancellation that would end unknown is asked for once more, where that is
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
		t.Run(name, func(t *testing.T) {
			sdktest.WithBardge(t, onRead(cancelledBooking, sdktest.Hang), func(t *testing.T, s *sdktest.Bardge) {
				ctx, cancel := context.WithTimeout(t.Context(), within)
				defer cancel()
				_, resp, err := s.Client.Bookings.Cancel(ctx, "b1")
				require.NoError(t, err)
				assert.True(t, resp.Recovered)
				assert.NoError(t, ctx.Err())
			})
		})
	}
}

// Under an exhausted budget each cancellation still has its last attempt and
// its read.
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
