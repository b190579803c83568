package bluesnaptest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

func TestThePagesExampleIsPaid(t *testing.T) {
	inBubble(t, func(g *rig) {
		r := g.key("59a3401e-55f1-40f3-b582-90ae2265c709").pay()
		paid := r.made(http.StatusOK)
		assert.Equal(t, "38000003", paid["transactionId"], "an id is text in the vendor's examples")
		assert.Equal(t, "11.00", r.body[strings.Index(r.body, `"amount":`)+len(`"amount":`):][:5])
		assert.Equal(t, map[string]any{"cardLastFourDigits": "9299", "cardType": "VISA"}, paid["creditCard"])
		assert.Equal(t, map[string]any{
			"processingStatus": "SUCCESS", "cvvResponseCode": "MA", "avsResponseCodeZip": "M", "avsResponseCodeAddress": "M",
			"avsResponseCodeName": "U", "authorizationCode": "000003", "networkTransactionId": "N000038000003",
		}, paid["processingInfo"])

		read := g.get("/transactions/38000003").made(http.StatusOK)
		assert.Equal(t, paid, read)
		shopper := g.get("/vaulted-shoppers/" + text(paid, "vaultedShopperId")).made(http.StatusOK)
		assert.Equal(t, "test first name", shopper["firstName"])
	})
}

// TestAmountsAndCardsThatMeanSomething proves the response and the true result
// of each.
func TestAmountsAndCardsThatMeanSomething(t *testing.T) {
	amount := payment
	number := func(value string) string { return strings.Replace(payment("11.00"), "4263982640269299", value, 1) }
	for _, row := range []struct {
		name, body  string
		status      int
		code, error string
		paid        bool
	}{
		{"declined", amount(bluesnaptest.AmountDeclined), 400, "14002", "DO_NOT_HONOR", false},
		{"no funds", amount(bluesnaptest.AmountNoFunds), 400, "14002", "INSUFFICIENT_FUNDS", false},
		{"timed out", amount(bluesnaptest.AmountTimedOut), 400, "14002", "PROCESSING_TIMEOUT", false},
		{"timed out, paid", amount(bluesnaptest.AmountTimedOutPaid), 400, "14002", "PROCESSING_TIMEOUT", true},
		{"failed", amount(bluesnaptest.AmountFailed), 500, "10000", "SERVER_GENERAL_FAILURE", false},
		{"expired", number(bluesnaptest.CardExpired), 400, "14002", "EXPIRED_CARD", false},
		{"stolen", number(bluesnaptest.CardStolen), 400, "14002", "CARD_LOST_OR_STOLEN", false},
		{"wrong code", number(bluesnaptest.CardWrongCode), 400, "14002", "CVV_ERROR", false},
		{"wrong check digit", number("4263982640269298"), 400, "14002", "INVALID_CARD_NUMBER", false},
		{"no number", number("4263-9826-4026"), 400, "14002", "INVALID_CARD_NUMBER", false},
		{"nothing", amount("0.00"), 400, "14002", "INVALID_AMOUNT", false},
		{"less than nothing", amount("-1.00"), 400, "10001", "VALIDATION_GENERAL_FAILURE", false},
		{"thousandths", amount("1.001"), 400, "14021", "AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS", false},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			body := strings.Replace(row.body, "{", `{"merchantTransactionId":"order-7",`, 1)
			g.post("/transactions", body).refused(row.status, row.code, row.error)
			found := g.get("/transactions/order-7," + g.MerchantID)
			if row.paid {
				found.made(http.StatusOK)
				assert.Equal(t, 1, g.Executed(bluesnaptest.CreateCardTransaction))
			} else {
				found.refused(http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED")
				assert.Zero(t, g.Executed(bluesnaptest.CreateCardTransaction))
			}
		}))
	}
}

func TestCardsAreShownByBrandAndLastDigits(t *testing.T) {
	for number, brand := range map[string]string{
		"4263982640269299": "VISA", "5425233430109903": "MASTERCARD", "374245455400126": "AMEX",
		"6011000991300009": "DISCOVER",
	} {
		inBubble(t, func(g *rig) {
			r := g.post("/transactions", strings.Replace(payment("11.00"), "4263982640269299", number, 1))
			shown := map[string]any{"cardType": brand, "cardLastFourDigits": number[len(number)-4:]}
			assert.Equal(t, shown, r.made(http.StatusOK)["creditCard"])
			assert.NotContains(t, r.body, number)
		})
	}
}

func TestPendingPaymentIsASuccess(t *testing.T) {
	inBubble(t, func(g *rig) {
		paid := g.post("/transactions", payment(bluesnaptest.AmountPending)).made(http.StatusOK)
		assert.Equal(t, "PENDING", paid["processingInfo"].(map[string]any)["processingStatus"])
	})
}

