package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestR21_TheResponseShowsHowItWent(t *testing.T) {
	body := `{"object":"issued_pass","id":"brgpass_1","new_field":{"a":1}}`
	sdktest.WithBardge(t, sdktest.Script{
		sdktest.Respond(503, `<html>`, "Content-Type", "text/html", "Retry-After", "3"),
		sdktest.Lose,
		sdktest.Respond(201, body, "X-Idempotent-Replayed", "true"),
	}, func(t *testing.T, s *sdktest.Bardge) {
		pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
		require.NoError(t, err)
		assert.Equal(t, "brgpass_1", pass.ID)
		assert.Equal(t, 201, resp.StatusCode)
		assert.Equal(t, body, string(resp.Raw), "R24: what is not modelled is here")
		assert.Equal(t, "application/json", resp.Header.Get("Content-Type"))
		assert.Equal(t, sdktest.RequestID, resp.RequestID)
		assert.Len(t, resp.Key.String(), 36)
		assert.True(t, resp.Replayed)
		assert.False(t, resp.Recovered || resp.FromJournal)
		require.NoError(t, resp.RecordErr)

		require.Len(t, resp.Attempts, 3)
		var told []string
		for _, a := range resp.Attempts {
			told = append(told, fmt.Sprint(a.Number, " ", a.Status, " ", a.Verdict, ": ", a.Reason))
			assert.False(t, a.Start.IsZero())
		}
		assert.Equal(t, []string{"1 503 ambiguous: server error", "2 0 ambiguous: connection closed", "3 201 done: executed"}, told)
		assert.Equal(t, 3*time.Second, resp.Attempts[0].Wait, "the server's wish")
		assert.Zero(t, resp.Attempts[1].Wait, "a pooled connection that broke is replaced at once")
		assert.Equal(t, ` 1  503           server error                          ambiguous, again after 3s
 2  no answer     connection closed                     ambiguous, again at once
 3  201 replayed  executed                              done
=>  done`, resp.Timeline())
		assert.Equal(t, "IssuePass: done, status 201, attempts 3, replayed, request "+sdktest.RequestID, resp.String())
	})
}

func TestR21_AFailedCallHasItsResponseToo(t *testing.T) {
	for _, row := range []struct {
		name, timeline, text string
		step                 http.HandlerFunc
	}{
		{
			name: "R21_asked to slow down", timeline: " 1  429           asked to slow down                    rejected\n=>  rejected",
			text: "bardge: IssuePass: rejected: 429 rate_limited (api_error): asked to slow down; all attempts are used" +
				" [request " + sdktest.RequestID + "]",
			step: sdktest.Refuse(429, "api_error", "rate_limited"),
		},
		{
			name: "R21_somebody between", timeline: " 1  403           response from an intermediary (proxy or gateway)  ambiguous\n=>  unknown",
			text: "bardge: IssuePass: unknown: 403: response from an intermediary (proxy or gateway); all attempts are used" +
				" [request " + sdktest.RequestID + "] [key order-17 safe until 2000-01-01T00:01:23Z]",
			step: sdktest.Respond(403, `<html>`, "Content-Type", "text/html"),
		},
	} {
		t.Run(row.name, sdktest.BardgeTest(sdktest.Script{row.step}, func(t *testing.T, s *sdktest.Bardge) {
			value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, freshKey(t, "order-17"), bardge.WithMaxAttempts(1))
			e := sdktest.ErrorOf(t, value, resp, err)
			assert.Equal(t, row.timeline, resp.Timeline())
			assert.Equal(t, row.text, err.Error())
			for _, verb := range []string{"%v", "%+v", "%s", "%#v"} {
				assert.Equal(t, row.text, fmt.Sprintf(verb, e))
			}
			assert.Equal(t, e.Key.String(), resp.Key.String())
		}))
	}
}

