package profiles

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem"
)

const (
	goCardlessBlog   = "https://gocardless.com/blog/idempotency-keys"
	goCardlessClient = "https://github.com/gocardless/gocardless-pro-ruby"
)

// GoCardless returns the profile of GoCardless's API. A repetition is answered
// with an error that names what the first request created, to whatever request:
// give the row [GoCardlessLookup], which reads it.
func GoCardless() Vendor {
	return Vendor{
		Name:  "GoCardless",
		Scope: "creations",
		Profile: idem.Profile{
			Vendor:       "gocardless",
			KeyHeader:    "Idempotency-Key",
			KeyTTL:       day,
			KeyMaxLength: uuidLength,
		},
		Create: idem.Operation{Success: []int{201}},
		Rules: []Rule{
			{
				Status: 409, Member: "error.errors.reason", MemberValue: "idempotent_creation_conflict",
				Signal: idem.SignalAlreadyExecuted,
				Basis:  Documented, Source: goCardlessBlog,
				Claim: "a resource was created with the key; links.conflicting_resource_id is its id",
			},
			errorsHave("error.type", Secondary, goCardlessClient, "errors have error with type, code and errors"),
		},
		Facts: []Fact{
			{"KeyHeader", Documented, goCardlessBlog, "the header Idempotency-Key"},
			{
				"KeyTTL", Inferred, goCardlessBlog,
				"only one resource is created; 30 days are quoted elsewhere: a day is inside that",
			},
			{"KeyMaxLength", Inferred, goCardlessBlog, "128 are quoted elsewhere: a UUID fits"},
			{"Success", Documented, goCardlessBlog, "201"},
			{"Prove", Secondary, goCardlessClient, "a resource in an object named after its type, with an id"},
			{"Code", Secondary, goCardlessClient, "errors.reason, or else type"},
			{"Stored", Inferred, goCardlessBlog, "the resource's key; no response"},
		},
	}.with([]string{"error.errors.reason", "error.type"}, []string{"*.id"})
}

// GoCardlessLookup returns an [idem.Operation.Lookup] that reads the resource
// which the error of a repetition names, below path, such as /payments. The
// vendor names it to any request with the key: mine reports whether the body
// read is this operation's. Nil takes it for that, which is right where keys are
// never used twice. Without such an error it reads nothing.
func GoCardlessLookup(path string, mine func(body []byte) bool) LookupFunc {
	return func(ctx context.Context, l idem.Lookup) (*idem.Response, idem.State) {
		id := conflictingResource(l.Exists)
		if id == "" {
			return nil, idem.StateUnread
		}
		r := l.Do(ctx, idem.Request{
			Operation: idem.Operation{
				Name: "GetConflictingResource", Success: []int{http.StatusOK}, Prove: proveBy([][]string{{"*.id"}}),
			},
			Method: http.MethodGet, Path: path + "/" + url.PathEscape(id),
		})
		switch {
		case r.Err != nil:
			return nil, idem.StateUnread
		case mine != nil && !mine(r.Response.Body):
			return nil, idem.StateDiffers
		}
		return r.Response, idem.StateHolds
	}
}

func conflictingResource(exists *idem.Response) string {
	if exists == nil {
		return ""
	}
	var b struct {
		Error struct {
			Errors []struct {
				Reason string `json:"reason"`
				Links  struct {
					ID string `json:"conflicting_resource_id"`
				} `json:"links"`
			} `json:"errors"`
		} `json:"error"`
	}
	_ = json.Unmarshal(exists.Body, &b) // what has no id names none
	for _, e := range b.Error.Errors {
		if e.Reason == "idempotent_creation_conflict" && e.Links.ID != "" {
			return e.Links.ID
		}
	}
	return ""
}
