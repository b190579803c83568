package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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

func TestWithReconciler(t *testing.T) {
	rows := map[string]struct {
		finding bardge.ReconcileResult
		err     error
		outcome bardge.Outcome
		lost    bool
	}{
		"J11_done, with an id":       {finding: bardge.ReconcileResult{Done: true, ID: "brgpass_0001", Evidence: "seen"}, outcome: bardge.OutcomeDone},
		"J11_done, no more is known": {finding: bardge.ReconcileResult{Done: true}, outcome: bardge.OutcomeDone, lost: true},
		"J11_not found":              {finding: bardge.ReconcileResult{ID: "brgpass_0001", Evidence: "not seen"}},
		"J11_fails":                  {finding: bardge.ReconcileResult{Done: true, ID: "brgpass_0001"}, err: errors.New("s3cret")},
	}
	for name, row := range rows {
		t.Run(name, sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			failed := s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
			time.Sleep(2 * time.Minute)
			r := s.RecoverOne(bardge.WithReconciler("IssuePass", func(_ context.Context, o bardge.PendingOperation) (bardge.ReconcileResult, error) {
				assert.Equal(t, "order-1", o.Ref)
				assert.Equal(t, failed.Key.String(), o.Key.String())
				var in bardge.IssuePassParams
				assert.NoError(t, json.Unmarshal(o.Body, &in))
				assert.Equal(t, s.Seed.ClientID, in.ClientID)
				return row.finding, row.err
			}))
			assert.Equal(t, row.outcome, r.Outcome)
			sdktest.Hides(t, r)
			if row.err == nil {
				assert.Equal(t, row.finding.Evidence, r.Evidence)
			}
			pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
			assert.Equal(t, row.outcome, bardge.OutcomeOf(err))
			assert.Equal(t, row.outcome == bardge.OutcomeDone, resp.FromJournal)
			if row.lost {
				assert.ErrorIs(t, err, bardge.ErrResponseLost)
			} else if row.outcome == bardge.OutcomeDone {
				assert.Equal(t, "brgpass_0001", pass.ID)
			}
			assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
			assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
		}))
	}
}

func TestJ11_WhatAnotherOperationMadeDoesNotCountForAReconcilerEither(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-1"))
		s.Succeed(issuePass, s.Client, bardge.WithRef("order-2"))
		time.Sleep(2 * time.Minute)
		r := s.RecoverOne(bardge.WithReconciler("IssuePass", func(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
			return bardge.ReconcileResult{Done: true, ID: "brgpass_0001"}, nil
		}))
		assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		assert.ErrorContains(t, r.Err, "belongs to another operation")
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestWithReconciler_RefusesWhatItCannotBeFor(t *testing.T) {
	find := func(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
		return bardge.ReconcileResult{}, nil
	}
	for name, row := range map[string]struct {
		option bardge.Option
		reason string
	}{
		"a read":     {option: bardge.WithReconciler("ListPasses", find), reason: "is for an operation that is sent again instead"},
		"sent again": {option: bardge.WithReconciler("CancelBooking", find), reason: "is for an operation that is sent again instead"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bardge.New(sdktest.APIKey, row.option)
			require.ErrorAs(t, err, new(*bardge.InvalidError))
			assert.EqualError(t, err, "bardge: WithReconciler: reconciler "+row.reason)
		})
	}
}

func TestWithReconciler_IsForLookupsToo(t *testing.T) {
	find := func(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
		return bardge.ReconcileResult{}, nil
	}
	_, err := bardge.New(sdktest.APIKey, bardge.WithReconciler("InitiateLookup", find))
	assert.NoError(t, err)
}

func reads(answers map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[strings.TrimPrefix(r.URL.Path, sdktest.BasePath)]
		if !ok || r.Method != http.MethodGet {
			sdktest.Lose(w, r)
		}
		sdktest.Respond(http.StatusOK, body)(w, r)
	}
}

