package profiles

import (
	"time"

	"github.com/bardge/bardge-go/idem"
)

const ietfDraft = "https://www.ietf.org/archive/id/draft-ietf-httpapi-idempotency-key-header-07.txt"

// IETF returns the profile of a server that follows the IETF's draft
// draft-ietf-httpapi-idempotency-key-header-07 (it has expired, and is no RFC),
// with the key in double quotes. Few servers read quotes: most vendors with a
// header of this name take the bare key, and may take the quoted one for
// another.
//
// The draft leaves to the server how long a key is remembered, what it may look
// like, and what a success is. Set Profile.KeyTTL to what yours publishes;
// until then it is ten minutes. Set Create.Prove or what else tells its
// successes from a gateway's, and Create.Classify if it has conflicts (409) of
// its own: by the draft each one is a request that is still executing, and so is
// repeated until the call's time is over.
func IETF() Vendor {
	problem := func(status int, signal idem.Signal, basis Basis, says string) Rule {
		return Rule{
			Status: status, Header: "Content-Type", HeaderValue: "application/problem+json",
			Signal: signal, Basis: basis, Source: ietfDraft, Claim: says,
		}
	}
	return Vendor{
		Name:  "IETF draft 07",
		Scope: "POST and PATCH, where the server's documentation says so",
		Profile: idem.Profile{
			Vendor:       "ietf-draft-07",
			KeyHeader:    "Idempotency-Key",
			QuoteKey:     true,
			KeyTTL:       10 * time.Minute,
			KeyMaxLength: uuidLength,
		},
		Create: idem.Operation{Success: []int{200, 201}},
		Rules: []Rule{
			problem(409, idem.SignalInProgress, Documented, "409 where the first request is still being processed"),
			problem(422, idem.SignalKeyReused, Documented, "422 where the key is used with another payload"),
			problem(4, idem.SignalError, Documented, "errors are problem+json, or have a link; 400: no key"),
			problem(5, idem.SignalError, Inferred, "other errors are the server's own"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, ietfDraft, "the request header field is Idempotency-Key"},
			{"QuoteKey", Documented, ietfDraft, "an Item Structured Header, whose value must be a String"},
			{"KeyTTL", Inferred, ietfDraft, "the server may expire keys and should publish when: no number is given"},
			{"KeyMaxLength", Inferred, ietfDraft, "the format is the server's to publish; a UUID is recommended"},
			{"Success", Inferred, ietfDraft, "the draft's examples are creations"},
			{"Code", Inferred, ietfDraft, "problem details name their kind in type"},
			{"Stored", Documented, ietfDraft, "the earlier result, success or error"},
		},
	}.with([]string{"type"})
}
