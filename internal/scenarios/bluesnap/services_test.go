package scenarios

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

const document = `<order xmlns="http://ws.plimus.com"><cart/></order>`

var calls = map[string]struct {
	do   func(context.Context, *bluesnap.Client) made
	path string
	body string
	id   string // the JSON field of the answer; empty: in Location
	xml  bool
}{
	"CreateCardTransaction": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Transactions.Create(ctx, bluesnap.CardTransactionParams{Amount: "1", MerchantTransactionID: "m"}))
		},
		path: "/services/2/transactions", body: `{"amount":"1","merchantTransactionId":"m"}`, id: "transactionId",
	},
	"CreateAltTransaction": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.AltTransactions.Create(ctx, bluesnap.AltTransactionParams{
				Amount: "1", Currency: "USD", AuthorizedByShopper: true, MerchantTransactionID: "m",
				ECPTransaction: &bluesnap.ECPTransaction{RoutingNumber: "011075150", AccountType: "CONSUMER_CHECKING", AccountNumber: "4099999992"},
				PayerInfo:      &bluesnap.PayerInfo{FirstName: "Ada"},
			}))
		},
		path: "/services/2/alt-transactions", id: "transactionId",
		body: `{"amount":"1","currency":"USD","merchantTransactionId":"m","authorizedByShopper":true,
			"ecpTransaction":{"routingNumber":"011075150","accountType":"CONSUMER_CHECKING","accountNumber":"4099999992"},
			"payerInfo":{"firstName":"Ada"}}`,
	},
	"RefundTransaction": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Transactions.Refund(ctx, "7", bluesnap.RefundParams{Amount: "1", CancelSubscriptions: new(bool)}))
		},
		path: "/services/2/transactions/refund/7", body: `{"amount":"1","cancelSubscriptions":false}`, id: "refundTransactionId",
	},
	"CreateVaultedShopper": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.VaultedShoppers.Create(ctx, bluesnap.VaultedShopperParams{
				FirstName: "Ada", PaymentSources: &bluesnap.PaymentSources{CreditCards: []bluesnap.CreditCardInfo{
					{CreditCard: &bluesnap.CreditCard{ExpirationMonth: "02"}},
				}},
			}))
		},
		path: "/services/2/vaulted-shoppers", id: "vaultedShopperId",
		body: `{"firstName":"Ada","paymentSources":{"creditCardInfo":[{"creditCard":{"expirationMonth":"02"}}]}}`,
	},
	"CreatePlan": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Subscriptions.CreatePlan(ctx, bluesnap.PlanParams{
				Name: "Gold", ChargeFrequency: "MONTHLY", Currency: "USD", RecurringChargeAmount: "9.99",
			}))
		},
		path: "/services/2/recurring/plans", id: "planId",
		body: `{"name":"Gold","chargeFrequency":"MONTHLY","currency":"USD","recurringChargeAmount":"9.99"}`,
	},
	"CreateSubscription": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Subscriptions.Create(ctx, bluesnap.SubscriptionParams{PlanID: "3", VaultedShopperID: "4"}))
		},
		path: "/services/2/recurring/subscriptions", body: `{"planId":3,"vaultedShopperId":4}`, id: "subscriptionId",
	},
	"CreateOnDemandSubscription": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Subscriptions.CreateOnDemand(ctx, bluesnap.OnDemandParams{Currency: "USD", VaultedShopperID: "4"}))
		},
		path: "/services/2/recurring/ondemand", body: `{"currency":"USD","vaultedShopperId":4}`, id: "subscriptionId",
	},
	"ChargeOnDemandSubscription": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Subscriptions.Charge(ctx, "7", bluesnap.ChargeParams{Amount: "1", Currency: "USD"}))
		},
		path: "/services/2/recurring/ondemand/7", body: `{"amount":"1","currency":"USD"}`, id: "transactionId",
	},
	"CreateVendor": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Vendors.Create(ctx, bluesnap.VendorParams{
				Email: "a@b.example", Country: "US", Extra: bluesnap.Extra{"termsOfService": true},
			}))
		},
		path: "/services/2/vendors", body: `{"email":"a@b.example","country":"US","termsOfService":true}`,
	},
	"OnboardWallet": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Accounts.OnboardWallet(ctx, bluesnap.WalletParams{
				WalletType: "APPLE_PAY", ApplePay: &bluesnap.ApplePay{Domains: []string{"shop.example"}},
			}))
		},
		path: "/services/2/wallets/onboarding", body: `{"walletType":"APPLE_PAY","applePay":{"domains":["shop.example"]}}`,
	},
	"CreateReport": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Accounts.CreateReport(ctx, bluesnap.ReportParams{
				Title: "T", Category: "C", Columns: []bluesnap.ReportColumn{{Name: "N"}},
			}))
		},
		path: "/services/2/report/dynamic-def", body: `{"title":"T","category":"C","columns":[{"name":"N"}]}`, id: "id",
	},
	"CreateUser": {
		do: func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Accounts.CreateUser(ctx, bluesnap.UserParams{
				FirstName: "A", LastName: "B", Email: "a@b.example", Username: "ab", OnBehalfOf: "12345",
			}))
		},
		path: "/services/2/cp/user?onbehalfofmid=12345", id: "userId",
		body: `{"firstName":"A","lastName":"B","email":"a@b.example","username":"ab"}`,
	},
	"PlaceBatchOrder":       {do: documentCall((*bluesnap.DocumentsService).PlaceBatchOrder), path: "/services/2/batch/order-placement", xml: true},
	"CreateOrder":           {do: documentCall((*bluesnap.DocumentsService).CreateOrder), path: "/services/2/orders", xml: true},
	"CreateShopper":         {do: documentCall((*bluesnap.DocumentsService).CreateShopper), path: "/services/2/shoppers", xml: true},
	"CreateProduct":         {do: documentCall((*bluesnap.DocumentsService).CreateProduct), path: "/services/2/catalog/products", xml: true},
	"CreateCustomParameter": {do: documentCall((*bluesnap.DocumentsService).CreateCustomParameter), path: "/services/2/catalog/custom-parameters", xml: true},
	"CreateSubscriptionCharge": {
		do: documentCall(func(s *bluesnap.DocumentsService, ctx context.Context, d []byte, o ...bluesnap.CallOption) (*bluesnap.Document, *bluesnap.Response, error) {
			return s.CreateSubscriptionCharge(ctx, "7", d, o...)
		}),
		path: "/services/2/subscriptions/7/subscription-charges", xml: true,
	},
}

