package bluesnaptest_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func (g *rig) as(username, password string) *rig {
	return g.with("Authorization", basic(username, password))
}

func (g *rig) unauthorized() {
	g.Helper()
	assert.Equal(g, http.StatusUnauthorized, g.pay().status)
}

// snapshot returns what the control shows of the data.
func (g *rig) snapshot(account, shopper string) bluesnaptest.Snapshot {
	g.Helper()
	text, err := g.Control().State(fakeserver.StateQuery{Account: account, Client: shopper})
	require.NoError(g, err)
	var shown bluesnaptest.Snapshot
	require.NoError(g, json.Unmarshal(text, &shown))
	return shown
}

func TestEachMerchantHasItsOwnState(t *testing.T) {
	inBubble(t, func(g *rig) {
		shop := g.as("shop", "secret")
		paid := shop.post("/transactions", payment("11.00")).made(http.StatusOK)
		g.get("/transactions/"+text(paid, "transactionId")).
			refused(http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED")
		shown := g.snapshot("shop", "shopper-ada").Accounts[0]
		assert.Equal(t, "500003", shown.MerchantID)
		require.Len(t, shown.Shoppers, 1)
		require.Len(t, shown.Shoppers[0].Transactions, 2, "it begins as the sandbox's own")
		found := shop.get("/transactions/" + g.Seed.MerchantTransactionID + ",500003").made(http.StatusOK)
		assert.Equal(t, shown.Shoppers[0].Transactions[0].ID, found["transactionId"])
		assert.NotEqual(t, g.Seed.TransactionID, found["transactionId"])
		shop.get("/transactions/"+g.Seed.MerchantTransactionID+","+g.MerchantID).
			refused(http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED")
	}, bluesnaptest.WithAccount("shop", "secret"))
}

func TestAMerchantThatExistsGetsThePassword(t *testing.T) {
	inBubble(t, func(g *rig) {
		assert.Equal(t, "mine", g.Password)
		g.pay().made(http.StatusOK)
		g.as(g.Username, "sandbox-password-0001").unauthorized()
	}, bluesnaptest.WithAccount("500001", "mine"))
}

func TestMerchantsOnDemand(t *testing.T) {
	inBubble(t, func(g *rig) {
		accounts := g.Control().Accounts
		made, err := accounts.Create("shop", "secret")
		require.NoError(t, err)
		assert.Equal(t, fakeserver.Account{Name: "shop", Enabled: true, Credentials: map[string]string{
			"username": "shop", "password": "secret", "merchant_id": "500003",
		}}, made)
		numbered, err := accounts.Create("777", "")
		require.NoError(t, err)
		assert.Equal(t, "777", numbered.Credentials["merchant_id"])
		g.as("777", numbered.Credentials["password"]).pay().made(http.StatusOK)
		chosen, err := accounts.Create("", "")
		require.NoError(t, err)
		g.as(chosen.Credentials["username"], chosen.Credentials["password"]).pay().made(http.StatusOK)

		require.NoError(t, accounts.SetEnabled("shop", false))
		g.as("shop", "secret").unauthorized()
		require.NoError(t, accounts.SetEnabled("shop", true))
		changed, err := accounts.Rotate("shop", "")
		require.NoError(t, err)
		g.as("shop", "secret").unauthorized()
		g.as("shop", changed.Credentials["password"]).pay().made(http.StatusOK)

		before := g.snapshot("", "")
		require.NoError(t, g.Control().Reset())
		after := g.snapshot("", "")
		require.Len(t, after.Accounts, 5)
		for i := range after.Accounts {
			assert.Equal(t, before.Accounts[i].MerchantID, after.Accounts[i].MerchantID, "ids stay")
		}
	})
}

func TestMerchantsThatCannotBe(t *testing.T) {
	inBubble(t, func(g *rig) {
		accounts := g.Control().Accounts
		for name, password := range map[string]string{"500001": "x", "API_sandbox_0002": "x", "other": g.Password} {
			_, err := accounts.Create(name, password)
			require.ErrorIs(t, err, fakeserver.ErrAccountExists, name)
			assert.NotContains(t, err.Error(), g.Password)
		}
		_, err := accounts.Create("a:b", "x")
		require.Error(t, err)
		_, err = accounts.Rotate("nobody", "")
		require.ErrorIs(t, err, fakeserver.ErrNoAccount)
		assert.Len(t, accounts.List(), 2)
	})
	_, err := bluesnaptest.New(bluesnaptest.WithAccount("API_sandbox_0001", "x"))
	require.ErrorIs(t, err, fakeserver.ErrAccountExists)
}

func TestSnapshotShowsPayments(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.post("/transactions/refund/"+g.Seed.TransactionID, `{"amount":"5.00"}`).made(http.StatusOK)
		g.send(http.MethodPut, "/transactions",
			`{"cardTransactionType":"AUTH_REVERSAL","transactionId":"`+g.Seed.AuthorizedID+`"}`).made(http.StatusOK)
		shown := g.snapshot(g.MerchantID, g.Seed.ShopperID)
		require.Len(t, shown.Accounts, 1)
		assert.Equal(t, []bluesnaptest.ShopperSnapshot{{
			ID: g.Seed.ShopperID, Reference: g.Seed.MerchantShopperID, FirstName: "Ada", LastName: "Okafor",
			Transactions: []bluesnaptest.TransactionSnapshot{
				{
					ID: g.Seed.TransactionID, Reference: g.Seed.MerchantTransactionID, Type: "AUTH_CAPTURE", Status: "SUCCESS",
					Currency: "USD", Amount: "25.00", Captured: "25.00", Refunded: "5.00",
				},
				{
					ID: g.Seed.AuthorizedID, Type: "AUTH_REVERSAL", Status: "SUCCESS", Currency: "USD", Amount: "40.00",
					Captured: "0.00", Refunded: "0.00", Reversed: true,
				},
			},
		}}, shown.Accounts[0].Shoppers)
	})
}
