package bluesnaptest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

func TestStrictRejectsWhatThePagesDoNotName(t *testing.T) {
	for _, row := range []struct {
		name, method, path, body string
		header                   [2]string
		named                    string
	}{
		{name: "unknown field", body: strings.Replace(payment("1.00"), "{", `{"colour":1,`, 1), named: `"colour"`},
		{name: "letter case", body: strings.Replace(payment("1.00"), `"amount"`, `"Amount"`, 1), named: `"Amount"`},
		{name: "repeated field", body: strings.Replace(payment("1.00"), "{", `{"amount":"2.00",`, 1), named: "amount"},
		{name: "null", body: strings.Replace(payment("1.00"), "{", `{"pfToken":null,`, 1), named: "pfToken"},
		{name: "nested field", body: strings.Replace(payment("1.00"), `"cardNumber"`, `"colour":1,"cardNumber"`, 1), named: `"creditCard.colour"`},
		{name: "nested letter case", body: strings.Replace(payment("1.00"), `"zip"`, `"Zip"`, 1), named: `"cardHolderInfo.Zip"`},
		{name: "nested repeated field", body: strings.Replace(payment("1.00"), `"zip"`, `"firstName":"x","zip"`, 1), named: "cardHolderInfo.firstName"},
		{name: "nested null", body: strings.Replace(payment("1.00"), `"zip":"123456"`, `"zip":null`, 1), named: "cardHolderInfo.zip"},
		{name: "another type", body: strings.Replace(payment("1.00"), `"USD"`, "840", 1), named: "currency"},
		{name: "another type, nested", body: strings.Replace(payment("1.00"), `"test first name"`, "7", 1), named: "cardHolderInfo.firstName"},
		{name: "a list for an object", body: strings.Replace(payment("1.00"), `"creditCard":{`, `"threeDSecure":[],"creditCard":{`, 1), named: "threeDSecure"},
		{
			name: "field of an item", path: "/vaulted-shoppers", body: `{"paymentSources":{"creditCardInfo":[{},{"card":{}}]}}`,
			named: `"paymentSources.creditCardInfo[1].card"`,
		},
		{name: "item of another type", path: "/wallets/onboarding", body: `{"walletType":"APPLE_PAY","applePay":{"domains":["a",1]}}`, named: "applePay.domains[1]"},
		{name: "repeated field of a vendor", path: "/vendors", body: `{"email":"a","country":"US","payoutInfo":[{"zip":"1","zip":"2"}]}`, named: "payoutInfo[0].zip"},
		{name: "value of a parameter", path: "/payment-fields-tokens?shopperId=ada", named: "shopperId"},
		{name: "not UTF-8", body: strings.Replace(payment("1.00"), "test last", "\xff", 1), named: "body"},
		{name: "field of a refund", path: "/transactions/refund/38000001", body: `{"sum":1}`, named: `"sum"`},
		{name: "query", path: "/transactions?a=1", body: payment("1.00"), named: `"a"`},
		{name: "query of a read", method: http.MethodGet, path: "/transactions/38000001?full=1", named: `"full"`},
		{name: "body of a read", method: http.MethodGet, path: "/transactions/38000001", body: "{}", named: "body"},
		{name: "body of a token", path: "/payment-fields-tokens", body: "{}", named: "body"},
	} {
		t.Run(row.name, func(t *testing.T) {
			method, path := http.MethodPost, "/transactions"
			if row.method != "" {
				method = row.method
			}
			if row.path != "" {
				path = row.path
			}
			inBubble(t, func(g *rig) {
				r := g.send(method, path, row.body)
				r.refused(http.StatusBadRequest, "10001", "VALIDATION_GENERAL_FAILURE")
				assert.Contains(t, r.body, `"description":"`+strings.ReplaceAll(row.named, `"`, `\"`)+" ")
				assert.Zero(t, g.Executed(bluesnaptest.CreateCardTransaction))
			}, bluesnaptest.WithStrict())
		})
	}
}

func TestStrictComparesTheContentType(t *testing.T) {
	for _, contentType := range []string{"", "text/plain", "application/json+x", "text/json;application/json"} {
		inBubble(t, func(g *rig) {
			g.with("Content-Type", contentType).pay().
				refused(http.StatusUnsupportedMediaType, "10001", "VALIDATION_GENERAL_FAILURE")
		}, bluesnaptest.WithStrict())
	}
	inBubble(t, func(g *rig) {
		g.with("Content-Type", "application/json; charset=utf-8").pay().made(http.StatusOK)
	}, bluesnaptest.WithStrict())
}

func TestStrictRejectsAnEmptyKeyAndOtherMethods(t *testing.T) {
	inBubble(t, func(g *rig) {
		empty := *g
		empty.header = g.header.Clone()
		empty.header[keyHeader] = []string{""}
		empty.pay().refused(http.StatusBadRequest, "60104", "INVALID_IDEMPOTENCY_KEY")
		for _, row := range []struct{ method, path, allowed string }{
			{http.MethodDelete, "/transactions", "POST, PUT"},
			{http.MethodGet, "/transactions", "POST, PUT"},
			{http.MethodHead, "/transactions/38000001", "GET"},
			{http.MethodPost, "/transactions/38000001", "GET"},
		} {
			r := g.send(row.method, row.path, "")
			assert.Equal(t, http.StatusMethodNotAllowed, r.status, row.path)
			assert.Equal(t, row.allowed, r.header.Get("Allow"), row.path)
		}
		assert.Equal(t, http.StatusNotFound, g.get("/nothing").status)
	}, bluesnaptest.WithStrict())
}

func TestStrictAcceptsWhatTheVendorsPagesShow(t *testing.T) {
	for _, e := range endpoints {
		t.Run(string(e.op), bubbleTest(func(g *rig) {
			r := e.send(g.key("k"))
			assert.Equal(t, e.status, r.status, r.body)
		}, bluesnaptest.WithStrict()))
	}
}
