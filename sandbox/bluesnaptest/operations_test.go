package bluesnaptest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// endpoint is a POST of the vendor's page.
type endpoint struct {
	op         bluesnaptest.Operation
	path, body string
	status     int
	id         string // field of the answer's object; "" if the answer has no object
	located    bool   // the id is in Location
}

const (
	card = `"creditCard":{"cardNumber":"4263982640269299","securityCode":"837","expirationMonth":"02","expirationYear":"2030"}`
	who  = `"payerInfo":{"firstName":"Ada","lastName":"Okafor"},"paymentSource":{"creditCardInfo":{` + card + `}}`
)

// endpoints are the 19 different ones of the vendor's list, in its order, with
// the least that they accept.
var endpoints = []endpoint{
	{bluesnaptest.CreateCardTransaction, "/transactions", payment("11.00"), 200, "transactionId", false},
	{
		bluesnaptest.CreateAltTransaction, "/alt-transactions", `{"amount":1,"currency":"USD","authorizedByShopper":true,
			"vaultedShopperId":19000001,"pfToken":"token"}`, 200, "transactionId", false,
	},
	{bluesnaptest.RefundTransaction, "/transactions/refund/38000001", "", 200, "refundTransactionId", false},
	{bluesnaptest.CreateVaultedShopper, "/vaulted-shoppers", `{"firstName":"A"}`, 200, "vaultedShopperId", true},
	{
		bluesnaptest.CreatePlan, "/recurring/plans",
		`{"name":"Gold","chargeFrequency":"ANNUALLY","currency":"USD","recurringChargeAmount":99}`, 200, "planId", true,
	},
	{bluesnaptest.CreateSubscription, "/recurring/subscriptions", `{"planId":2000001,` + who + `}`, 200, "subscriptionId", true},
	{bluesnaptest.CreateOnDemandSubscription, "/recurring/ondemand", `{"currency":"USD",` + who + `}`, 200, "subscriptionId", true},
	{
		bluesnaptest.ChargeOnDemandSubscription, "/recurring/ondemand/36000002", `{"amount":"3.50","currency":"USD"}`, 200,
		"transactionId", false,
	},
	{bluesnaptest.CreateVendor, "/vendors", `{"email":"v@example.com","country":"US"}`, 201, "", true},
	{
		bluesnaptest.OnboardWallet, "/wallets/onboarding",
		`{"walletType":"APPLE_PAY","applePay":{"domains":["example.com"]}}`, 201, "", true,
	},
	{
		bluesnaptest.CreateReport, "/report/dynamic-def",
		`{"title":"Payouts","category":"Finance","columns":[{"name":"Amount"}]}`, 200, "id", false,
	},
	{
		bluesnaptest.CreateAccountUpdater, "/account-updater",
		`<batch-account-update><account-update-batch-id>7</account-update-batch-id>` + update + `</batch-account-update>`, 200, "", false,
	},
	{
		bluesnaptest.CreateUser, "/cp/user?onbehalfofmid=12345",
		`{"firstName":"A","lastName":"B","email":"a@example.com","username":"ab"}`, 200, "userId", true,
	},
	{bluesnaptest.PlaceBatchOrder, "/batch/order-placement", batch, 201, "", true},
	{
		bluesnaptest.CreateOrder, "/orders",
		`<order><ordering-shopper><shopper-id>19000001</shopper-id></ordering-shopper><cart/>` + price + `</order>`, 201, "", true,
	},
	{bluesnaptest.CreateShopper, "/shoppers", `<shopper><web-info/><shopper-info/></shopper>`, 201, "", true},
	{
		bluesnaptest.CreateProduct, "/catalog/products",
		`<product><product-name>A</product-name><product-short-description>B</product-short-description></product>`, 201, "", true,
	},
	{
		bluesnaptest.CreateCustomParameter, "/catalog/custom-parameters",
		`<custom-parameter><custom-param-title>A</custom-param-title><custom-param-settings/></custom-parameter>`, 201, "", true,
	},
	{
		bluesnaptest.CreateSubscriptionCharge, "/subscriptions/36000002/subscription-charges",
		`<subscription-charge><charge-info/>` + price + `</subscription-charge>`, 201, "", true,
	},
}

