package profiles

import "github.com/bardge/bardge-go/idem"

const (
	modernTreasuryPage   = "https://docs.moderntreasury.com/reference/idempotent-requests"
	modernTreasuryErrors = "https://docs.moderntreasury.com/reference/errors"
)

// ModernTreasury returns the profile of Modern Treasury's API. Its keys are
// independent of the path: another request with a key gets the first one's
// response, on any path. See the package documentation for what that means.
func ModernTreasury() Vendor {
	return Vendor{
		Name:  "Modern Treasury",
		Scope: "all POST requests",
		Profile: idem.Profile{
			Vendor:       "modern-treasury",
			KeyHeader:    "Idempotency-Key",
			KeyTTL:       day,
			KeyMaxLength: uuidLength,
		},
		Create: idem.Operation{Success: []int{200, 201}},
		Rules: []Rule{
			{
				Status: 409, Signal: idem.SignalInProgress,
				Basis: Documented, Source: modernTreasuryPage,
				Claim: "409 while a request with the key is being stored",
			},
			errorsHave("errors.message", Documented, modernTreasuryErrors, "errors have errors with code and message"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, modernTreasuryPage, "the header Idempotency-Key"},
			{"KeyTTL", Documented, modernTreasuryPage, "the result is saved for 24 hours"},
			{"KeyMaxLength", Inferred, modernTreasuryPage, "a UUID is suggested, and no limit stated"},
			{
				"Success", Documented, "https://docs.moderntreasury.com/reference/status-codes",
				"200, and 201 where something was created",
			},
			{
				"Prove", Documented, "https://docs.moderntreasury.com/platform/reference/contact-detail-object",
				"objects have object and id",
			},
			{"Code", Documented, modernTreasuryErrors, "errors.code"},
			{
				"Stored", Documented, modernTreasuryPage,
				"requests that were executed; after an error that prevented that, the next one is executed",
			},
		},
	}.with([]string{"errors.code"}, []string{"object"}, []string{"id"})
}