func TestR21_ResponsesAndErrorsAreLoggedAsGroups(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: withoutTimes}))
	sdktest.WithBardge(t, sdktest.Script{sdktest.Refuse(409, "resource_conflict_error", "class_full")}, func(t *testing.T, s *sdktest.Bardge) {
		_, resp, err := s.Client.Bookings.BookClass(t.Context(), someClass, freshKey(t, "order-17"))
		logger.Info("booked", "resp", resp, "err", err)
	})
	assert.Equal(t, `level=INFO msg=booked resp.operation=BookClass resp.outcome=rejected resp.status=409 resp.attempts=1 `+
		`resp.replayed=false resp.recovered=false resp.from_journal=false resp.request_id=req_01H8XYZABCDE `+
		`err.operation=BookClass err.outcome=rejected err.code=class_full `+
		`err.error="bardge: BookClass: rejected: 409 class_full (resource_conflict_error): rejected by the API [request req_01H8XYZABCDE]" `+
		`err.safe_until=2000-01-01T00:01:23.000Z`+"\n", log.String())
}

func TestR21_ACallThatIsNotSentHasAnEmptyResponse(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.Passes.List(t.Context(), bardge.ListPassesParams{Limit: 101})
		sdktest.ErrorOf(t, value, resp, err)
		assert.Equal(t, "=>  not sent", resp.Timeline())
		assert.Zero(t, resp.StatusCode)
		assert.Nil(t, resp.Header)
		assert.Nil(t, resp.Raw)
		assert.Empty(t, resp.Attempts)
		assert.True(t, resp.Key.IsZero())
	})
}

func TestR24_AnswersMayHaveMoreOrLessThanIsModelled(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{
		sdktest.Respond(200, `{"object":"booking","id":"b1","status":"WAITLISTED","type":"sauna","gate":7,"scheduled_for":"1747724400"}`),
		sdktest.Respond(200, `{"id":"b1"}`),
		sdktest.Respond(200, `{"data":[{"id":"b2","status":"Cancelled"}]}`),
	}, func(t *testing.T, s *sdktest.Bardge) {
		booking, resp, err := s.Client.Bookings.Get(t.Context(), "b1")
		require.NoError(t, err)
		assert.Equal(t, bardge.BookingStatus("WAITLISTED"), booking.Status)
		assert.Equal(t, int64(1747724400), booking.ScheduledFor.Unix())
		assert.Contains(t, string(resp.Raw), `"gate":7`)

		booking, _, err = s.Client.Bookings.Get(t.Context(), "b1")
		require.NoError(t, err)
		assert.Equal(t, &bardge.BookingState{ID: "b1"}, booking)

		list, _, err := s.Client.Bookings.ListForClient(t.Context(), "c1", bardge.ListClientBookingsParams{})
		require.NoError(t, err)
		require.Len(t, list.Data, 1)
		assert.True(t, list.Data[0].Status.Is(bardge.BookingCancelled), "in any letter case")
	})
}

func TestClassBookingHasThreeEndings(t *testing.T) {
	for body, want := range map[string]bardge.ClassEnding{
		`{"booking_id":"b1","copay_required":false,"additional_visits_required":false}`: bardge.ClassBooked,
		`{"additional_visits_required":true,"session_id":"s1","cost_per_visit":500}`:    bardge.ClassNeedsVisits,
		`{"copay_required":true,"session_id":"s1","copay_options":[{"id":"copay_1"}]}`:  bardge.ClassNeedsCopay,
		`{"copay_required":true,"additional_visits_required":true,"booking_id":"b1"}`:   bardge.ClassNeedsCopay,
		`{"additional_visits_required":true,"booking_id":"b1"}`:                         bardge.ClassNeedsVisits,
		`{"object":"class_booking_initiation","status":"PENDING","session_id":"s1"}`:    bardge.ClassUnrecognized,
	} {
		sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(201, body)}, func(t *testing.T, s *sdktest.Bardge) {
			booking, _, err := s.Client.Bookings.BookClass(t.Context(), someClass)
			require.NoError(t, err)
			assert.Equal(t, want, booking.Ending(), body)
		})
	}
	var names []string
	for ending := range bardge.ClassNeedsCopay + 2 {
		names = append(names, ending.String())
	}
	assert.Equal(t, []string{"unrecognized", "booked", "needs visits", "needs co-pay", "unrecognized"}, names)
}