func TestBadPaymentsAreRefused(t *testing.T) {
	const good = `"cardTransactionType":"AUTH_CAPTURE","currency":"USD","amount":1`
	for _, row := range []struct {
		name, body  string
		status      int
		code, error string
	}{
		{"type of a PUT", `{"cardTransactionType":"CAPTURE"}`, 400, "85", "INVALID_HTTP_METHOD"},
		{"no type", `{}`, 403, "7", "INVALID_TRANSACTION_TYPE"},
		{"without a payer", `{` + good + `}`, 400, "30", "MISSING_SHOPPER_OR_CARD_HOLDER"},
		{"unknown shopper", `{` + good + `,"vaultedShopperId":1}`, 400, "15008", "SHOPPER_NOT_FOUND"},
		{
			"no amount", `{"cardTransactionType":"AUTH_ONLY","currency":"USD"}`, 400, "10001", "VALIDATION_GENERAL_FAILURE",
		},
		{
			"no currency", `{"cardTransactionType":"AUTH_ONLY","amount":1}`, 400, "10001", "VALIDATION_GENERAL_FAILURE",
		},
		{
			"long reference", `{` + good + `,"merchantTransactionId":"` + strings.Repeat("x", 51) + `"}`, 400, "10001",
			"INVALID_MERCHANT_TRANSACTION_ID",
		},
		{"amount is an object", `{"cardTransactionType":"AUTH_ONLY","amount":{}}`, 400, "10001", "VALIDATION_GENERAL_FAILURE"},
		{"currency is a number", `{"currency":7}`, 400, "10001", "VALIDATION_GENERAL_FAILURE"},
		{"no object", `[]`, 400, "10001", "VALIDATION_GENERAL_FAILURE"},
		{"two objects", `{}{}`, 400, "10001", "VALIDATION_GENERAL_FAILURE"},
		{"half an object", `{"amount":`, 400, "10001", "VALIDATION_GENERAL_FAILURE"},
		{"too large", `{"amount":"` + strings.Repeat("1", 1<<20) + `"}`, 400, "10001", "VALIDATION_GENERAL_FAILURE"},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			g.post("/transactions", row.body).refused(row.status, row.code, row.error)
			assert.Zero(t, g.Executed(bluesnaptest.CreateCardTransaction))
		}))
	}
}

func TestAuthorizationIsCapturedOrReversedOnce(t *testing.T) {
	update := func(g *rig, kind, more string) reply {
		body := `{"cardTransactionType":"` + kind + `","transactionId":"` + g.Seed.AuthorizedID + `"` + more + `}`
		return g.send(http.MethodPut, "/transactions", body)
	}
	inBubble(t, func(g *rig) {
		update(g, "CAPTURE", `,"amount":40.01`).refused(400, "14002", "AUTHORIZATION_AMOUNT_NOT_VALID")
		taken := update(g, "CAPTURE", `,"amount":30`).made(http.StatusOK)
		assert.Equal(t, "CAPTURE", taken["cardTransactionType"])
		assert.InEpsilon(t, 30.0, taken["amount"], 0)
		update(g, "CAPTURE", "").refused(400, "20010", "TRANSACTION_ALREADY_CAPTURED")
		update(g, "AUTH_REVERSAL", "").refused(400, "20010", "TRANSACTION_ALREADY_CAPTURED")
		assert.Equal(t, 1, g.Executed(bluesnaptest.UpdateTransaction))
	})
	inBubble(t, func(g *rig) {
		gone := update(g, "AUTH_REVERSAL", `,"amount":10`).made(http.StatusOK)
		assert.InEpsilon(t, 40.0, gone["amount"], 0, "all is released, whatever the amount")
		update(g, "AUTH_REVERSAL", "").refused(400, "14002", "AUTHORIZATION_AMOUNT_ALREADY_REVERSED")
		update(g, "CAPTURE", "").refused(400, "14002", "AUTHORIZATION_REVOKED")
		update(g, "AUTH_CAPTURE", "").refused(403, "7", "INVALID_TRANSACTION_TYPE")
	})
	inBubble(t, func(g *rig) {
		g.send(http.MethodPut, "/transactions", `{"cardTransactionType":"CAPTURE"}`).
			refused(400, "20008", "TRANSACTION_ID_REQUIRED")
		g.send(http.MethodPut, "/transactions", `{"cardTransactionType":"CAPTURE","transactionId":7}`).
			refused(400, "20009", "INVALID_TRANSACTION_ID")
	})
}