func found(t *testing.T, answers map[string]string, do func(context.Context, *bardge.Client, ...bardge.CallOption) error) *bardge.RecoveryResult {
	t.Helper()
	var all []*bardge.RecoveryResult
	sdktest.WithBardge(t, sdktest.Script{reads(answers)}, func(t *testing.T, s *sdktest.Bardge) {
		time.Sleep(10 * time.Minute)
		require.Error(t, do(t.Context(), s.Client, bardge.WithRef("order-1"), bardge.WithMaxAttempts(1)))
		time.Sleep(later)
		for r, err := range s.Client.Recover(t.Context()) {
			require.NoError(t, err)
			all = append(all, r)
		}
	}, bardge.WithJournal(journal.NewMemory(), "acme"))
	require.Len(t, all, 1)
	return all[0]
}

func at(id string) string {
	return `{"id":"` + id + `","type":"class","class_name":"Yoga","provider_name":"Gym",` +
		`"date":"2000-01-04","time":"07:00","created":946685401}` // the bubble's clock at the intent, and a second
}

func yoga(instances ...string) string {
	return `{"id":"c1","name":"Yoga","provider_name":"Gym","instances":[` + strings.Join(instances, ",") + `]}`
}

func TestJ11_AnAmountMayBeText(t *testing.T) {
	r := found(t, map[string]string{
		"/credit_packages": `{"data":[{"id":"p1","name":"20 Pack","credits":20}]}`,
		"/clients/ada/credits": `{"balance":70,"transactions":[{"type":"credit","amount":"20.0","description":"Bought: 20 Pack",` +
			`"timestamp":946685401000}]}`,
	}, buy("p1"))
	assert.Equal(t, bardge.OutcomeDone, r.Outcome, r.Evidence)
}

func book(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
	_, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: "ci_1", ClientID: "ada"}, opts...)
	return err
}

func buy(pack string) func(context.Context, *bardge.Client, ...bardge.CallOption) error {
	return func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
		_, _, err := c.Credits.Purchase(ctx, bardge.PurchaseCreditsParams{PackageID: pack, ClientID: "ada"}, opts...)
		return err
	}
}

// A call with a long deadline may have sent its first byte late.
func TestR32_AMatchOfACallWithALongDeadline(t *testing.T) {
	const intent = 946685400
	within := func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
		defer cancel()
		return book(ctx, c, opts...)
	}
	for created, want := range map[int]bardge.Outcome{
		intent + 695: bardge.OutcomeDone, intent + 696: bardge.OutcomeUnknown,
	} {
		booking := strings.Replace(at("b1"), "946685401", fmt.Sprint(created), 1)
		r := found(t, map[string]string{
			"/clients/ada/bookings": `{"data":[` + booking + `]}`,
			"/classes":              `{"data":[` + yoga() + `]}`,
			"/classes/c1":           yoga(at("ci_1")),
		}, within)
		assert.Equal(t, want, r.Outcome, "%d: %s", created-intent, r.Evidence)
	}
}

func TestR23_EvidenceNamesIDsAlone(t *testing.T) {
	const odd = `id: s3cret`
	type do = func(context.Context, *bardge.Client, ...bardge.CallOption) error
	for name, row := range map[string]struct {
		answers map[string]string
		do      do
	}{
		"a class": {
			answers: map[string]string{"/clients/" + odd + "/bookings": `{"data":[]}`},
			do: func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: odd, ClientID: odd}, o...)
				return err
			},
		},
		"a spa": {
			answers: map[string]string{"/clients/ada/bookings": `{"data":[` + strings.Replace(at(odd), "class", "spa", 1) + `]}`},
			do: func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.Bookings.BookSpa(ctx, bardge.BookSpaParams{ProviderID: "spa_1", ClientID: "ada", Date: "2000-01-04", Time: "07:00"}, o...)
				return err
			},
		},
		"a pass": {
			answers: map[string]string{"/issued_passes/p1": `{"id":"p1","pass_id":"` + odd + `"}`},
			do: func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.IssuedPasses.Update(ctx, bardge.UpdateIssuedPassParams{UserPassID: "p1", PassID: "x"}, o...)
				return err
			},
		},
		"credits": {
			answers: map[string]string{"/credit_packages": `{"data":[]}`},
			do: func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.Credits.Purchase(ctx, bardge.PurchaseCreditsParams{PackageID: odd, ClientID: odd}, o...)
				return err
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := found(t, row.answers, row.do)
			require.NotEmpty(t, r.Evidence)
			assert.NotContains(t, r.Evidence, sdktest.Leak)
		})
	}
}
