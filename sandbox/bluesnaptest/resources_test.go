package bluesnaptest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestSubscriptions(t *testing.T) {
	inBubble(t, func(g *rig) {
		const plan, bank = `{"planId":2000001,`, `"payerInfo":{"firstName":"A"},"paymentSource":{"ecpInfo":{}}`
		g.post("/recurring/subscriptions", `{"planId":1,`+who+`}`).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		g.post("/recurring/subscriptions", plan+bank+`}`).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		fromBank := g.post("/recurring/subscriptions", plan+bank+`,"authorizedByShopper":true}`)
		fromBank.made(http.StatusOK)
		assert.Empty(t, fromBank.header.Get("Location"), "not for bank accounts (documented)")

		paid := g.post("/recurring/ondemand", `{"currency":"USD","amount":"5.00",`+who+`}`).made(http.StatusOK)
		payment := g.get("/transactions/" + text(paid, "transactionId")).made(http.StatusOK)
		assert.InEpsilon(t, 5.0, payment["amount"], 0)

		g.post("/recurring/ondemand/1", `{"amount":1,"currency":"USD"}`).refused(400, "90009", "SUBSCRIPTION_NOT_FOUND")
		g.get("/recurring/subscriptions/1").refused(400, "90009", "SUBSCRIPTION_NOT_FOUND")
		charge := `{"currency":"USD","amount":"` + bluesnaptest.AmountNoFunds + `"}`
		g.post("/recurring/ondemand/"+g.Seed.OnDemandID, charge).refused(400, "14002", "INSUFFICIENT_FUNDS")
		assert.Zero(t, g.Executed(bluesnaptest.ChargeOnDemandSubscription))
	})
}

func TestPaymentWithALostResponseStillMakesItsOrder(t *testing.T) {
	inBubble(t, func(g *rig) {
		body := `{"currency":"USD","amount":"` + bluesnaptest.AmountTimedOutPaid + `",` + who + `}`
		g.post("/recurring/ondemand", body).refused(400, "14002", "PROCESSING_TIMEOUT")
		entry := g.Ledger()[0]
		assert.Equal(t, fakeserver.ResultExecuted, entry.Result)
		g.get("/recurring/ondemand/" + entry.Resource).made(http.StatusOK)
	})
}

func TestShoppers(t *testing.T) {
	inBubble(t, func(g *rig) {
		body := `{"firstName":"Ben","merchantShopperId":"ben","paymentSources":{"creditCardInfo":[{` + card + `}]}}`
		r := g.post("/vaulted-shoppers", body)
		made := r.made(http.StatusOK)
		assert.NotContains(t, r.body, "4263982640269299")
		assert.Contains(t, r.body, "9299")
		id := r.madeID()
		assert.Equal(t, made, g.get("/vaulted-shoppers/merchant/ben").made(http.StatusOK))
		assert.Equal(t, made, g.get("/vaulted-shoppers/merchant/ben,"+g.MerchantID).made(http.StatusOK))
		g.get("/vaulted-shoppers/merchant/ben,1").refused(403, "24012", "USER_NOT_AUTHORIZED")
		g.get("/vaulted-shoppers/merchant/none").refused(400, "15008", "SHOPPER_NOT_FOUND")

		update := func(g *rig) reply { return g.send(http.MethodPut, "/vaulted-shoppers/"+id, `{"firstName":"Benjamin"}`) }
		assert.Equal(t, "Benjamin", update(g).made(http.StatusOK)["firstName"])
		update(g.with("Bluesnap-Version", "1.0")).without(http.StatusNoContent)
		g.send(http.MethodPut, "/vaulted-shoppers/1", `{}`).refused(400, "15008", "SHOPPER_NOT_FOUND")

		first := g.with("Bluesnap-Version", "1.0").post("/vaulted-shoppers", `{"merchantShopperId":"ben"}`)
		first.without(http.StatusCreated)
		assert.NotEmpty(t, first.madeID())
		g.get("/vaulted-shoppers/merchant/ben").refused(400, "20002", "MULTIPLE_TRANSACTIONS_FOUND")
		stolen := strings.Replace(body, "4263982640269299", bluesnaptest.CardStolen, 1)
		g.post("/vaulted-shoppers", stolen).refused(400, "14002", "CARD_LOST_OR_STOLEN")
		g.with("Bluesnap-Version", "4.0").post("/vaulted-shoppers", body).refused(400, "10000", "INVALID_API_VERSION")
	})
}

