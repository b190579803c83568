package scenarios

import (
	"cmp"
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

// changes are the mutations that take no key, with a response that shows each.
var changes = map[string]struct {
	do                 func(context.Context, *bluesnap.Client, ...bluesnap.CallOption) made
	method, path, body string
	shown              string
	repeats            bool // class idempotent
}{
	"RefundByReference": {
		do: func(ctx context.Context, c *bluesnap.Client, o ...bluesnap.CallOption) made {
			return of(c.Transactions.RefundByReference(ctx, "order-17", bluesnap.RefundParams{Amount: "1"}, o...))
		},
		method: "POST", path: "/services/2/transactions/refund/merchant/order-17", body: `{"amount":"1"}`,
		shown: `{"refundTransactionId":42}`,
	},
	"UpdatePlan": {
		do: func(ctx context.Context, c *bluesnap.Client, o ...bluesnap.CallOption) made {
			return of(c.Subscriptions.UpdatePlan(ctx, "7", bluesnap.PlanUpdateParams{Status: "INACTIVE"}, o...))
		},
		method: "PUT", path: "/services/2/recurring/plans/7", body: `{"status":"INACTIVE"}`, shown: `{"planId":7}`,
	},
	"UpdateSubscription": {
		do: func(ctx context.Context, c *bluesnap.Client, o ...bluesnap.CallOption) made {
			return of(c.Subscriptions.Update(ctx, "7", bluesnap.SubscriptionUpdateParams{PlanID: "3", Quantity: 2}, o...))
		},
		method: "PUT", path: "/services/2/recurring/subscriptions/7", body: `{"planId":3,"quantity":2}`, shown: `{"subscriptionId":7}`,
	},
	"UpdateVaultedShopper": {
		do: func(ctx context.Context, c *bluesnap.Client, o ...bluesnap.CallOption) made {
			return of(c.VaultedShoppers.Update(ctx, "7", bluesnap.VaultedShopperParams{Phone: "1"}, o...))
		},
		method: "PUT", path: "/services/2/vaulted-shoppers/7", body: `{"phone":"1"}`, shown: `{"vaultedShopperId":7}`,
	},
	"CancelSubscription": {
		do: func(ctx context.Context, c *bluesnap.Client, o ...bluesnap.CallOption) made {
			return of(c.Subscriptions.Cancel(ctx, "7", o...))
		},
		method: "PUT", path: "/services/2/recurring/subscriptions/7", body: `{"status":"CANCELED"}`,
		shown: `{"subscriptionId":7,"status":"CANCELED"}`, repeats: true,
	},
	"DeleteVaultedShopper": {
		do: func(ctx context.Context, c *bluesnap.Client, o ...bluesnap.CallOption) made {
			return of(c.VaultedShoppers.Delete(ctx, "7", o...))
		},
		method: "DELETE", path: "/services/2/vaulted-shoppers/7", shown: `{"description":"Shopper 7 will be deleted"}`, repeats: true,
	},
}

func TestR5_AChangeCarriesNoKey(t *testing.T) {
	for name, c := range changes {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Respond(429, ""), sdktest.Respond(200, c.shown)}, func(t *testing.T, s *sdktest.BlueSnap) {
			got := c.do(t.Context(), s.Client)
			require.NoError(t, got.err)
			assert.Equal(t, name, got.resp.Operation)
			assert.True(t, got.resp.Key.IsZero())
			require.Len(t, s.Requests(), 2, "what was refused is repeated")
			for _, r := range s.Requests() {
				assert.Equal(t, c.method+" "+c.path, r.Method+" "+r.Path)
				assert.Empty(t, r.Key())
				if c.body == "" {
					assert.Empty(t, r.Body)
					continue
				}
				assert.JSONEq(t, c.body, r.Body)
			}
			got = c.do(t.Context(), s.Client, bluesnap.WithIdempotencyKey(bluesnap.NewKey()))
			assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(got.err), "a key is refused")
			assert.Len(t, s.Requests(), 2)
		}))
	}
}

func TestAChangeInDoubtIsRepeatedByItsClass(t *testing.T) {
	for name, c := range changes {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Lose, sdktest.Respond(200, c.shown)}, func(t *testing.T, s *sdktest.BlueSnap) {
			got := c.do(t.Context(), s.Client)
			if c.repeats {
				require.NoError(t, got.err)
				assert.Len(t, s.Requests(), 2)
				return
			}
			assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(got.err))
			assert.False(t, bluesnap.CanRepeat(got.err))
			assert.Len(t, s.Requests(), 1)
		}))
	}
}

