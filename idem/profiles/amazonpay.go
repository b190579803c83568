package profiles

import "github.com/bardge/bardge-go/idem"

const (
	amazonPage   = "https://developer.amazon.com/docs/amazon-pay-api-v2/idempotency.html"
	amazonErrors = "https://developer.amazon.com/docs/amazon-pay-api-v2/error-handling.html"
)

// AmazonPay returns the profile of the Amazon Pay API v2. Its keys are at most
// 32 characters, so that a UUID goes without its hyphens. Its requests are
// signed: see idem.Config.Sign.
func AmazonPay() Vendor {
	return Vendor{
		Name:  "Amazon Pay",
		Scope: "API v2, POST requests",
		Profile: idem.Profile{
			Vendor:       "amazon-pay",
			KeyHeader:    "x-amz-pay-idempotency-key",
			KeyTTL:       30 * day,
			KeyMaxLength: 32,
			KeyAlphabet: func(b byte) bool {
				return b == '-' || b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
			},
		},
		Create: idem.Operation{Success: []int{200, 201}},
		Rules: []Rule{
			{
				Status: 4, Member: "reasonCode", MemberValue: "DuplicateIdempotencyKey", Signal: idem.SignalKeyReused,
				Basis: Documented, Source: amazonErrors, Claim: "400: the key was used in a different request",
			},
			errorsHave("reasonCode", Documented, amazonErrors, "errors have reasonCode and message"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, amazonPage, "the header x-amz-pay-idempotency-key"},
			{"KeyTTL", Inferred, amazonPage, "keys are stored indefinitely: 30 days are inside that"},
			{"KeyMaxLength", Documented, amazonPage, "at most 32 characters"},
			{"KeyAlphabet", Documented, amazonPage, "letters, digits, dash and underscore"},
			{"Success", Inferred, amazonErrors, "200, and 201 where something was created"},
			{
				"Prove", Inferred, "https://developer.amazon.com/docs/amazon-pay-api-v2/charge.html",
				"resources have an id named after their type",
			},
			{"Code", Documented, amazonErrors, "reasonCode"},
			{"Stored", Documented, amazonPage, "the response to the first request"},
		},
	}.with([]string{"reasonCode"}, []string{"chargeId", "refundId", "chargePermissionId", "checkoutSessionId"})
}
