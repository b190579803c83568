package profiles

import "github.com/bardge/bardge-go/idem"

const (
	checkoutPage   = "https://www.checkout.com/docs/payments/manage-payments/retry-a-payment"
	checkoutClient = "https://github.com/checkout/checkout-sdk-go"
)

// Checkout returns the profile of Checkout.com's payment API. It stores
// successes only, and executes a request again that was answered with a 5xx.
// Whether such a request had been executed is not stated: a 500 ends a call, as
// unknown.
func Checkout() Vendor {
	return Vendor{
		Name:  "Checkout.com",
		Scope: "the payment and transfer endpoints that its page lists",
		Profile: idem.Profile{
			Vendor:        "checkout.com",
			KeyHeader:     "Cko-Idempotency-Key",
			KeyTTL:        day,
			KeyMaxLength:  uuidLength,
			ForgetsFailed: true,
		},
		Create: idem.Operation{Success: []int{201, 202}},
		Rules: []Rule{
			{
				Status: 429, Signal: idem.SignalInProgress,
				Basis: Documented, Source: checkoutPage,
				Claim: "of concurrent requests one is processed, others get 429, as do too many requests",
			},
			{
				Status: 5, Member: "error_type", Signal: idem.SignalIndeterminate,
				Basis: Inferred, Source: checkoutPage, Claim: "nothing is stored and the payment is attempted again",
			},
			errorsHave("error_type", Inferred, checkoutClient,
				"errors have request_id, error_type and error_codes, as its clients are known to read them"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, checkoutPage, "the header Cko-Idempotency-Key"},
			{
				"KeyTTL", Documented, checkoutPage,
				"24 hours by default; an account manager can change it, then change this too",
			},
			{"KeyMaxLength", Inferred, checkoutPage, "a UUID is recommended, and no limit stated"},
			{
				"ForgetsFailed", Documented, checkoutPage,
				"after a 4xx or 5xx nothing is saved and the payment is reattempted",
			},
			{"Success", Inferred, checkoutPage, "201 for a payment, 202 for one that is pending and for actions"},
			{"Prove", Inferred, checkoutPage, "payments have an id, actions an action_id"},
			{"Code", Inferred, checkoutClient, "error_codes, or else error_type"},
			{"Stored", Documented, checkoutPage, "2xx responses"},
		},
	}.with([]string{"error_codes", "error_type"}, []string{"id", "action_id"})
}
