package bluesnaptest_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestIdempotency_SameKeySameRequestIsAnsweredAlike(t *testing.T) {
	inBubble(t, func(g *rig) {
		first, second := g.key("k-1").pay(), g.key("k-1").pay()
		first.made(http.StatusOK)
		assert.Equal(t, first.body, second.body)
		assert.Equal(t, first.status, second.status)
		assert.Equal(t, "k-1", first.header.Get(keyHeader), "the echo proves no replay")
		assert.Equal(t, "k-1", second.header.Get(keyHeader))
		assert.Equal(t, []fakeserver.Result{fakeserver.ResultExecuted, fakeserver.ResultReplayed},
			g.results(bluesnaptest.CreateCardTransaction))
	})
}

func TestIdempotency_LocationIsReplayed(t *testing.T) {
	inBubble(t, func(g *rig) {
		const vendor = `{"email":"a@example.com","country":"US"}`
		first, second := g.key("k").post("/vendors", vendor), g.key("k").post("/vendors", vendor)
		first.without(http.StatusCreated)
		second.without(http.StatusCreated)
		assert.Equal(t, first.madeID(), second.madeID())
	})
}

func TestIdempotency_KeyIsRememberedForADay(t *testing.T) {
	inBubble(t, func(g *rig) {
		first := g.key("k").pay()
		time.Sleep(24*time.Hour - time.Second)
		assert.Equal(t, first.body, g.key("k").pay().body)
		time.Sleep(time.Second)
		assert.NotEqual(t, first.body, g.key("k").pay().body, "a replay does not prolong the memory")
		assert.Equal(t, 2, g.Executed(bluesnaptest.CreateCardTransaction))
	})
}

func TestIdempotency_KeyMayBeForgottenEarlier(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.key("k").pay()
		time.Sleep(12 * time.Hour)
		g.key("k").pay()
		assert.Equal(t, 2, g.Executed(bluesnaptest.CreateCardTransaction))
	}, fakeserver.WithKeyMemory(12*time.Hour))
}

func TestIdempotency_OtherRequestUnderTheKeyIsRefused(t *testing.T) {
	const user = `{"firstName":"A","lastName":"B","email":"a@example.com","username":"ab"}`
	for _, row := range []struct{ name, firstPath, first, path, body string }{
		{"other body", "/transactions", payment("11.00"), "/transactions", payment("12.00")},
		{"other spelling of the body", "/transactions", payment("11.00"), "/transactions", payment("11.0")},
		{"other parameters", "/cp/user?onbehalfofmid=12345", user, "/cp/user", user},
		{
			"other transaction", "/transactions/refund/38000001", `{"amount":1}`,
			"/transactions/refund/38000002", `{"amount":1}`,
		},
		{"other endpoint", "/transactions", payment("11.00"), "/vendors", `{"email":"a@example.com","country":"US"}`},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			first := g.key("k").post(row.firstPath, row.first)
			first.made(http.StatusOK)
			g.key("k").post(row.path, row.body).refused(http.StatusUnprocessableEntity, "60101",
				"SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST")
			assert.Equal(t, first.body, g.key("k").post(row.firstPath, row.first).body, "the refusal was not kept")
		}))
	}
}

func TestIdempotency_RequestInProgressIsRefusedWithoutWaiting(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(bluesnaptest.CreateCardTransaction, fakeserver.DelayBefore(30*time.Second))
		first := make(chan reply)
		go func() { first <- g.key("k").pay() }()
		synctest.Wait()
		start := time.Now()
		g.key("k").pay().refused(http.StatusConflict, "60102", "REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS")
		g.key("k").post("/vendors", "{}").refused(http.StatusUnprocessableEntity, "60101",
			"SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST")
		assert.Zero(t, time.Since(start))
		assert.Equal(t, (<-first).body, g.key("k").pay().body)
		assert.Equal(t, 1, g.Executed(bluesnaptest.CreateCardTransaction))
	})
}

func TestIdempotency_RunningRequestOutlivesTheMemory(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(bluesnaptest.CreateCardTransaction, fakeserver.DelayBefore(2*time.Minute))
		go g.key("k").pay()
		time.Sleep(time.Minute + time.Second)
		assert.Equal(t, http.StatusConflict, g.key("k").pay().status)
		time.Sleep(time.Minute)
		assert.Equal(t, 1, g.Executed(bluesnaptest.CreateCardTransaction))
	}, fakeserver.WithKeyMemory(time.Minute))
}