func TestR26_APageProvesNoChange(t *testing.T) {
	for name, c := range changes {
		for what, step := range map[string]http.HandlerFunc{
			"a page": sdktest.Respond(200, "<html></html>", "Content-Type", "text/html"), "no object of theirs": sdktest.Respond(200, `{"ok":true}`),
			"nothing": sdktest.Respond(200, ""), "204": sdktest.Respond(204, ""),
		} {
			t.Run(name+" "+what, sdktest.BlueSnapTest(sdktest.Script{step}, func(t *testing.T, s *sdktest.BlueSnap) {
				got := c.do(t.Context(), s.Client, bluesnap.WithMaxAttempts(1))
				assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(got.err))
			}))
		}
	}
}

func TestR33_WhatReadingShowsOfACancellation(t *testing.T) {
	subscription := func(status string) http.HandlerFunc {
		return sdktest.Respond(200, `{"subscriptionId":7,"status":"`+status+`","currency":"USD"}`)
	}
	for name, row := range map[string]struct {
		script sdktest.Script
		want   bluesnap.Outcome
	}{
		"cancelled":               {script: sdktest.Script{sdktest.Lose, subscription("CANCELED")}, want: bluesnap.OutcomeDone},
		"gone":                    {script: sdktest.Script{sdktest.Lose, subscription("DELETED")}, want: bluesnap.OutcomeDone},
		"not yet":                 {script: sdktest.Script{sdktest.Lose, subscription("ACTIVE")}, want: bluesnap.OutcomeUnknown},
		"no status is no proof":   {script: sdktest.Script{sdktest.Lose, sdktest.Respond(200, `{"subscriptionId":7}`)}, want: bluesnap.OutcomeUnknown},
		"of another subscription": {script: sdktest.Script{sdktest.Lose, sdktest.Respond(200, `{"subscriptionId":8,"status":"CANCELED"}`)}, want: bluesnap.OutcomeUnknown},
		"not readable":            {script: sdktest.Script{sdktest.Lose, sdktest.Respond(403, "no")}, want: bluesnap.OutcomeUnknown},
		"answered, still active":  {script: sdktest.Script{subscription("ACTIVE"), subscription("CANCELED")}, want: bluesnap.OutcomeDone},
	} {
		t.Run(name, sdktest.BlueSnapTest(row.script, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.Subscriptions.Cancel(t.Context(), "7", bluesnap.WithMaxAttempts(1))
			assert.Equal(t, row.want, bluesnap.OutcomeOf(err), resp.Timeline())
			if row.want == bluesnap.OutcomeDone {
				require.NoError(t, err)
				assert.True(t, resp.Recovered)
				assert.Equal(t, "USD", value.Currency)
			}
		}))
	}
}

func TestJ11_RecoverSendsACancellationAgain(t *testing.T) {
	active := sdktest.Respond(200, `{"subscriptionId":7,"status":"ACTIVE"}`)
	done := sdktest.Respond(200, `{"subscriptionId":7,"status":"CANCELED"}`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, active, active, done}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Subscriptions.Cancel(t.Context(), "7", bluesnap.WithRef("cancel-7"), bluesnap.WithMaxAttempts(1))
		require.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		r := recovered(t, s)
		require.NoError(t, r.Err)
		assert.Equal(t, bluesnap.OutcomeDone, r.Outcome)
		value, resp, err := s.Client.Subscriptions.Cancel(t.Context(), "7", bluesnap.WithRef("cancel-7"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, bluesnap.SubscriptionCanceled, value.Status)
	}, withJournal())
}

// Later the subscription may have been activated again.
func TestJ4_RecoverSendsACancellationAgainForTenMinutes(t *testing.T) {
	subscription := func(status string) http.HandlerFunc {
		return sdktest.Respond(200, `{"subscriptionId":7,"status":"`+status+`"}`)
	}
	for name, row := range map[string]struct {
		after  time.Duration
		script sdktest.Script
		action bluesnap.RecoveryAction
		want   bluesnap.Outcome
		puts   int
		shown  string
	}{
		"within": {
			after: 10*time.Minute - 8*time.Second, script: sdktest.Script{subscription("CANCELED")},
			action: bluesnap.ActionResend, want: bluesnap.OutcomeDone, puts: 2,
		},
		"later, cancelled": {
			after: 10 * time.Minute, script: sdktest.Script{subscription("CANCELED")},
			action: bluesnap.ActionReconcile, want: bluesnap.OutcomeDone, puts: 1, shown: "subscription 7 is as was asked for",
		},
		"later, active": {
			after: 10 * time.Minute, script: sdktest.Script{subscription("ACTIVE")},
			action: bluesnap.ActionReconcile, puts: 1, shown: "subscription 7 is not as was asked for, or was changed since",
		},
		"later, of another subscription": {
			after: 10 * time.Minute, script: sdktest.Script{sdktest.Respond(200, `{"subscriptionId":8,"status":"CANCELED"}`)},
			action: bluesnap.ActionReconcile, puts: 1, shown: "subscription 7 does not show its state",
		},
	} {
		for _, ref := range [][]bluesnap.CallOption{nil, {bluesnap.WithRef("cancel-7")}} {
			script := append(sdktest.Script{sdktest.Lose, subscription("ACTIVE")}, row.script...)
			t.Run(name, sdktest.BlueSnapTest(script, func(t *testing.T, s *sdktest.BlueSnap) {
				_, _, err := s.Client.Subscriptions.Cancel(t.Context(), "7", append(ref, bluesnap.WithMaxAttempts(1))...)
				require.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
				time.Sleep(row.after)
				r := recovered(t, s)
				assert.Equal(t, row.action, r.Action)
				assert.Equal(t, cmp.Or(row.want, bluesnap.OutcomeUnknown), r.Outcome)
				assert.Equal(t, row.shown, r.Evidence)
				if row.want != bluesnap.OutcomeDone {
					require.ErrorContains(t, r.Err, "sent again this late, it may undo a newer change")
				} else {
					require.NoError(t, r.Err)
				}
				var puts int
				for _, q := range s.Requests() {
					if q.Method == http.MethodPut {
						puts++
					}
				}
				assert.Equal(t, row.puts, puts)
			}, withJournal()))
		}
	}
}

