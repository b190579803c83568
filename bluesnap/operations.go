package bluesnap

import (
	"net/http"
	"regexp"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// operation is how one of the vendor's operations is called and repeated.
type operation struct {
	name             string
	class            idem.Class
	method           string
	path             string              // a template
	xml              bool                // it speaks XML, else JSON
	header           bool                // its response may be in Location alone
	kind             CardTransactionType // of a PUT
	hasTransactionID bool                // it carries a merchantTransactionId
	resendFor        time.Duration       // as [idem.Operation.ResendFor]
	already          []kindOfError       // errors that mean that the state asked for holds
	shows            [][]string          // what a response must have, as in [operation.essential]; nil: by class and id
	id               string              // the field of the response that names what it made; empty: nothing
	object           string              // what that is, for the journal
}

// posts are the endpoints that accept a key, in the order of the vendor's list
// ("APIs with Idempotency"). It names 20, one of them twice.
var posts = []operation{
	{
		name: "CreateCardTransaction", path: "/transactions",
		hasTransactionID: true, id: "transactionId", object: "transaction",
	},
	{
		name: "CreateAltTransaction", path: "/alt-transactions",
		hasTransactionID: true, id: "transactionId", object: "transaction",
	},
	{
		name: "RefundTransaction", path: "/transactions/refund/{transactionId}",
		id: "refundTransactionId", object: "refund",
	},
	{name: "CreateVaultedShopper", path: "/vaulted-shoppers", header: true, id: "vaultedShopperId", object: "shopper"},
	{name: "CreatePlan", path: "/recurring/plans", header: true, id: "planId", object: "plan"},
	{
		name: "CreateSubscription", path: "/recurring/subscriptions",
		header: true, id: "subscriptionId", object: "subscription",
	},
	{name: "CreateOnDemandSubscription", path: "/recurring/ondemand", id: "subscriptionId", object: "subscription"},
	{
		name: "ChargeOnDemandSubscription", path: "/recurring/ondemand/{subscriptionId}",
		id: "transactionId", object: "transaction",
	},
	{name: "CreateVendor", path: "/vendors", header: true, id: "vendorId", object: "vendor"},
	{name: "OnboardWallet", path: "/wallets/onboarding", header: true, id: "id", object: "wallet"},
	{name: "CreateReport", path: "/report/dynamic-def", id: "id", object: "report"},
	{name: "CreateAccountUpdater", path: "/account-updater", xml: true},
	{name: "CreateUser", path: "/cp/user", header: true, id: "userId", object: "user"},
	{name: "PlaceBatchOrder", path: "/batch/order-placement", xml: true, header: true},
	{name: "CreateOrder", path: "/orders", xml: true, header: true},
	{name: "CreateShopper", path: "/shoppers", xml: true, header: true},
	{name: "CreateProduct", path: "/catalog/products", xml: true, header: true},
	{name: "CreateCustomParameter", path: "/catalog/custom-parameters", xml: true, header: true},
	{
		name: "CreateSubscriptionCharge", path: "/subscriptions/{subscriptionId}/subscription-charges",
		xml: true, header: true,
	},
}

// puts change a transaction. The vendor ignores a key there, and calls PUT
// idempotent by definition. That holds where the state rules out a second one:
// a full capture or a reversal, which releases all (documented: "Auth
// Reversal"). A part might be taken twice, so it is sent once.
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
}

var gets = []operation{
	{name: "GetTransaction", path: "/transactions/{transactionId}"},
	{name: "FindTransaction", path: "/transactions/{merchantTransactionId},{merchantId}"},
	{name: "FindAltTransaction", path: "/alt-transactions/{merchantTransactionId},{merchantId}"},
	{name: "GetAltTransaction", path: "/alt-transactions/{transactionId}"},
	{name: "GetVaultedShopper", path: "/vaulted-shoppers/{vaultedShopperId}"},
	{
		name: "FindVaultedShopper", path: "/vaulted-shoppers/merchant/{merchantShopperId}",
		shows: [][]string{{"vaultedshopperid"}},
	},
	{name: "GetPlan", path: "/recurring/plans/{planId}", shows: [][]string{{"planid"}}},
	{name: "ListPlans", path: "/recurring/plans", shows: [][]string{{"totalresults"}}},
	{
		name: "GetSubscription", path: "/recurring/subscriptions/{subscriptionId}",
		shows: [][]string{{"subscriptionid"}},
	},
	{name: "ListSubscriptions", path: "/recurring/subscriptions", shows: [][]string{{"totalresults"}}},
}