const (
	price  = `<expected-total-price><amount>9.00</amount><currency>USD</currency></expected-total-price>`
	update = `<account-update><merchant-updater-id>1</merchant-updater-id><original-card/></account-update>`
	batch  = `<batch-order xmlns="http://ws.plimus.com"><shopper><shopper-info><shopper-contact-info>
		<first-name>Ben</first-name></shopper-contact-info></shopper-info></shopper><order>` + price + `</order></batch-order>`
)

func (e endpoint) send(g *rig) reply {
	if strings.HasPrefix(e.body, "<") {
		g = g.xml()
	}
	return g.post(e.path, e.body)
}

func TestEveryEndpointOfTheVendorsListRunsOncePerKey(t *testing.T) {
	require.Len(t, endpoints, 19)
	for _, e := range endpoints {
		t.Run(string(e.op), bubbleTest(func(g *rig) {
			first, second := e.send(g.key("k")), e.send(g.key("k"))
			require.NoError(t, first.err)
			require.Equal(t, e.status, first.status, first.body)
			assert.Equal(t, first.status, second.status)
			assert.Equal(t, first.body, second.body)
			assert.Equal(t, first.header.Get("Location"), second.header.Get("Location"))
			assert.Equal(t, "k", first.header.Get(keyHeader))
			assert.Equal(t, e.located, first.header.Get("Location") != "")
			entry := g.Ledger()[0]
			assert.NotEmpty(t, entry.Resource)
			if e.id != "" {
				object := first.made(e.status)
				assert.Equal(t, entry.Resource, text(object, e.id))
			}
			if e.located {
				assert.Equal(t, entry.Resource, first.madeID())
			}
			assert.Equal(t, 1, g.Executed(e.op))
			assert.Equal(t, 2, g.Requests(e.op))
		}))
	}
}

func TestEveryEndpointNamesItsRequiredFields(t *testing.T) {
	for _, e := range endpoints {
		if e.op == bluesnaptest.RefundTransaction || e.op == bluesnaptest.CreateVaultedShopper {
			continue // they need nothing (documented)
		}
		t.Run(string(e.op), bubbleTest(func(g *rig) {
			empty := "{}"
			if strings.HasPrefix(e.body, "<") {
				name, _, _ := strings.Cut(e.body[1:], ">")
				name, _, _ = strings.Cut(name, " ")
				empty, g = "<"+name+"/>", g.xml()
			}
			r := g.post(e.path, empty)
			require.NoError(t, r.err)
			assert.GreaterOrEqual(t, r.status, 400, r.body)
			assert.Zero(t, g.Executed(e.op))

			r = g.with("Content-Type", "text/csv").post(e.path, e.body)
			assert.Equal(t, http.StatusUnsupportedMediaType, r.status, r.body)
		}))
	}
}

func TestWhatIsMadeCanBeRead(t *testing.T) {
	inBubble(t, func(g *rig) {
		read := 0
		for _, e := range endpoints {
			sent := e.send(g)
			location := strings.TrimPrefix(sent.header.Get("Location"), g.URL+root)
			if location == "" || !readable(location) {
				continue
			}
			read++
			got := g.get(location)
			require.Equal(t, http.StatusOK, got.status, location+" "+got.body)
			assert.Contains(t, got.body, sent.madeID())
			if e.id != "" {
				assert.Equal(t, sent.body, got.body, location)
			}
			stranger := g.with("Authorization", basic(g.Seed.OtherUsername, g.Seed.OtherPassword))
			assert.GreaterOrEqual(t, stranger.get(location).status, 400, location)
		}
		assert.Equal(t, 10, read)
	})
}

// readable reports whether a path has a GET.
func readable(location string) bool {
	for _, prefix := range []string{
		"/vaulted-shoppers/", "/recurring/", "/vendors/", "/wallets/", "/orders/", "/shoppers/", "/catalog/products/",
	} {
		if strings.HasPrefix(location, prefix) {
			return true
		}
	}
	return false
}