// idOfLocation names the field of an id that comes in Location.
var idOfLocation = map[string]string{"CreateVendor": "vendorId", "OnboardWallet": "id"}

type documentMethod = func(*bluesnap.DocumentsService, context.Context, []byte, ...bluesnap.CallOption) (*bluesnap.Document, *bluesnap.Response, error)

func documentCall(m documentMethod) func(context.Context, *bluesnap.Client) made {
	return func(ctx context.Context, c *bluesnap.Client) made {
		return of(m(c.Documents, ctx, []byte(document)))
	}
}

// made is what a call returned; value is nil or a pointer.
type made struct {
	value any
	resp  *bluesnap.Response
	err   error
}

func of[T any](value *T, resp *bluesnap.Response, err error) made {
	if value == nil {
		return made{resp: resp, err: err}
	}
	return made{value: value, resp: resp, err: err}
}

func TestEveryKeyedCallIsSentOnceUnderOneKey(t *testing.T) {
	for name, c := range calls {
		t.Run(name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, r *http.Request) {
				if c.id != "" {
					sdktest.Respond(200, `{"`+c.id+`":42}`)(w, r)
					return
				}
				sdktest.Respond(201, "", "Location", "http://"+r.Host+r.URL.Path+"/42")(w, r)
			}
			sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, answer}, func(t *testing.T, s *sdktest.BlueSnap) {
				got := c.do(t.Context(), s.Client)
				require.NoError(t, got.err)
				text, err := json.Marshal(got.value)
				require.NoError(t, err)
				assert.Contains(t, string(text), cmp.Or(c.id, idOfLocation[name], "ID")+`":42`)
				assert.Contains(t, got.resp.String(), name)
				require.Len(t, s.Requests(), 2)
				sdktest.OneKey(t, s.Requests())
				r := s.Requests()[0]
				path := r.Path
				if r.Query != "" {
					path += "?" + r.Query
				}
				assert.Equal(t, c.path, path)
				if c.xml {
					assert.Equal(t, document, r.Body)
					assert.Equal(t, "application/xml", r.Header.Get("Content-Type"))
					assert.Equal(t, "application/xml", r.Header.Get("Accept"))
					return
				}
				assert.JSONEq(t, c.body, r.Body)
				assert.Equal(t, "application/json", r.Header.Get("Accept"))
			})
		})
	}
}

