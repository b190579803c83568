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

var once = bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 1})

func edge(status int, media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Del("Bardge-Request-Id")
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// No page of a gateway proves that anything was done; also where the API's own
// edge has added a request id.
func TestR26_APageOfAGatewayIsNeverDone(t *testing.T) {
	for _, body := range []string{
		`{"message":"scheduled maintenance"}`, `{}`, `{"success":false}`, `{"errors":["down"]}`, `{"status":"ok","type":"about:blank"}`,
		`[]`, `null`, ``, `<html></html>`, `{"message":"sched`, `{"object":"maintenance"}`, `{"error":{}}`,
	} {
		for _, step := range []http.HandlerFunc{
			sdktest.Respond(200, body, "Content-Type", "application/json"), edge(200, "application/json", body), edge(201, "text/html", body), edge(200, "", body),
		} {
			sdktest.WithBardge(t, sdktest.Script{step}, func(t *testing.T, s *sdktest.Bardge) {
				for _, op := range sdktest.Operations {
					if op.ID == sandbox.GetClientCredits && body == `{"object":"maintenance"}` {
						continue // the vendor shows no tag
					}
					d := op.Call(t.Context(), s.Client, sdktest.SomeSeed(), "x1")
					require.Error(t, d.Err, "%s: %s", op.ID, body)
					assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(d.Err), "%s: %s", op.ID, body)
					assert.Empty(t, d.Got)
				}
			}, once)
		}
	}
}

func TestR26_AMaintenancePageIsAskedAgain(t *testing.T) {
	page := edge(200, "application/json", `{"message":"scheduled maintenance"}`)
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	sdktest.WithBardge(t, sdktest.Script{page, page, page, page, page, page, page, sdktest.Respond(201, `{"object":"issued_pass","id":"p1"}`)}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithRef("order-1"), bardge.WithMaxAttempts(2))
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, "p1", pass.ID)
		assert.False(t, resp.FromJournal)
		assert.Len(t, s.Requests(), 8)
		again, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, pass, again)
		assert.True(t, resp.FromJournal)
		assert.Len(t, s.Requests(), 8)
	}, withJournal)
}

// A message alone may be anyone's: the pass is requested again, and the mark
// decides.
func TestR26_AMessageAloneIsSettledByItsReplay(t *testing.T) {
	first := sdktest.Respond(201, `{"message":"Pass issued"}`)
	sdktest.WithBardge(t, sdktest.Script{first, sdktest.Respond(201, `{"message":"Pass issued"}`, "X-Idempotent-Replayed", "true")}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(2))
		e := sdktest.ErrorOf(t, value, resp, err)
		assert.Equal(t, bardge.OutcomeDone, e.Outcome)
		assert.ErrorIs(t, err, bardge.ErrResponseIncomplete)
	})
}

