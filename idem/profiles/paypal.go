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
	return []Rule{
		{
			Status: 4, Member: "details.issue", MemberValue: "PREVIOUS_REQUEST_IN_PROGRESS",
			Signal: idem.SignalInProgress,
			Basis:  Secondary, Source: payPalPage,
			Claim: "of two requests at once the second may fail; clients see 409 with this issue",
		},
		{
			Status: 4, Member: "details.issue", MemberValue: "PAYPAL_REQUEST_ID_PREVIOUSLY_USED",
			Signal: idem.SignalKeyReused,
			Basis:  Documented, Source: payPalUsed, Claim: "used for another request",
		},
		{
			Status: 4, Member: "name", MemberValue: "PAYPAL_REQUEST_ID_PREVIOUSLY_USED",
			Signal: idem.SignalKeyReused,
			Basis:  Documented, Source: payPalUsed, Claim: "used for another request",
		},
		{
			Status: 4, Member: "details.issue", MemberValue: "DUPLICATE_REQUEST_ID", Signal: idem.SignalRetryable,
			Basis: Inferred, Source: payPalRepeated,
			Claim: "used before: it is not stated by which request, so it settles nothing",
		},
		{
			Status: 4, Member: "name", MemberValue: "DUPLICATE_REQUEST_ID", Signal: idem.SignalRetryable,
			Basis: Inferred, Source: payPalRepeated,
			Claim: "used before: it is not stated by which request, so it settles nothing",
		},
		{
			Member: "debug_id", Signal: idem.SignalError,
			Basis: Secondary, Source: payPalErrors, Claim: "errors have name, message and debug_id",
		},
	}
}
