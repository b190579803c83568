package profiles

import "github.com/bardge/bardge-go/idem"

const (
	stripeType     = "error.type"
	stripeRequests = "https://docs.stripe.com/api/idempotent_requests"
	stripeErrors   = "https://docs.stripe.com/error-low-level"
	stripeClient   = "https://github.com/stripe/stripe-go"
)

// Stripe returns the profile of Stripe's API v1. API v2 executes failed
// requests again, and is not described.
func Stripe() Vendor {
	return Vendor{
		Name:  "Stripe",
		Scope: "API v1, all POST requests",
		Profile: idem.Profile{
			Vendor:          "stripe",
			KeyHeader:       "Idempotency-Key",
			KeyTTL:          day,
			KeyMaxLength:    255,
			ReplayHeader:    "Idempotent-Replayed",
			ReplayValue:     "true",
			RequestIDHeader: "Request-Id",
		},
		Create: idem.Operation{Success: []int{200}},
		Rules:  stripeRules(),
		Facts: []Fact{
			{"KeyHeader", Documented, stripeRequests, "the header Idempotency-Key"},
			{"KeyTTL", Documented, stripeRequests, "keys are removed once they are at least 24 hours old"},
			{"KeyMaxLength", Documented, stripeRequests, "up to 255 characters"},
			{"ReplayHeader", Documented, stripeErrors, "Idempotent-Replayed: true marks a replayed response"},
			{"ReplayValue", Documented, stripeErrors, "true"},
			{"RequestIDHeader", Secondary, stripeClient, "the client reads the response header Request-Id"},
			{"Success", Secondary, stripeClient, "200"},
			{"Prove", Secondary, stripeClient, "objects have object and id"},
			{"Code", Secondary, stripeClient, "error.code, or else error.type"},
			{
				"Stored", Documented, stripeRequests,
				"status and body of each request that began to execute, 500 included; not of an invalid one",
			},
		},
	}.with([]string{"error.code", stripeType}, []string{"object"}, []string{"id"})
}

func stripeRules() []Rule {
	return []Rule{
		{
			Status: 409, Member: "error.code", MemberValue: "idempotency_key_in_use",
			Signal: idem.SignalInProgress,
			Basis:  Secondary, Source: stripeClient,
			Claim: "the client knows the code; the status is what users report",
		},
		{
			Member: stripeType, MemberValue: "idempotency_error", Signal: idem.SignalKeyReused,
			Basis: Documented, Source: stripeErrors,
			Claim: "the key was used with another endpoint or other parameters",
		},
		{
			Status: 429, Member: stripeType, Signal: idem.SignalError,
			Basis: Documented, Source: stripeErrors, Claim: "the rate limiter runs before the idempotency layer",
		},
		{
			Status: 4, Header: "Stripe-Should-Retry", HeaderValue: "true", Member: stripeType,
			Signal: idem.SignalRetryable,
			Basis:  Documented, Source: stripeErrors, Claim: "true: a client should retry",
		},
		{
			Status: 5, Header: "Stripe-Should-Retry", HeaderValue: "false", Member: stripeType,
			Signal: idem.SignalIndeterminate,
			Basis:  Documented, Source: stripeErrors,
			Claim: "false: a client should not retry, it would have no further effect",
		},
		errorsHave(stripeType, Secondary, stripeClient, "errors have a type"),
	}
}
