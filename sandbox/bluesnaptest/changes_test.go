package bluesnaptest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

func TestPlansAreListedAndChanged(t *testing.T) {
	inBubble(t, func(g *rig) {
		for i := range 12 {
			g.post("/recurring/plans", fmt.Sprintf(
				`{"name":"P%d","chargeFrequency":"MONTHLY","currency":"USD","recurringChargeAmount":1}`, i)).made(http.StatusOK)
		}
		page := g.get("/recurring/plans?gettotal=true").made(http.StatusOK)
		assert.Len(t, page["plans"], 10)
		assert.Equal(t, []any{13.0, false}, []any{page["totalResults"], page["lastPage"]})
		rest := g.get("/recurring/plans?after=2000010").made(http.StatusOK)
		assert.Len(t, rest["plans"], 3)
		assert.Equal(t, true, rest["lastPage"])
		assert.NotContains(t, rest, "totalResults")
		assert.Len(t, g.get("/recurring/plans?before=2000003&pagesize=1").made(http.StatusOK)["plans"], 1)
		g.get("/recurring/plans?pagesize=-1").refused(400, "26001", "NEGATIVE_PAGE_SIZE")
		g.get("/recurring/plans?pagesize=501").refused(400, "26002", "MAX_PAGE_SIZE_EXCEEDED")
		g.get("/recurring/plans?pagesize=x").refused(400, "10001", "VALIDATION_GENERAL_FAILURE")

		plan := "/recurring/plans/" + g.Seed.PlanID
		changed := g.send(http.MethodPut, plan, `{"name":"Gold","recurringChargeAmount":"12.00","status":"INACTIVE"}`).made(http.StatusOK)
		assert.Equal(t, []any{"Gold", 12.0, "INACTIVE"}, []any{changed["name"], changed["recurringChargeAmount"], changed["status"]})
		assert.Equal(t, changed, g.get(plan).made(http.StatusOK))
		assert.Len(t, g.get("/recurring/plans?status=INACTIVE").made(http.StatusOK)["plans"], 1)
		g.send(http.MethodPut, plan, `{"status":"C"}`).refused(400, "24016", "INVALID_STATUS")
		g.send(http.MethodPut, plan, `{"recurringChargeAmount":"x"}`).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		g.send(http.MethodPut, "/recurring/plans/1", `{}`).refused(403, "24012", "USER_NOT_AUTHORIZED")
	})
}

func TestSubscriptionsAreListedChangedAndCancelled(t *testing.T) {
	inBubble(t, func(g *rig) {
		one, put := "/recurring/subscriptions/"+g.Seed.SubscriptionID, func(body string) reply {
			return g.send(http.MethodPut, "/recurring/subscriptions/"+g.Seed.SubscriptionID, body)
		}
		list := func(query string) any {
			return g.get("/recurring/subscriptions?" + query).made(http.StatusOK)["subscriptions"]
		}
		assert.Len(t, list("shopperid="+g.Seed.ShopperID+"&planid="+g.Seed.PlanID+"&status=ACTIVE"), 1)
		assert.Empty(t, list("shopperid=1"))
		assert.Empty(t, list("status=CANCELED"))
		changed := put(`{"planId":` + g.Seed.PlanID + `,"quantity":3,"overrideRecurringChargeAmount":"7.50","autoRenew":false,
			"nextChargeDate":"2027-01-31"}`).made(http.StatusOK)
		assert.Equal(t, []any{3.0, 7.5, false, "2027-01-31"}, []any{
			changed["quantity"], changed["recurringChargeAmount"], changed["autoRenew"], changed["nextChargeDate"],
		})
		for range 2 { // a second cancellation changes nothing
			assert.Equal(t, "CANCELED", put(`{"status":"CANCELED"}`).made(http.StatusOK)["status"])
		}
		assert.Equal(t, "CANCELED", g.get(one).made(http.StatusOK)["status"])
		put(`{"quantity":3}`).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		put(`{"planId":1}`).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		put(`{"overrideRecurringChargeAmount":"x"}`).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		put(`{"status":"DELETED"}`).refused(400, "24016", "INVALID_STATUS")
		g.send(http.MethodPut, "/recurring/subscriptions/1", `{}`).refused(400, "90009", "SUBSCRIPTION_NOT_FOUND")
		other := g.with("Authorization", basic(g.Seed.OtherUsername, g.Seed.OtherPassword))
		other.send(http.MethodPut, one, `{}`).refused(400, "90009", "SUBSCRIPTION_NOT_FOUND")
	})
}

