package profiles

import "github.com/bardge/bardge-go/idem"

const (
	adyenPage = "https://docs.adyen.com/development-resources/api-idempotency"
	adyen704  = "https://github.com/vtexdocs/known-issues"
)

// Adyen returns the profile of Adyen's APIs. Regional endpoints share no keys:
// a call must not move to another one.
func Adyen() Vendor {
	const code = "errorCode"
	return Vendor{
		Name:  "Adyen",
		Scope: "POST requests",
		Profile: idem.Profile{
			Vendor:       "adyen",
			KeyHeader:    "Idempotency-Key",
			KeyTTL:       day,
			KeyMaxLength: 64,
		},
		Create: idem.Operation{Success: []int{200, 201}},
		Rules: []Rule{
			{
				Member: code, MemberValue: "704", Signal: idem.SignalInProgress,
				Basis: Secondary, Source: adyen704, Claim: `409 or 422, "request already processed or in progress"`,
			},
			{
				Member: code, MemberValue: "703", Signal: idem.SignalRetryable,
				Basis: Secondary, Source: adyenPage, Claim: "503: the store of keys is away",
			},
			{
				Header: "transient-error", HeaderValue: "true", Member: code, Signal: idem.SignalRetryable,
				Basis: Documented, Source: adyenPage, Claim: "true: retry with the same key",
			},
			{
				Status: 5, Member: code, Signal: idem.SignalIndeterminate,
				Basis: Inferred, Source: adyenPage, Claim: "without the header a repetition brings the same response",
			},
			errorsHave(code, Documented, "https://docs.adyen.com/errors", "errors have an errorCode"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, adyenPage, "the header idempotency-key"},
			{
				"KeyTTL", Inferred, adyenPage,
				"revisions of the page name 7 days and 31 days: a day is inside each of them",
			},
			{"KeyMaxLength", Documented, adyenPage, "at most 64 characters"},
			{
				"Success", Inferred, "https://docs.adyen.com/api-explorer/Checkout/latest/post/payments",
				"200 for payments, 201 for modifications",
			},
			{
				"Prove", Inferred, "https://docs.adyen.com/api-explorer/Checkout/latest/post/payments",
				"payments and modifications have a pspReference",
			},
			{"Code", Documented, "https://docs.adyen.com/errors", "errorCode"},
			{
				"Stored", Inferred, adyenPage,
				"the first response, unless it is marked as transient; each has the key, which shows no replay",
			},
		},
	}.with([]string{code}, []string{"pspReference"})
}