func TestPaymentIsFoundByReference(t *testing.T) {
	inBubble(t, func(g *rig) {
		path := "/transactions/" + g.Seed.MerchantTransactionID + ","
		found := g.get(path + g.MerchantID).made(http.StatusOK)
		assert.Equal(t, g.Seed.TransactionID, found["transactionId"])
		for _, wrong := range []string{
			path + g.Seed.OtherMerchantID, path, "/transactions/" + g.Seed.MerchantTransactionID, "/transactions/none," + g.MerchantID,
			"/alt-transactions/" + g.Seed.MerchantTransactionID + "," + g.MerchantID,
		} {
			g.get(wrong).refused(http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED")
		}
		other := g.with("Authorization", basic(g.Seed.OtherUsername, g.Seed.OtherPassword))
		other.get(path+g.MerchantID).refused(http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED")
		other.get("/transactions/"+g.Seed.TransactionID).refused(http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED")

		again := strings.Replace(payment("1"), "{", `{"merchantTransactionId":"`+g.Seed.MerchantTransactionID+`",`, 1)
		g.post("/transactions", again).made(http.StatusOK)
		g.get(path+g.MerchantID).refused(http.StatusBadRequest, "20002", "MULTIPLE_TRANSACTIONS_FOUND")
	})
}

func TestRefundsOfAPartAddUp(t *testing.T) {
	inBubble(t, func(g *rig) {
		path := "/transactions/refund/" + g.Seed.TransactionID
		first := g.key("k").post(path, `{"amount":"10.00","reason":"late"}`)
		shown := first.made(http.StatusOK)
		assert.InDelta(t, 39000001, shown["refundTransactionId"], 0, "a number in the vendor's examples")
		assert.Equal(t, "SUCCESS", shown["refundStatus"])
		assert.Equal(t, first.body, g.key("k").post(path, `{"amount":"10.00","reason":"late"}`).body)

		g.post(path, `{"amount":"15.01"}`).refused(400, "14002", "REFUND_FAILED")
		rest := g.post(path, "").made(http.StatusOK)
		assert.InEpsilon(t, 15.0, rest["amount"], 0, "all that is left")
		g.post(path, "").refused(400, "14002", "REFUND_FAILED")
		g.post("/transactions/refund/"+g.Seed.AuthorizedID, "").refused(400, "14002", "REFUND_FAILED")
		g.post("/transactions/refund/1", "").refused(403, "24012", "USER_NOT_AUTHORIZED")

		read := g.get("/transactions/" + g.Seed.TransactionID).made(http.StatusOK)
		refunds := read["refunds"].(map[string]any)
		assert.Len(t, refunds["refund"], 2)
		assert.InDelta(t, 0.0, refunds["balanceAmount"], 0)
		assert.Equal(t, read, g.get("/transactions/39000001").made(http.StatusOK), "by the refund's id")
		assert.Equal(t, 2, g.Executed(bluesnaptest.RefundTransaction))
	})
}

func TestRefundByReference(t *testing.T) {
	inBubble(t, func(g *rig) {
		path := "/transactions/refund/merchant/" + g.Seed.MerchantTransactionID
		g.post(path, `{"amount":1}`).made(http.StatusOK)
		g.post(path+","+g.MerchantID, `{"amount":1}`).made(http.StatusOK)
		g.post(path+",1", `{"amount":1}`).refused(403, "24012", "USER_NOT_AUTHORIZED")
		assert.Equal(t, 2, g.Executed(bluesnaptest.RefundByReference))
	})
}

func TestBankPaymentPends(t *testing.T) {
	const account = `"amount":"20.00","currency":"USD","merchantTransactionId":"ach-1",
		"ecpTransaction":{"routingNumber":"011075150","accountType":"CONSUMER_CHECKING","accountNumber":4099999992}`
	const payer = `,"payerInfo":{"firstName":"Ada","lastName":"Okafor"}`
	inBubble(t, func(g *rig) {
		g.post("/alt-transactions", `{`+account+payer+`}`).refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		g.post("/alt-transactions", `{`+account+`,"authorizedByShopper":true}`).
			refused(400, "10001", "VALIDATION_GENERAL_FAILURE")
		g.post("/alt-transactions", `{"amount":1,"currency":"USD"}`).refused(400, "14011", "PAYMENT_METHOD_NOT_SUPPORTED")
		g.post("/alt-transactions", `{`+account+`,"authorizedByShopper":true,"vaultedShopperId":1}`).
			refused(400, "15008", "SHOPPER_NOT_FOUND")

		r := g.key("k").post("/alt-transactions", `{`+account+payer+`,"authorizedByShopper":true}`)
		paid := r.made(http.StatusOK)
		assert.Equal(t, "PENDING", paid["processingInfo"].(map[string]any)["processingStatus"])
		assert.Equal(t, paid, g.get("/alt-transactions/"+text(paid, "transactionId")).made(http.StatusOK))
		assert.Equal(t, paid, g.get("/alt-transactions/ach-1,"+g.MerchantID).made(http.StatusOK))
		g.get("/transactions/ach-1,"+g.MerchantID).refused(403, "24012", "USER_NOT_AUTHORIZED")
		assert.Equal(t, 1, g.Executed(bluesnaptest.CreateAltTransaction))
		require.NotContains(t, r.body, "4099999992")
	})
}