func TestAShopperIsDeletedWithoutPaymentsAndSubscriptions(t *testing.T) {
	inBubble(t, func(g *rig) {
		ada := "/vaulted-shoppers/" + g.Seed.ShopperID
		drop := func(path string) reply { return g.send(http.MethodDelete, path, "") }
		drop(ada).refused(400, "14110", "DELETE_SHOPPER_VALIDATION_FAILURE")
		time.Sleep(366 * 24 * time.Hour)
		drop(ada).refused(400, "14110", "DELETE_SHOPPER_VALIDATION_FAILURE") // two subscriptions are active
		made := g.post("/vaulted-shoppers", `{"firstName":"Ben","phone":"1","city":"Oslo","address":"Road 1","companyName":"B",
			"paymentSources":{"ecpDetails":[{"ecp":{"routingNumber":"011075150","accountType":"CORPORATE_CHECKING","accountNumber":"4099999992"}}]}}`)
		shown := made.made(http.StatusOK)
		assert.Equal(t, []any{"1", "Oslo", "Road 1", "B"}, []any{shown["phone"], shown["city"], shown["address"], shown["companyName"]})
		assert.NotContains(t, made.body, "4099999992")
		assert.Contains(t, made.body, `"publicAccountNumber":"99992"`)
		ben := "/vaulted-shoppers/" + made.madeID()
		assert.Contains(t, drop(ben).made(http.StatusOK)["description"], made.madeID())
		drop(ben).refused(400, "15008", "SHOPPER_NOT_FOUND")
		g.get(ben).refused(400, "15008", "SHOPPER_NOT_FOUND")
		assert.Equal(t, 1, g.Executed(bluesnaptest.DeleteVaultedShopper))
	})
}

func TestACardPaymentRepeatsItsDetails(t *testing.T) {
	inBubble(t, func(g *rig) {
		paid := g.post("/transactions", `{"cardTransactionType":"AUTH_ONLY","amount":"11.00","currency":"USD",`+card+`,
			"transactionInitiator":"SHOPPER","descriptorPhoneNumber":"555","threeDSecure":{"eci":"05"},
			"networkTransactionInfo":{"originalNetworkTransactionId":"n"},"transactionFraudInfo":{"fraudSessionId":"s"}}`).made(http.StatusOK)
		assert.Equal(t, []any{"SHOPPER", "555", map[string]any{"eci": "05"}, map[string]any{"originalNetworkTransactionId": "n"}}, []any{
			paid["transactionInitiator"], paid["descriptorPhoneNumber"], paid["threeDSecure"], paid["networkTransactionInfo"],
		})
		assert.Equal(t, map[string]any{"deviceDataCollector": "Y"}, paid["fraudResultInfo"])
		took := g.send(http.MethodPut, "/transactions", `{"cardTransactionType":"CAPTURE","transactionId":"`+text(paid, "transactionId")+`",
			"softDescriptor":"Shop","taxReference":"T","level3Data":{"customerReferenceNumber":"c"}}`).made(http.StatusOK)
		assert.Equal(t, []any{"Shop", "T"}, []any{took["softDescriptor"], took["taxReference"]})
	})
}

func TestATokenIsTakenForAnHourEverywhere(t *testing.T) {
	inBubble(t, func(g *rig) {
		token := g.post("/payment-fields-tokens", "").madeID()
		plan, shopper := `"planId":`+g.Seed.PlanID, `"vaultedShopperId":`+g.Seed.ShopperID
		bound := `{"creditCardInfo":{"pfToken":"` + token + `"}}`
		uses := map[string]func() reply{
			"payment": func() reply {
				return g.post("/transactions", `{"cardTransactionType":"AUTH_ONLY","amount":"1","currency":"USD","pfToken":"`+token+`"}`)
			},
			"payment without a card": func() reply {
				return g.post("/alt-transactions", `{"amount":"1","currency":"USD","authorizedByShopper":true,`+shopper+`,"pfToken":"`+token+`"}`)
			},
			"shopper": func() reply {
				return g.post("/vaulted-shoppers", `{"firstName":"B","lastName":"C","paymentSources":{"creditCardInfo":[{"pfToken":"`+token+`"}]}}`)
			},
			"subscription": func() reply {
				return g.post("/recurring/subscriptions", `{`+plan+`,"payerInfo":{"firstName":"B","lastName":"C"},"paymentSource":`+bound+`}`)
			},
			"subscription on demand": func() reply {
				return g.post("/recurring/ondemand", `{"currency":"USD",`+shopper+`,"paymentSource":`+bound+`}`)
			},
			"changed subscription": func() reply {
				return g.send(http.MethodPut, "/recurring/subscriptions/"+g.Seed.SubscriptionID, `{"paymentSource":`+bound+`}`)
			},
		}
		time.Sleep(time.Hour - time.Second)
		for what, use := range uses {
			r := use()
			assert.Less(t, r.status, 300, "%s: %s", what, r.body)
		}
		time.Sleep(time.Second)
		for what, use := range uses {
			r := use()
			assert.Contains(t, r.body, "TOKEN_EXPIRED", what)
		}
	})
}
