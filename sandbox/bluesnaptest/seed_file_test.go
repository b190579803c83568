package bluesnaptest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

const ownSeed = `{
  "shoppers": [
    {"merchantShopperId": "eve", "firstName": "Eve", "lastName": "Obi", "cards": ["4263982640269299"]},
    {"account": "shop", "merchantShopperId": "dan"}
  ],
  "plans": [{"name": "Gold", "chargeFrequency": "ANNUALLY", "currency": "USD", "recurringChargeAmount": "99.00"}],
  "transactions": [
    {"merchantTransactionId": "eve-1", "merchantShopperId": "eve", "cardTransactionType": "AUTH_ONLY",
     "amount": "7.50", "currency": "EUR"}
  ]
}`

func TestASeedAddsToTheBuiltInOne(t *testing.T) {
	inBubble(t, func(g *rig) {
		for _, account := range []string{"500001", "shop"} {
			shown := g.snapshot(account, "eve").Accounts[0].Shoppers
			require.Len(t, shown, 1)
			require.Len(t, shown[0].Transactions, 1)
			assert.Equal(t, "7.50", shown[0].Transactions[0].Amount)
		}
		assert.Empty(t, g.snapshot("500002", "").Accounts[0].Shoppers)
		assert.Empty(t, g.snapshot("500001", "dan").Accounts[0].Shoppers)
		assert.Len(t, g.snapshot("shop", "dan").Accounts[0].Shoppers, 1)
		assert.Equal(t, "38000001", g.Seed.TransactionID, "the built-in ids stay")
		g.get("/transactions/eve-1," + g.MerchantID).made(http.StatusOK)
		before := g.snapshot("", "")
		g.pay()
		require.NoError(t, g.Control().Reset())
		assert.Equal(t, before, g.snapshot("", ""))
	}, bluesnaptest.WithSeed([]byte(ownSeed)), bluesnaptest.WithAccount("shop", ""))
}

func TestWrongSeedsNameTheLine(t *testing.T) {
	for data, message := range map[string]string{
		"{\"shoppers\":[\n{\"name\":\"x\"}]}":                            "seed: line 2: shoppers[0].name: is unknown",
		"{\"shoppers\":[\n{\"account\":\"x\"}]}":                         "seed: line 2: shoppers[0].account: no account is named \"x\"",
		"{\"shoppers\":[{},\n{\"cards\":[\"1\"]}]}":                      "seed: line 2: shoppers[1]: INVALID_CARD_NUMBER: The processor refused or failed",
		"{\"plans\":[\n{\"name\":\"x\"}]}":                               "seed: line 2: plans[0]: VALIDATION_GENERAL_FAILURE: chargeFrequency is required",
		"{\"transactions\":[\n{\"merchantShopperId\":\"x\"}]}":           "seed: line 2: transactions[0]: 0 shoppers have the reference \"x\", not one",
		"{\"transactions\":[\n{\"merchantShopperId\":\"shopper-ada\"}]}": "seed: line 2: transactions[0]: INVALID_TRANSACTION_TYPE: No such type of transaction here",
		"{\"shoppers\":[{\"merchantShopperId\":\"shopper-ada\"}],\n\"transactions\":[{\"merchantShopperId\":\"shopper-ada\"}]}":                                                      "seed: line 2: transactions[0]: 2 shoppers have the reference \"shopper-ada\", not one",
		"{\"transactions\":[{\"merchantShopperId\":\"shopper-ada\",\"cardTransactionType\":\"AUTH_ONLY\",\"currency\":\"USD\",\"amount\":\"" + bluesnaptest.AmountDeclined + "\"}]}": "seed: line 1: transactions[0]: DO_NOT_HONOR: The processor refused or failed",
	} {
		_, err := bluesnaptest.New(bluesnaptest.WithSeed([]byte(data)))
		assert.EqualError(t, err, message)
	}
}
