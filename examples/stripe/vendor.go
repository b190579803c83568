package main

import (
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
)

// vendor is Stripe, as it documents its API v1.
var vendor = profiles.Stripe()

// operation names the requests that the transport protects.
func operation(r *http.Request) (idem.Operation, bool) {
	create := vendor.Create
	create.Name, create.Class = "CreateCharge", idem.Keyed
	return create, r.Method == http.MethodPost && r.URL.Path == "/v1/charges"
}