func TestR27_ACancellationWithoutAnIDIsRead(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"object":"booking","status":"CANCELLED"}`), cancelledBooking}, func(t *testing.T, s *sdktest.Bardge) {
		booking, resp, err := s.Client.Bookings.Cancel(t.Context(), "b1")
		require.NoError(t, err)
		assert.True(t, resp.Recovered)
		assert.Equal(t, "b1", booking.ID)
	})
}

func TestR28_WhatDoesNotFitIsListed(t *testing.T) {
	body := `{"object":"list","has_more":false,"data":[{"id":7,"name":5,"price":"12.50","created":"2025-05-08"},` +
		`{"id":"p2","provider_count":"many","livemode":true,"categories":[{"visits_allowed":{}}]},{"name":"no id"},{"id":"p4","price":{}}]}`
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, body, "Content-Type", "application/json; charset")}, func(t *testing.T, s *sdktest.Bardge) {
		list, resp, err := s.Client.Passes.List(t.Context(), bardge.ListPassesParams{})
		require.NoError(t, err)
		require.Len(t, list.Data, 2)
		assert.Equal(t, "7", list.Data[0].ID)
		assert.Equal(t, "5", list.Data[0].Name)
		assert.Equal(t, "12.50", list.Data[0].Price.String())
		assert.Equal(t, time.Date(2025, 5, 8, 0, 0, 0, 0, time.UTC), list.Data[0].Created)
		assert.Equal(t, []string{
			"data[0].id", "data[0].name", "data[0].price", "data[0].created",
			"data[1].provider_count", "data[1].categories[0].visits_allowed",
		}, pathsOf(resp.Drift, bardge.DriftType))
		assert.Equal(t, []string{"data[2]", "data[3]"}, pathsOf(resp.Drift, bardge.DriftItem))

		var ids []string
		var last error
		for pass, err := range s.Client.Passes.All(t.Context(), bardge.ListPassesParams{}) {
			if last = err; err == nil {
				ids = append(ids, pass.ID)
			}
		}
		assert.Equal(t, []string{"7", "p2"}, ids, "all that can be told are told")
		require.ErrorIs(t, last, bardge.ErrResponseIncomplete)
		assert.ErrorContains(t, last, "data[2], data[3]")
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(last))
	})
}

func TestR27_AListThatIsNoListIsAnError(t *testing.T) {
	for _, body := range []string{
		`{"object":"list","data":null}`, `{"object":"list","data":{}}`, `{"object":"list"}`, `{"has_more":true}`,
		`{"object":"list","data":[],"has_more":"yes"}`,
	} {
		sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.Bardge) {
			list, resp, err := s.Client.Passes.List(t.Context(), bardge.ListPassesParams{})
			e := sdktest.ErrorOf(t, list, resp, err)
			assert.ErrorIs(t, e, bardge.ErrResponseIncomplete, body)
			assert.Equal(t, bardge.OutcomeDone, e.Outcome, "a response came")
			assert.Len(t, s.Requests(), 1, "the same would come again")
		})
	}
	for _, body := range []string{`[{"id":"p1"}]`, `{"object":"pass","id":"p1"}`} {
		sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.Bardge) {
			list, resp, err := s.Client.Passes.List(t.Context(), bardge.ListPassesParams{})
			assert.Equal(t, bardge.OutcomeUnknown, sdktest.ErrorOf(t, list, resp, err).Outcome, body)
		}, once)
	}
}

func TestR28_TheBodyDecidesNotTheMediaType(t *testing.T) {
	for _, media := range []string{
		"", "text/plain", "text/html", "application/json; charset", "application/json, application/json", "application/octet-stream",
	} {
		sdktest.WithBardge(t, sdktest.Script{edge(201, media, "\ufeff"+`{"object":"issued_pass","id":"p1","error":false}`)}, func(t *testing.T, s *sdktest.Bardge) {
			pass, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
			require.NoError(t, err, media)
			assert.Equal(t, "p1", pass.ID)
		})
	}
}

func TestR28_ErrorsAreReadTolerantly(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(404, "\ufeff"+`{"error":{"type":"invalid_request_error","Code":"pass_not_found","message":5,"request_id":{}}}`)}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, bardge.OutcomeRejected, e.Outcome)
		assert.ErrorIs(t, err, bardge.ErrPassNotFound)
		assert.Equal(t, "5", e.Message)
	})
}

// A list with drift proves nothing: what was left out may be what another one
// has made.
func TestR28_AListWithDriftProvesNothing(t *testing.T) {
	for name, rest := range map[string]string{
		"whole": `]}`, "an item left out": `,{"type":"class"}]}`, "a field that does not fit": `,{"id":"b2","date":{}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			answers := map[string]string{
				"/clients/ada/bookings": `{"data":[` + at("b1") + rest,
				"/classes":              `{"data":[` + yoga() + `]}`,
				"/classes/c1":           yoga(at("ci_1")),
			}
			r := found(t, answers, func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
				_, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: "ci_1", ClientID: "ada"}, opts...)
				return err
			})
			want := bardge.OutcomeUnknown
			if name == "whole" {
				want = bardge.OutcomeDone
			}
			assert.Equal(t, want, r.Outcome, r.Evidence)
		})
	}
}

func pathsOf(drift []bardge.Drift, kind bardge.DriftKind) (paths []string) {
	for _, d := range drift {
		if d.Kind == kind {
			paths = append(paths, d.Path)
		}
	}
	return paths
}
