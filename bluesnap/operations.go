package bluesnap

import (
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// operation is a row of the table: how one of the vendor's operations is asked
// for, and how it may be repeated.
type operation struct {
	name   string
	class  idem.Class
	method string
	path   string              // a template
	xml    bool                // it speaks XML, else JSON
	header bool                // its answer may stand in Location alone
	tagged bool                // it carries a merchantTransactionId
	kind   CardTransactionType // of a PUT
	// already are the errors which say that the state asked for holds.
	already []kindOfError
	id      string // the field of the answer that names what it made; empty: nothing
	object  string // what that is, for the journal
}

// posts are the endpoints that accept a key, in the order of the vendor's list
// ("APIs with Idempotency"). It names 20, of which one stands there twice.
var posts = []operation{
	{
		name: "CreateCardTransaction", path: "/services/2/transactions",
		tagged: true, id: "transactionId", object: "transaction",
	},
	{
		name: "CreateAltTransaction", path: "/services/2/alt-transactions",
		tagged: true, id: "transactionId", object: "transaction",
	},
	{
		name: "RefundTransaction", path: "/services/2/transactions/refund/{transactionId}",
		id: "refundTransactionId", object: "refund",
	},
	{
		name: "CreateVaultedShopper", path: "/services/2/vaulted-shoppers",
		header: true, id: "vaultedShopperId", object: "shopper",
	},
	{name: "CreatePlan", path: "/services/2/recurring/plans", header: true, id: "planId", object: "plan"},
	{
		name: "CreateSubscription", path: "/services/2/recurring/subscriptions",
		header: true, id: "subscriptionId", object: "subscription",
	},
	{
		name: "CreateOnDemandSubscription", path: "/services/2/recurring/ondemand",
		id: "subscriptionId", object: "subscription",
	},
	{
		name: "ChargeOnDemandSubscription", path: "/services/2/recurring/ondemand/{subscriptionId}",
		id: "transactionId", object: "transaction",
	},
	{name: "CreateVendor", path: "/services/2/vendors", header: true, id: "vendorId", object: "vendor"},
	{name: "OnboardWallet", path: "/services/2/wallets/onboarding", header: true, id: "id", object: "wallet"},
	{name: "CreateReport", path: "/services/2/report/dynamic-def", id: "id", object: "report"},
	{name: "CreateAccountUpdater", path: "/services/2/account-updater", xml: true},
	{name: "CreateUser", path: "/services/2/cp/user", header: true, id: "userId", object: "user"},
	{name: "PlaceBatchOrder", path: "/services/2/batch/order-placement", xml: true, header: true},
	{name: "CreateOrder", path: "/services/2/orders", xml: true, header: true},
	{name: "CreateShopper", path: "/services/2/shoppers", xml: true, header: true},
	{name: "CreateProduct", path: "/services/2/catalog/products", xml: true, header: true},
	{name: "CreateCustomParameter", path: "/services/2/catalog/custom-parameters", xml: true, header: true},
	{
		name: "CreateSubscriptionCharge", path: "/services/2/subscriptions/{subscriptionId}/subscription-charges",
		xml: true, header: true,
	},
}

// puts change a transaction. The vendor ignores a key there, and calls PUT
// idempotent by definition. That is so where a state stands in the way of a
// second one: a full capture, or reversal, of what is captured, or reversed, is
// refused. A part of the amount may be had twice, so it is asked for once.
var puts = []operation{
	{
		name: "CaptureTransaction", class: idem.Idempotent, kind: Capture,
		already: []kindOfError{ErrAlreadyCaptured, codeError("20010")},
	},
	{name: "CapturePart", class: idem.NonIdempotent, kind: Capture},
	{
		name: "ReverseAuthorization", class: idem.Idempotent, kind: AuthReversal,
		already: []kindOfError{ErrAlreadyReversed},
	},
	{name: "ReversePart", class: idem.NonIdempotent, kind: AuthReversal},
}

// gets read.
var gets = []operation{
	{name: "GetTransaction", path: "/services/2/transactions/{transactionId}"},
	{name: "FindTransaction", path: "/services/2/transactions/{merchantTransactionId},{merchantId}"},
	{name: "FindAltTransaction", path: "/services/2/alt-transactions/{merchantTransactionId},{merchantId}"},
	{name: "GetAltTransaction", path: "/services/2/alt-transactions/{transactionId}"},
	{name: "GetVaultedShopper", path: "/services/2/vaulted-shoppers/{vaultedShopperId}"},
}

// operations are all rows by name.
var operations = table()

func table() map[string]operation {
	rows := map[string]operation{}
	for _, op := range posts {
		op.class, op.method = idem.Keyed, http.MethodPost
		rows[op.name] = op
	}
	for _, op := range puts {
		op.method, op.path = http.MethodPut, "/services/2/transactions"
		op.id, op.object = "transactionId", ""
		rows[op.name] = op
	}
	for _, op := range gets {
		op.class, op.method = idem.Safe, http.MethodGet
		rows[op.name] = op
	}
	return rows
}

// keyedPost finds the operation of the vendor's list that a request is, by its
// path as it stands in the URL.
func keyedPost(method, escapedPath string) (operation, bool) {
	if method != http.MethodPost {
		return operation{}, false
	}
	for _, op := range posts {
		if sdk.PathMatches(op.path, escapedPath) {
			return operations[op.name], true
		}
	}
	return operation{}, false
}
