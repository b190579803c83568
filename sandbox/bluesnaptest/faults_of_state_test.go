package bluesnaptest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

func (g *rig) other() *rig {
	return g.with("Authorization", basic(g.Seed.OtherUsername, g.Seed.OtherPassword))
}

func TestReportsAreCountedPerMerchant(t *testing.T) {
	const report = `{"title":"t","category":"c","columns":[{"name":"n"}]}`
	inBubble(t, func(g *rig) {
		for range 50 {
			g.post("/report/dynamic-def", report).made(http.StatusOK)
		}
		g.post("/report/dynamic-def", report).refused(http.StatusBadRequest, "10001", "VALIDATION_GENERAL_FAILURE")
		g.other().post("/report/dynamic-def", report).made(http.StatusOK)
	})
}

func TestADeclinedBatchOrderMakesNoShopper(t *testing.T) {
	order := func(amount string) string {
		return `<batch-order xmlns="http://ws.plimus.com"><shopper/><order><expected-total-price><amount>` + amount +
			`</amount><currency>USD</currency></expected-total-price></order></batch-order>`
	}
	inBubble(t, func(g *rig) {
		before := g.xml().post("/batch/order-placement", order("1.00"))
		g.xml().post("/batch/order-placement", order(bluesnaptest.AmountDeclined)).
			refused(http.StatusBadRequest, "14002", "DO_NOT_HONOR")
		after := g.xml().post("/batch/order-placement", order("1.00"))
		assert.Equal(t, http.StatusCreated, before.status)
		assert.Contains(t, before.body, "<shopper-id>19000002<")
		assert.Contains(t, after.body, "<shopper-id>19000003<")
	})
}

// Nothing has an empty reference.
func TestAnEmptyReferenceFindsNothing(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.pay()
		g.get("/transactions/,"+g.MerchantID).refused(http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED")
		g.get("/vaulted-shoppers/merchant/,"+g.MerchantID).refused(http.StatusBadRequest, "15008", "SHOPPER_NOT_FOUND")
	})
}

func TestAShopperIsFoundByItsNewestReferenceAlone(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.send(http.MethodPut, "/vaulted-shoppers/"+g.Seed.ShopperID, `{"merchantShopperId":"renamed"}`).made(http.StatusOK)
		found := g.get("/vaulted-shoppers/merchant/renamed").made(http.StatusOK)
		assert.Equal(t, g.Seed.ShopperID, text(found, "vaultedShopperId"))
		g.get("/vaulted-shoppers/merchant/"+g.Seed.MerchantShopperID).
			refused(http.StatusBadRequest, "15008", "SHOPPER_NOT_FOUND")
	})
}
