package profiles

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem"
)

const (
	increasePage   = "https://increase.com/documentation/idempotency-keys"
	increaseClient = "https://github.com/Increase/increase-go"
)

// Increase returns the profile of Increase's API. A key belongs to one object
// for ever. The error idempotency_key_already_used_error is about another
// request: the same one gets the object. See [IncreaseLookup].
func Increase() Vendor {
	return Vendor{
		Name:  "Increase",
		Scope: "POST requests",
		Profile: idem.Profile{
			Vendor:       "increase",
			KeyHeader:    "Idempotency-Key",
			KeyTTL:       30 * day,
			KeyMaxLength: 200,
			ReplayHeader: "Idempotent-Replayed",
			ReplayValue:  "true",
		},
		Create: idem.Operation{Success: []int{200}},
		Rules: []Rule{
			{
				Status: 409, Member: "type", MemberValue: "idempotency_key_already_used_error",
				Signal: idem.SignalKeyReused,
				Basis:  Documented, Source: increasePage,
				Claim: "a second, different object with a key; resource_id is the first one's",
			},
			errorsHave("type", Secondary, increaseClient, "errors have a type"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, increasePage, "the header Idempotency-Key"},
			{
				"KeyTTL", Inferred, increasePage,
				"at most one object is created per key, without an end: 30 days are inside that",
			},
			{"KeyMaxLength", Documented, increasePage, "up to 200 characters"},
			{
				"ReplayHeader", Documented, increasePage,
				"Idempotent-Replayed: true on the object of an earlier request",
			},
			{"ReplayValue", Documented, increasePage, "true"},
			{"Success", Inferred, increasePage, "200 is usual"},
			{"Prove", Inferred, increasePage, "objects have type and id"},
			{"Code", Secondary, increaseClient, "type"},
			{"Stored", Documented, increasePage, "the object that was created, under its key"},
		},
	}.with([]string{"type"}, []string{"id"}, []string{"type"})
}

// IncreaseLookup returns an [idem.Operation.Lookup] that finds the object of a
// key in the list at path, such as /account_transfers: each list takes the
// filter idempotency_key (documented at
// https://increase.com/documentation/idempotency-keys). The object may be
// another request's with the key: mine reports whether the body is this
// operation's. Nil takes it for that, which is right where keys are never used
// twice.
func IncreaseLookup(path string, mine func(body []byte) bool) LookupFunc {
	return func(ctx context.Context, l idem.Lookup) (*idem.Response, idem.State) {
		r := l.Do(ctx, idem.Request{
			Operation: idem.Operation{Name: "ListByIdempotencyKey", Success: []int{http.StatusOK}},
			Method:    http.MethodGet, Path: path, Query: url.Values{"idempotency_key": {l.Key}},
		})
		var list struct {
			Data []json.RawMessage `json:"data"`
		}
		if r.Err != nil || json.Unmarshal(r.Response.Body, &list) != nil || len(list.Data) != 1 {
			return nil, idem.StateUnread
		}
		if mine != nil && !mine(list.Data[0]) {
			return nil, idem.StateDiffers
		}
		found := *r.Response
		found.Body, found.Reconstructed = list.Data[0], true
		return &found, idem.StateHolds
	}
}
