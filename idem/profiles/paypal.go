package profiles

import (
	"time"

	"github.com/bardge/bardge-go/idem"
)

const (
	payPalPage     = "https://developer.paypal.com/reference/guidelines/idempotency"
	payPalOrders   = "https://developer.paypal.com/api/orders/v2/orders-authorize"
	payPalUsed     = "https://developer.paypal.com/api/payment-tokens/v3/errors/paypal_request_id_previously_used"
	payPalRepeated = "https://developer.paypal.com/api/payment-experience/v1/errors/duplicate_request_id"
	payPalStatuses = "https://developer.paypal.com/api/rest/responses/"
	payPalErrors   = "https://github.com/api-evangelist/paypal"
)

// PayPal returns the profile of PayPal's REST APIs that take a PayPal-Request-Id,
// such as Orders v2 and Payments v2. How long they remember it differs; the
// window is the shortest that is quoted for one of them. A repetition is
// answered with the resource as it is now.
func PayPal() Vendor {
	return Vendor{
		Name:  "PayPal",
		Scope: "POST requests of the APIs whose reference names PayPal-Request-Id",
		Profile: idem.Profile{
			Vendor:       "paypal",
			KeyHeader:    "PayPal-Request-Id",
			KeyTTL:       3 * time.Hour,
			KeyMaxLength: 38,
		},
		Create: idem.Operation{Success: []int{200, 201}},
		Rules:  payPalRules(),
		Facts: []Fact{
			{"KeyHeader", Documented, payPalPage, "the header PayPal-Request-Id on POST"},
			{
				"KeyTTL", Secondary, payPalOrders,
				"each API has its own: Orders v2 states 6 hours, 3 hours are quoted for stored payment methods",
			},
			{
				"KeyMaxLength", Secondary, payPalOrders,
				"Orders v2 states 108, a guide is quoted with 38: the shorter fits both",
			},
			{
				"Success", Documented, payPalStatuses,
				"201 where something was created, 200 where an earlier execution had created it",
			},
			{
				"Prove", Inferred, payPalStatuses,
				"resources have an id, and a status or links, in the minimal form too",
			},
			{"Code", Secondary, payPalErrors, "details.issue, or else name"},
			{
				"Stored", Documented, payPalPage,
				"the request's latest status; 5xx may be retried for as long as the id is stored",
			},
		},
	}.with([]string{"details.issue", "name"}, []string{"id"}, []string{"status", "links"})
}

func payPalRules() []Rule {
	const used = "used for another request"
	const before = "used before: it is not stated by which request, so it settles nothing"
	rule := func(member, value string, signal idem.Signal, basis Basis, source, claim string) Rule {
		return Rule{
			Status: 4, Member: member, MemberValue: value, Signal: signal, Basis: basis, Source: source, Claim: claim,
		}
	}
	return []Rule{
		rule("details.issue", "PREVIOUS_REQUEST_IN_PROGRESS", idem.SignalInProgress, Secondary, payPalPage,
			"of two requests at once the second may fail; clients see 409 with this issue"),
		rule("details.issue", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED", idem.SignalKeyReused, Documented, payPalUsed, used),
		rule("name", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED", idem.SignalKeyReused, Documented, payPalUsed, used),
		rule("details.issue", "DUPLICATE_REQUEST_ID", idem.SignalRetryable, Inferred, payPalRepeated, before),
		rule("name", "DUPLICATE_REQUEST_ID", idem.SignalRetryable, Inferred, payPalRepeated, before),
		errorsHave("debug_id", Secondary, payPalErrors, "errors have name, message and debug_id"),
	}
}