func TestR26_WhatCreatesReturnsWithoutALocation(t *testing.T) {
	for name, row := range map[string]struct {
		step http.HandlerFunc
		id   bluesnap.ID
		not  bool // the API's own word
	}{
		"empty 201":               {step: sdktest.Respond(201, ""), not: true},
		"empty object":            {step: sdktest.Respond(201, "{}"), not: true},
		"a page":                  {step: sdktest.Respond(201, "<html></html>", "Content-Type", "text/html"), not: true},
		"Location of another":     {step: sdktest.Respond(201, "", "Location", "/services/2/shoppers/42"), not: true},
		"Location, and an error":  {step: sdktest.Respond(201, `{"error":"x"}`, "Location", "/services/2/vendors/42"), not: true},
		"Location elsewhere":      {step: sdktest.Respond(201, "", "Location", "https://evil.example/services/2/vendors/42"), not: true},
		"Location of no id":       {step: sdktest.Respond(201, "", "Location", "/services/2/vendors/"), not: true},
		"Location elsewhere, 200": {step: sdktest.Respond(200, "", "Location", "https://evil.example/services/2/vendors/42"), not: true},
		"a body that names it":    {step: sdktest.Respond(201, `{"vendorId":42}`), id: "42"},
		"a body wins over header": {step: sdktest.Respond(201, `{"vendorId":42}`, "Location", "/services/2/vendors/43"), id: "42"},
		"a body without it":       {step: sdktest.Respond(201, `{}`, "Location", "/services/2/vendors/43"), id: "43"},
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{row.step}, func(t *testing.T, s *sdktest.BlueSnap) {
			params := bluesnap.VendorParams{Email: "a@b.example", Country: "US"}
			value, resp, err := s.Client.Vendors.Create(t.Context(), params, bluesnap.WithMaxAttempts(2))
			if row.not {
				assert.Equal(t, bluesnap.OutcomeUnknown, sdktest.BlueSnapErrorOf(t, value, resp, err).Outcome)
				assert.Len(t, s.Requests(), 2, "it is asked again")
				return
			}
			assert.Len(t, s.Requests(), 1)
			require.NoError(t, err)
			assert.Equal(t, row.id, value.VendorID)
		}))
	}
}

// A server behind a proxy that ends TLS names itself otherwise than it is
// called. What it made is named by the response's header alone, which then is
// not below the operation's own URL, and so proves nothing.
func TestR26_ALocationElsewhereProvesNothing(t *testing.T) {
	const location = "http://10.0.0.7/services/2/shoppers/42"
	for name, create := range map[string]func(context.Context, *bluesnap.Client) made{
		"JSON": func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.VaultedShoppers.Create(ctx, bluesnap.VaultedShopperParams{}, bluesnap.WithRef("shopper-1")))
		},
		"XML": func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Documents.CreateShopper(ctx, []byte(document), bluesnap.WithRef("shopper-1")))
		},
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Respond(201, "", "Location", location)}, func(t *testing.T, s *sdktest.BlueSnap) {
			for range 2 {
				got := create(t.Context(), s.Client)
				assert.Nil(t, got.value)
				require.Error(t, got.err)
				assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(got.err))
				assert.Equal(t, location, got.resp.Header.Get("Location"))
				assert.NotContains(t, got.err.Error(), "10.0.0.7")
				assert.False(t, got.resp.FromJournal, "nothing is recorded as done")
			}
			assert.Len(t, s.Requests(), 2)
		}, withJournal(), bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1})))
	}
}

func TestJ5_AnIDFromLocationComesFromTheJournalToo(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(201, "", "Location", "/services/2/vendors/42")}, func(t *testing.T, s *sdktest.BlueSnap) {
		for _, recorded := range []bool{false, true} {
			vendor, resp, err := s.Client.Vendors.Create(t.Context(), bluesnap.VendorParams{}, bluesnap.WithRef("vendor-1"))
			require.NoError(t, err)
			assert.Equal(t, bluesnap.ID("42"), vendor.VendorID)
			assert.Equal(t, recorded, resp.FromJournal)
		}
		assert.Len(t, s.Requests(), 1)
	}, withJournal())
}