// others take no key: their endpoints are not in the vendor's list, or it
// ignores a key there. A part of them has no further effect when repeated.
var others = []operation{
	{
		name: "CreatePaymentFieldsToken", class: idem.Safe, method: http.MethodPost, path: "/payment-fields-tokens",
		header: true, id: "token", shows: [][]string{{"token"}},
	},
	{
		name: "RefundByReference", class: idem.NonIdempotent, method: http.MethodPost,
		path: "/transactions/refund/merchant/{merchantTransactionId}", id: "refundTransactionId", object: "refund",
	},
	{
		name: "UpdatePlan", class: idem.NonIdempotent, method: http.MethodPut, path: "/recurring/plans/{planId}",
		id: "planId",
	},
	{
		name: "UpdateSubscription", class: idem.NonIdempotent, method: http.MethodPut,
		path: "/recurring/subscriptions/{subscriptionId}", id: "subscriptionId",
	},
	{
		name: "CancelSubscription", class: idem.Idempotent, method: http.MethodPut,
		path: "/recurring/subscriptions/{subscriptionId}", id: "subscriptionId",
		resendFor: keyPatience, // as one call may: it can be activated again
	},
	{
		name: "UpdateVaultedShopper", class: idem.NonIdempotent, method: http.MethodPut,
		path: "/vaulted-shoppers/{vaultedShopperId}", id: "vaultedShopperId",
	},
	{
		name: "DeleteVaultedShopper", class: idem.Idempotent, method: http.MethodDelete,
		path: "/vaulted-shoppers/{vaultedShopperId}", shows: [][]string{{"description"}},
		already: []kindOfError{ErrShopperNotFound},
	},
}

var operations = table()

func table() map[string]operation {
	rows := map[string]operation{}
	add := func(ops []operation, rest func(*operation)) {
		for _, op := range ops {
			rest(&op)
			op.path = "/services/2" + op.path
			rows[op.name] = op
		}
	}
	add(posts, func(op *operation) { op.method, op.class = http.MethodPost, idem.Keyed })
	add(puts, func(op *operation) { op.method, op.path, op.id = http.MethodPut, "/transactions", "transactionId" })
	add(gets, func(op *operation) { op.method, op.class = http.MethodGet, idem.Safe })
	add(others, func(*operation) {})
	return rows
}

// engineOperation returns the row as the engine's, for a base URL. Both
// statuses mean executed: whether a replay repeats the first is not documented.
func (o operation) engineOperation(base string) idem.Operation {
	engine := idem.Operation{
		Name:      o.name,
		Class:     o.class,
		ResendFor: o.resendFor,
		Success:   []int{http.StatusOK, http.StatusCreated},
		Prove:     o.prove(base),
	}
	if o.xml {
		engine.BodyFormat = idem.BodyXML
	}
	if o.header {
		engine.ResultHeader = "Location"
	}
	if o.already != nil {
		engine.Classify = o.classify
	}
	return engine
}

// classify reads the vendor's messages. The error of a state that holds means
// the opposite for another operation: captured is not reversed.
func (o operation) classify(status int, h http.Header, body []byte) idem.Signal {
	if status >= http.StatusMultipleChoices && has(parseMessages(body), o.already...) {
		return idem.SignalAlreadyApplied
	}
	return classify(status, h, body)
}

// keyedPost finds the listed operation of a request, by its escaped path. One
// with an escaped slash is none: a proxy may resolve it to another endpoint, such
// as a refund by reference, which honours no key.
func keyedPost(method, escapedPath string) (operation, bool) {
	if escapedSlash.MatchString(escapedPath) {
		return operation{}, false
	}
	for _, row := range posts {
		if op := operations[row.name]; op.method == method && sdk.PathMatches(op.path, escapedPath) {
			return op, true
		}
	}
	return operation{}, false
}

// escapedSlash finds a slash or backslash that is hidden in a path.
var escapedSlash = regexp.MustCompile(`(?i)%(?:2f|5c)`)
