package profiles

import (
	"time"

	"github.com/bardge/bardge-go/idem"
)

const (
	squarePage   = "https://developer.squareup.com/docs/working-with-apis/idempotency"
	squareForum  = "https://developer.squareup.com/forums/t/28303"
	squareCreate = "https://developer.squareup.com/reference/square/payments-api/create-payment"
	squareClient = "https://github.com/square/connect-javascript-sdk"
)

// Square returns the profile of Square's payment API, whose key is a member of
// the request's body. How endpoints treat a key with another request varies.
func Square() Vendor {
	return Vendor{
		Name:  "Square",
		Scope: "requests with an idempotency_key, such as CreatePayment",
		Profile: idem.Profile{
			Vendor:       "square",
			KeyField:     "idempotency_key",
			KeyTTL:       time.Hour,
			KeyMaxLength: 45,
		},
		Create: idem.Operation{Success: []int{200}},
		Rules: []Rule{
			{
				Status: 4, Member: "errors.code", MemberValue: "IDEMPOTENCY_KEY_REUSED", Signal: idem.SignalKeyReused,
				Basis: Secondary, Source: squarePage,
				Claim: "another request gets an error, which may vary; clients see 400 with this code",
			},
			errorsHave("errors.code", Secondary, squareClient, "errors are a list, each with a code"),
		},
		Facts: []Fact{
			{"KeyField", Documented, squarePage, "the member idempotency_key of the body"},
			{"KeyTTL", Inferred, squareForum, "the vendor publishes none, and says so: an hour is careful"},
			{
				"KeyMaxLength", Secondary, squareCreate,
				"45 is quoted for CreatePayment",
			},
			{"Success", Inferred, squarePage, "200 is usual"},
			{"Prove", Secondary, squareClient, "an object in a member named after its type, with an id"},
			{"Code", Secondary, squareClient, "errors.code"},
			{"Stored", Documented, squarePage, "the response to the first success"},
		},
	}.with([]string{"errors.code"}, []string{"*.id"})
}