func TestDocuments(t *testing.T) {
	xml := func(status int, body string, headers ...string) http.HandlerFunc {
		return sdktest.Respond(status, body, append([]string{"Content-Type", "application/xml"}, headers...)...)
	}
	for name, row := range map[string]struct {
		steps    []http.HandlerFunc
		outcome  bluesnap.Outcome
		is       error
		requests int
	}{
		"with a body": {steps: sdktest.Script{xml(201, document, "Location", "/services/2/orders/42")}, outcome: bluesnap.OutcomeDone, requests: 1},
		"refused": {
			steps:   sdktest.Script{xml(400, `<messages xmlns="http://ws.plimus.com"><message><error-name>DO_NOT_HONOR</error-name><code>14002</code></message></messages>`)},
			outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrDoNotHonor, requests: 1,
		},
		"in progress": {
			steps: sdktest.Script{xml(409, `<messages><message><code>60102</code></message></messages>`), xml(201, document)}, outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"cut: the replay brings it": {steps: sdktest.Script{xml(201, document[:20]), xml(201, document)}, outcome: bluesnap.OutcomeDone, requests: 2},
		"a portal": {
			steps: sdktest.Script{sdktest.Respond(200, "<html><body>Sign in</body></html>", "Content-Type", "text/html"), xml(201, document)}, outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"a success that holds messages": {
			steps: sdktest.Script{xml(200, `<messages><message><code>1</code></message></messages>`), xml(201, document)}, outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"a success that holds messages with prefixes": {
			steps:   sdktest.Script{xml(200, `<b:messages xmlns:b="x"><b:message><b:code>1</b:code></b:message></b:messages>`), xml(201, document)},
			outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"JSON where XML was asked for": {steps: sdktest.Script{sdktest.Respond(200, `{"a":1}`), xml(201, document)}, outcome: bluesnap.OutcomeDone, requests: 2},
	} {
		t.Run(name, sdktest.BlueSnapTest(row.steps, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.Documents.CreateOrder(t.Context(), []byte(document))
			assert.Equal(t, row.outcome, bluesnap.OutcomeOf(err), resp.Timeline())
			assert.Len(t, s.Requests(), row.requests)
			sdktest.OneKey(t, s.Requests())
			if row.is != nil {
				sdktest.BlueSnapErrorOf(t, value, resp, err)
				assert.ErrorIs(t, err, row.is)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, document, string(value.Body))
		}))
	}
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Documents.CreateOrder(t.Context(), nil)
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		_, _, err = s.Client.Documents.CreateOrder(t.Context(), []byte(document), bluesnap.WithExtraField("a", 1))
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		assert.Empty(t, s.Requests())
	})
}

// A gateway may encode the vendor's words in its own way.
func TestDocumentsInOtherEncodings(t *testing.T) {
	const decline = `<messages><message><error-name>INSUFFICIENT_FUNDS</error-name><code>14002</code></message></messages>`
	for name, start := range map[string]string{
		"Latin-1":           `<?xml version="1.0" encoding="ISO-8859-1"?>`,
		"ASCII":             `<?xml version="1.0" encoding="US-ASCII"?>`,
		"a byte order mark": "\ufeff" + `<?xml version="1.0" encoding="UTF-8"?>`,
	} {
		t.Run(name, func(t *testing.T) {
			refused, done := sdktest.Respond(400, start+decline, "Content-Type", "text/xml"), sdktest.Respond(201, start+document, "Content-Type", "text/xml")
			sdktest.WithBlueSnap(t, sdktest.Script{refused, done}, func(t *testing.T, s *sdktest.BlueSnap) {
				_, _, err := s.Client.Documents.CreateOrder(t.Context(), []byte(document))
				assert.Equal(t, bluesnap.OutcomeRejected, bluesnap.OutcomeOf(err))
				require.ErrorIs(t, err, bluesnap.ErrInsufficientFunds)
				value, _, err := s.Client.Documents.CreateOrder(t.Context(), []byte(document))
				require.NoError(t, err)
				assert.Equal(t, start+document, string(value.Body), "byte for byte")
				assert.Len(t, s.Requests(), 2)
			})
		})
	}
}

func TestReadsAreRepeatedWithoutAKey(t *testing.T) {
	for path, read := range map[string]func(context.Context, *bluesnap.Client) made{
		"transactions/7": func(ctx context.Context, c *bluesnap.Client) made { return of(c.Transactions.Get(ctx, "7")) },
		"transactions/order-17,400111": func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.Transactions.Find(ctx, "order-17"))
		},
		"alt-transactions/7": func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.AltTransactions.Get(ctx, "7"))
		},
		"alt-transactions/order-17,400111": func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.AltTransactions.Find(ctx, "order-17"))
		},
		"vaulted-shoppers/7": func(ctx context.Context, c *bluesnap.Client) made {
			return of(c.VaultedShoppers.Get(ctx, "7"))
		},
	} {
		t.Run(path, sdktest.BlueSnapTest(sdktest.Script{sdktest.Lose, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			require.NoError(t, read(t.Context(), s.Client).err)
			require.Len(t, s.Requests(), 2)
			assert.Equal(t, "/services/2/"+path, s.Requests()[1].Path)
			assert.Empty(t, s.Requests()[1].Key())
		}, bluesnap.WithMerchantID("400111")))
	}
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		value, resp, err := s.Client.Transactions.Find(t.Context(), "order-17")
		sdktest.BlueSnapErrorOf(t, value, resp, err)
		_, _, err = s.Client.Transactions.Get(t.Context(), "../x")
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		assert.Empty(t, s.Requests())
	})
}

