package profiles

import "github.com/bardge/bardge-go/idem"

const (
	worldlineGuide    = "https://docs.direct.worldline-solutions.com/integration/api-developer-guide"
	worldlinePage     = worldlineGuide + "/idempotent-requests"
	worldlineStatuses = "https://apireference.connect.worldline-solutions.com/s2sapi/v1/en_US/go/response-codes.html"
	worldlineErrors   = worldlineGuide + "/api-troubleshooting"
)

// Worldline returns the profile of Worldline Direct (and of Connect, whose page
// states the same). It does not compare requests: another request with a key
// gets the first one's response. See the package documentation for what that
// means.
func Worldline() Vendor {
	return Vendor{
		Name:  "Worldline",
		Scope: "Direct and Connect, the methods that the page lists",
		Profile: idem.Profile{
			Vendor:       "worldline",
			KeyHeader:    "X-GCS-Idempotence-Key",
			KeyTTL:       day,
			KeyMaxLength: 40,
			ReplayHeader: "X-GCS-Idempotence-Request-Timestamp", // with the first request's time
		},
		Create: idem.Operation{Success: []int{200, 201}},
		Rules: []Rule{
			{
				Status: 409, Signal: idem.SignalInProgress,
				Basis: Documented, Source: worldlinePage,
				Claim: "409 while the first request is processed; on Connect also another duplicate",
			},
			errorsHave("errors.errorCode", Documented, worldlineErrors, "errors have errors, each with an errorCode"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, worldlinePage, "the header X-GCS-Idempotence-Key"},
			{"KeyTTL", Documented, worldlinePage, "at least 24 hours"},
			{"KeyMaxLength", Documented, worldlinePage, "at most 40 characters of ASCII"},
			{"ReplayHeader", Documented, worldlinePage, "X-GCS-Idempotence-Request-Timestamp is on repetitions only"},
			{"Success", Documented, worldlineStatuses, "201 for what was created, else 200"},
			{"Prove", Inferred, worldlinePage, "a payment's id, a capture's or refund's, or a hosted checkout's"},
			{"Code", Documented, worldlineErrors, "errors.errorCode"},
			{
				"Stored", Documented, worldlinePage,
				"the outcome of the first request, perhaps with a newer status; requests are not compared",
			},
		},
	}.with([]string{"errors.errorCode"}, []string{"payment.id", "id", "hostedCheckoutId"})
}