func TestMerchantsThings(t *testing.T) {
	inBubble(t, func(g *rig) {
		for range 50 {
			g.post("/report/dynamic-def", endpoints[10].body).made(http.StatusOK)
		}
		g.post("/report/dynamic-def", endpoints[10].body).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		g.post("/wallets/onboarding", `{"walletType":"APPLE_PAY","applePay":{"domains":["https://example.com"]}}`).
			refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		g.post("/cp/user?onbehalfofmid=me", endpoints[12].body).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		updated := g.post("/account-updater", `{"accountUpdateBatchId":7}`).made(http.StatusOK)
		assert.Equal(t, "7", updated["accountUpdateBatchId"])
		token := g.post("/payment-fields-tokens", "")
		token.without(http.StatusCreated)
		assert.NotEmpty(t, token.madeID())
	})
}

func TestATokenOfPaymentFieldsExpiresAfterAnHour(t *testing.T) {
	inBubble(t, func(g *rig) {
		pay := func(g *rig, token string) reply {
			return g.post("/transactions", `{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD","pfToken":"`+token+`"}`)
		}
		token := g.post("/payment-fields-tokens?shopperId="+g.Seed.ShopperID, "").madeID()
		g.post("/payment-fields-tokens?shopperId=1", "").refused(400, "15008", "SHOPPER_NOT_FOUND")
		other := g.with("Authorization", basic(g.Seed.OtherUsername, g.Seed.OtherPassword))
		pay(other, token).refused(400, "14041", "TOKEN_NOT_FOUND")
		time.Sleep(59 * time.Minute)
		pay(g, token).made(http.StatusOK)
		time.Sleep(time.Minute)
		pay(g, token).refused(400, "14040", "TOKEN_EXPIRED")
		g.Control().Reset()
		pay(g, token).made(http.StatusOK) // no token of this server any more
	})
}

func TestExtendedAPI(t *testing.T) {
	inBubble(t, func(g *rig) {
		x := g.xml()
		placed := x.post("/batch/order-placement", batch)
		assert.Contains(t, placed.body, `<batch-order xmlns="http://ws.plimus.com"><shopper><shopper-id>`)
		assert.Contains(t, placed.body, `<order><order-id>`+placed.madeID()+`</order-id></order>`)

		const charge = `<subscription-charge><charge-info/>` + price + `</subscription-charge>`
		path := "/subscriptions/" + g.Seed.SubscriptionID + "/subscription-charges"
		x.post(path, charge).without(http.StatusCreated)
		assert.Contains(t, x.post(path+"?fulldescription=true", charge).body, "<subscription-charge-id>14002<")
		x.post("/subscriptions/1/subscription-charges", charge).refused(400, "90009", "SUBSCRIPTION_NOT_FOUND")

		declined := strings.Replace(charge, "9.00", bluesnaptest.AmountDeclined, 1)
		x.post(path, declined).refused(400, "14002", "DO_NOT_HONOR")
		order := `<order><ordering-shopper><shopper-id>1</shopper-id></ordering-shopper><cart/>` + price + `</order>`
		x.post("/orders", order).refused(400, "15008", "SHOPPER_NOT_FOUND")
		x.get("/orders/1").refused(403, "24012", "USER_NOT_AUTHORIZED")
		sku := `<catalog-sku><product-id>1</product-id><sku-type/><pricing-settings/></catalog-sku>`
		x.post("/catalog/skus", sku).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		for _, body := range []string{
			"", "{}", "<order>", "<order/>", "<shopper/>", endpoints[14].body + "<order/>", endpoints[14].body + "x",
		} {
			x.post("/orders", body).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		}
		assert.Zero(t, g.Executed(bluesnaptest.CreateOrder))
	})
}
