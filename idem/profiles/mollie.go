package profiles

import "github.com/bardge/bardge-go/idem"

const (
	molliePage   = "https://docs.mollie.com/reference/api-idempotency"
	mollieClient = "https://github.com/mollie/mollie-api-typescript"
)

// Mollie returns the profile of Mollie's API v2.
func Mollie() Vendor {
	return Vendor{
		Name:  "Mollie",
		Scope: "all POST endpoints",
		Profile: idem.Profile{
			Vendor:       "mollie",
			KeyHeader:    "Idempotency-Key",
			KeyTTL:       day,
			KeyMaxLength: uuidLength,
			ReplayHeader: "Idempotent-Replayed",
			ReplayValue:  "true",
		},
		Create: idem.Operation{Success: []int{200, 201}},
		Rules: []Rule{
			{
				Status: 409, Member: "title", Signal: idem.SignalInProgress,
				Basis: Documented, Source: molliePage, Claim: "409 while the first request is processed",
			},
			errorsHave("title", Secondary, mollieClient,
				"errors have status, title and detail; a key with another request is a 400, with no code"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, molliePage, "the header Idempotency-Key"},
			{"KeyTTL", Documented, molliePage, "keys older than 24 hours are removed"},
			{"KeyMaxLength", Inferred, molliePage, "a UUID is recommended, and no limit stated"},
			{"ReplayHeader", Documented, molliePage, "Idempotent-Replayed: true marks a cached response"},
			{"ReplayValue", Documented, molliePage, "true"},
			{"Success", Inferred, molliePage, "201 where something was created, else 200"},
			{"Prove", Inferred, molliePage, "objects have resource and id"},
			{"Code", Secondary, mollieClient, "title"},
			{"Stored", Documented, molliePage, "the initial response"},
		},
	}.with([]string{"title"}, []string{"resource"}, []string{"id"})
}