func TestAShopperIsFoundByTheMerchantsReference(t *testing.T) {
	found := sdktest.Respond(200, `{"vaultedShopperId":7,"merchantShopperId":"ada 12"}`)
	other := sdktest.Respond(200, `{"transactionId":"7"}`)
	missing := sdktest.Respond(400, `{"message":[{"errorName":"SHOPPER_NOT_FOUND","code":"15008"}]}`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, other, found, missing}, func(t *testing.T, s *sdktest.BlueSnap) {
		shopper, _, err := s.Client.VaultedShoppers.Find(t.Context(), "ada 12")
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("7"), shopper.VaultedShopperID)
		require.Len(t, s.Requests(), 3, "what shows no shopper is repeated")
		assert.Equal(t, "/services/2/vaulted-shoppers/merchant/ada%2012", s.Requests()[2].Path)
		assert.Empty(t, s.Requests()[2].Key())
		_, _, err = s.Client.VaultedShoppers.Find(t.Context(), "ben")
		require.ErrorIs(t, err, bluesnap.ErrShopperNotFound)
		for _, reference := range []string{"", "ada,400111", "..", "a/b"} {
			_, _, err = s.Client.VaultedShoppers.Find(t.Context(), reference)
			assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err), reference)
		}
		assert.Len(t, s.Requests(), 4)
	})
}

func TestEveryTypeReadsAndWritesItsExtraFields(t *testing.T) {
	for _, v := range []any{
		&bluesnap.CardHolderInfo{}, &bluesnap.CreditCard{}, &bluesnap.ECPTransaction{}, &bluesnap.PayerInfo{}, &bluesnap.ProcessingInfo{},
		&bluesnap.CardTransaction{}, &bluesnap.Refund{}, &bluesnap.AltTransaction{}, &bluesnap.PaymentSources{}, &bluesnap.CreditCardInfo{},
		&bluesnap.VaultedShopper{}, &bluesnap.Plan{}, &bluesnap.PaymentSource{}, &bluesnap.Subscription{}, &bluesnap.Charge{},
		&bluesnap.Vendor{}, &bluesnap.ApplePay{}, &bluesnap.Wallet{}, &bluesnap.ReportColumn{}, &bluesnap.Report{}, &bluesnap.User{},
		&bluesnap.Level3Data{}, &bluesnap.Level3DataItem{}, &bluesnap.VendorsInfo{}, &bluesnap.VendorInfo{},
	} {
		require.NoError(t, json.Unmarshal([]byte(`{"zz":1}`), v))
		text, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Contains(t, string(text), `"zz":1`, "%T", v)
	}
}