func TestObserversAreCalledInTurn(t *testing.T) {
	var heard []string
	hear := func(name string) bardge.Option {
		return bardge.WithObserver(func(e bardge.Event) {
			if e.Kind == bardge.EventCallEnded {
				heard = append(heard, name)
			}
		})
	}
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
	}, bardge.WithObserver(nil), hear("first"), bardge.WithObserver(nil), hear("second"))
	assert.Equal(t, []string{"first", "second"}, heard)
}

// tracing is a log handler that reads the call's context, like handlers that
// add a trace id.
type tracing struct {
	slog.Handler
	seen *[]any
}

type traceKey struct{}

func (tracing) Enabled(context.Context, slog.Level) bool { return true }

func (h tracing) Handle(ctx context.Context, _ slog.Record) error {
	*h.seen = append(*h.seen, ctx.Value(traceKey{}))
	return nil
}

func TestTheLoggerGetsTheCallsContext(t *testing.T) {
	var seen []any
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Clients.Get(context.WithValue(t.Context(), traceKey{}, "trace-1"), "c1")
		require.NoError(t, err)
	}, bardge.WithLogger(slog.New(tracing{seen: &seen})))
	assert.Equal(t, []any{"trace-1", "trace-1", "trace-1"}, seen)
}

func TestVerboseErrorsShowTheVendorsMessage(t *testing.T) {
	long := "Ada's \"pass\"\n" + strings.Repeat("x", 300)
	said, err := json.Marshal(long)
	require.NoError(t, err)
	refusal := sdktest.Respond(400, `{"error":{"type":"invalid_request_error","code":"validation_error","message":`+string(said)+`}}`)
	const terse = "bardge: IssuePass: rejected: 400 validation_error (invalid_request_error)"
	for name, row := range map[string]struct {
		opts []bardge.Option
		want string
	}{
		"by default": {want: terse + ": re"},
		"verbose": {
			opts: []bardge.Option{bardge.WithVerboseErrors()},
			want: terse + `: "Ada's \"pass\"\n` + strings.Repeat("x", 187) + `...": re`,
		},
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{refusal}, func(t *testing.T, s *sdktest.Bardge) {
			value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
			e := sdktest.ErrorOf(t, value, resp, err)
			assert.True(t, strings.HasPrefix(e.Error(), row.want), e.Error())
			assert.True(t, strings.HasSuffix(e.Error(), " [request "+sdktest.RequestID+"]"), e.Error())
			assert.Equal(t, long, e.Message, "whole in either case")
		}, row.opts...))
	}
}

func TestVerboseErrorsWithoutAMessage(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), `""`)
	}, bardge.WithVerboseErrors())
}

// A program at the default level hears of what is in doubt, and of nothing
// else.
func TestTheLoggerWarnsOfWhatIsInDoubt(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(2))
		require.Error(t, err)
	}, bardge.WithLogger(logger))
	var lines []map[string]any
	for d := json.NewDecoder(&log); d.More(); {
		var line map[string]any
		require.NoError(t, d.Decode(&line))
		lines = append(lines, line)
	}
	require.Len(t, lines, 3)
	for i, msg := range []string{"bardge: attempt ended", "bardge: attempt ended", "bardge: call ended"} {
		assert.Equal(t, msg, lines[i]["msg"])
		assert.Equal(t, "WARN", lines[i]["level"])
		assert.NotEmpty(t, lines[i]["call_id"])
		assert.Equal(t, lines[0]["call_id"], lines[i]["call_id"])
		assert.NotEmpty(t, lines[i]["key"])
		assert.NotEmpty(t, lines[i]["reason"])
	}
}