func TestJ17_ExecutedOfACancellationIsReadFromTheAPI(t *testing.T) {
	active := sdktest.Respond(200, `{"subscriptionId":7,"status":"ACTIVE"}`)
	done := sdktest.Respond(200, `{"subscriptionId":7,"status":"CANCELED"}`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, active, active, done}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Subscriptions.Cancel(t.Context(), "7", bluesnap.WithRef("cancel-7"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		require.ErrorContains(t, s.Client.Resolve(t.Context(), "cancel-7", bluesnap.Executed("8")), "is not the one that the request was about")
		require.ErrorContains(t, s.Client.Resolve(t.Context(), "cancel-7", bluesnap.Executed("7")), "subscription 7 does not show the state that was asked for")
		require.NoError(t, s.Client.Resolve(t.Context(), "cancel-7", bluesnap.Executed("7")))
	}, withJournal())
}

func TestADeletedShopperIsNotFoundAgain(t *testing.T) {
	gone := sdktest.RefuseWith(400, "15008", "SHOPPER_NOT_FOUND")
	kept := sdktest.RefuseWith(400, "14110", "DELETE_SHOPPER_VALIDATION_FAILURE")
	for name, row := range map[string]struct {
		script sdktest.Script
		want   bluesnap.Outcome
		is     error
	}{
		"gone after a lost response":   {script: sdktest.Script{sdktest.Lose, gone}, want: bluesnap.OutcomeDone},
		"gone before":                  {script: sdktest.Script{gone}, want: bluesnap.OutcomeDone, is: bluesnap.ErrShopperNotFound},
		"refused":                      {script: sdktest.Script{kept}, want: bluesnap.OutcomeRejected, is: bluesnap.ErrShopperNotDeletable},
		"refused after a lost request": {script: sdktest.Script{sdktest.Lose, kept}, want: bluesnap.OutcomeUnknown, is: bluesnap.ErrShopperNotDeletable},
	} {
		t.Run(name, sdktest.BlueSnapTest(row.script, func(t *testing.T, s *sdktest.BlueSnap) {
			_, resp, err := s.Client.VaultedShoppers.Delete(t.Context(), "7")
			assert.Equal(t, row.want, bluesnap.OutcomeOf(err), resp.Timeline())
			if row.is != nil {
				assert.ErrorIs(t, err, row.is)
			}
		}))
	}
}

func TestListsAskForTheTotal(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Respond(200, `{"totalResults":2,"lastPage":true,"plans":[{"planId":7}]}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
		page, _, err := s.Client.Subscriptions.ListPlans(t.Context(), bluesnap.PlanFilter{After: "3", Before: "9", PageSize: 20, Status: "ACTIVE"})
		require.NoError(t, err)
		assert.Equal(t, []any{2, true, bluesnap.ID("7")}, []any{page.TotalResults, page.LastPage, page.Plans[0].PlanID})
		require.Len(t, s.Requests(), 2, "a read is repeated")
		assert.Equal(t, "after=3&before=9&gettotal=true&pagesize=20&status=ACTIVE", s.Requests()[1].Query)
	})
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(200, `{"totalResults":0,"lastPage":true}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
		page, _, err := s.Client.Subscriptions.List(t.Context(), bluesnap.SubscriptionFilter{ShopperID: "4", PlanID: "3"})
		require.NoError(t, err)
		assert.Empty(t, page.Subscriptions)
		assert.Equal(t, "gettotal=true&planid=3&shopperid=4", s.Requests()[0].Query)
		_, _, err = s.Client.Subscriptions.List(t.Context(), bluesnap.SubscriptionFilter{PageSize: -1})
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		_, _, err = s.Client.Transactions.RefundByReference(t.Context(), "a,b", bluesnap.RefundParams{})
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		assert.Len(t, s.Requests(), 1)
	})
}