func TestIdempotency_BadKeysAreRefusedBeforeTheOperation(t *testing.T) {
	const long, odd = "IDEMPOTENCY_KEY_MAX_LENGTH_LIMIT_EXCEEDED", "INVALID_IDEMPOTENCY_KEY"
	for key, name := range map[string]string{
		strings.Repeat("a", 64):                  "",
		strings.Repeat("a", 65):                  long,
		"59a3401e-55f1-40f3-b582-90ae2265c709":   "",
		"-":                                      "",
		"a_b":                                    odd,
		"a b":                                    odd,
		`"59a3401e-55f1-40f3-b582-90ae2265c709"`: odd,
		"a.b":                                    odd,
		"é":                                      odd,
	} {
		inBubble(t, func(g *rig) {
			r := g.key(key).pay()
			switch name {
			case "":
				r.made(http.StatusOK)
				assert.Equal(t, key, r.header.Get(keyHeader))
			case long:
				r.refused(http.StatusBadRequest, "60103", long)
			case odd:
				r.refused(http.StatusBadRequest, "60104", odd)
			}
			if name != "" {
				assert.Zero(t, g.Executed(bluesnaptest.CreateCardTransaction), key)
				assert.Empty(t, r.header.Get(keyHeader))
			}
		})
	}
}

func TestIdempotency_EmptyKeyIsNone(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.header[keyHeader] = []string{""}
		g.pay()
		assert.Empty(t, g.pay().header.Values(keyHeader))
		assert.Equal(t, 2, g.Executed(bluesnaptest.CreateCardTransaction))
	})
}

func TestIdempotency_KeyStoreFailureRefusesKeysOnly(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(bluesnaptest.CreateCardTransaction, fakeserver.KeyStoreFailure, fakeserver.KeyStoreFailure)
		g.key("k").pay().refused(http.StatusServiceUnavailable, "60106", "IDEMPOTENCY_SERVICE_TIMEOUT")
		g.pay().made(http.StatusOK)
		g.key("k").pay().made(http.StatusOK)
		assert.Equal(t, []fakeserver.Result{
			fakeserver.ResultRejected, fakeserver.ResultExecuted, fakeserver.ResultExecuted,
		}, g.results(bluesnaptest.CreateCardTransaction))

		g.Next(bluesnaptest.UpdateTransaction, fakeserver.KeyStoreFailure)
		body := `{"cardTransactionType":"CAPTURE","transactionId":"` + g.Seed.AuthorizedID + `"}`
		g.key("k").send(http.MethodPut, "/transactions", body).made(http.StatusOK)
	})
}

func TestIdempotency_KeyIsIgnoredElsewhere(t *testing.T) {
	const sku = `<catalog-sku><product-id>320001</product-id><sku-type/><pricing-settings/></catalog-sku>`
	inBubble(t, func(g *rig) {
		for _, row := range []struct {
			name   string
			op     bluesnaptest.Operation
			accept string
			send   func(g *rig) reply
		}{
			{"PUT", bluesnaptest.UpdateVaultedShopper, jsonType, func(g *rig) reply {
				return g.send(http.MethodPut, "/vaulted-shoppers/"+g.Seed.ShopperID, `{"firstName":"Ada"}`)
			}},
			{"GET", bluesnaptest.GetTransaction, jsonType, func(g *rig) reply {
				return g.get("/transactions/" + g.Seed.TransactionID)
			}},
			{"POST for a token", bluesnaptest.CreatePaymentFieldsToken, jsonType, func(g *rig) reply {
				return g.post("/payment-fields-tokens", "")
			}},
			{"POST of a SKU", bluesnaptest.CreateSKU, xmlType, func(g *rig) reply { return g.post("/catalog/skus", sku) }},
			{"POST of a refund by reference", bluesnaptest.RefundByReference, jsonType, func(g *rig) reply {
				return g.post("/transactions/refund/merchant/"+g.Seed.MerchantTransactionID, `{"amount":1}`)
			}},
		} {
			keyed := g.with("Content-Type", row.accept).key("not_a.good key")
			for range 2 {
				r := row.send(keyed)
				require.Less(t, r.status, 300, row.name)
				assert.Empty(t, r.header.Get(keyHeader), row.name)
			}
			assert.Equal(t, 2, g.Executed(row.op), row.name)
		}
	})
}

func TestIdempotency_AuthenticationComesBeforeTheKey(t *testing.T) {
	inBubble(t, func(g *rig) {
		stranger := g.with("Authorization", basic(g.Username, "wrong"))
		assert.Equal(t, http.StatusUnauthorized, stranger.key("k").pay().status)
		g.key("k").pay().made(http.StatusOK)
	})
}

func TestIdempotency_KeysOfDifferentMerchantsNeverMeet(t *testing.T) {
	inBubble(t, func(g *rig) {
		other := g.with("Authorization", basic(g.Seed.OtherUsername, g.Seed.OtherPassword))
		assert.NotEqual(t, g.key("k").pay().body, other.key("k").pay().body)
		assert.Equal(t, 2, g.Executed(bluesnaptest.CreateCardTransaction))
	})
}
