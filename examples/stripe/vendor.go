package main

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// profile is what Stripe documents of its API v1: keys of up to 255 characters
// that are remembered for 24 hours, replays that are marked, errors with a type.
// https://docs.stripe.com/api/idempotent_requests
// https://docs.stripe.com/error-low-level
func profile() idem.Profile {
	return idem.Profile{
		Vendor:          "stripe",
		KeyHeader:       "Idempotency-Key",
		KeyTTL:          24 * time.Hour,
		ReplayHeader:    "Idempotent-Replayed",
		ReplayValue:     "true",
		RequestIDHeader: "Request-Id",
		Classify:        classify,
	}
}

func classify(_ int, _ http.Header, body []byte) idem.Signal {
	var b struct {
		Error struct {
			Type string `json:"type"`
		} `json:"error"`
	}
	switch {
	case json.Unmarshal(body, &b) != nil || b.Error.Type == "":
		return idem.SignalNone // a gateway's
	case b.Error.Type == "idempotency_error":
		return idem.SignalKeyReused
	default:
		return idem.SignalError
	}
}

// operation names the requests that the transport protects.
func operation(r *http.Request) (idem.Operation, bool) {
	create := idem.Operation{Name: "CreateCharge", Class: idem.Keyed, Success: []int{http.StatusOK}}
	return create, r.Method == http.MethodPost && r.URL.Path == "/v1/charges"
}
