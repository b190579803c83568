package idem_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// acme is how a vendor does idempotency: what its pages state, and no more. The
// profiles of some vendors are in package idem/profiles.
var acme = idem.Profile{
	Vendor:       "acme",
	KeyHeader:    "Idempotency-Key",
	KeyTTL:       24 * time.Hour,
	ReplayHeader: "Acme-Replayed",
	ReplayValue:  "true",
	Classify: func(_ int, _ http.Header, body []byte) idem.Signal {
		var b struct {
			Error struct {
				Code string `json:"code"`
			} `json:"error"`
		}
		switch err := json.Unmarshal(body, &b); {
		case err != nil, b.Error.Code == "":
			return idem.SignalNone // a proxy's or a gateway's
		case b.Error.Code == "key_in_use":
			return idem.SignalInProgress
		case b.Error.Code == "key_reused":
			return idem.SignalKeyReused
		}
		return idem.SignalError
	},
}

// createCharge is a row: it takes a key, and a charge with an id proves that it
// was executed.
var createCharge = idem.Operation{
	Name: "CreateCharge", Class: idem.Keyed, Success: []int{http.StatusCreated},
	Prove: func(_ int, _ http.Header, body []byte) idem.Proof {
		var c struct {
			Object string `json:"object"`
			ID     string `json:"id"`
		}
		if json.Unmarshal(body, &c) != nil || c.Object != "charge" || c.ID == "" {
			return idem.Proof{}
		}
		return idem.Proof{Kind: idem.ProvesExecution, Complete: true}
	},
}

// A vendor in fifty lines: a profile, a row and a call. The server executes the
// charge and loses its response; the call sends it again under the same key, and
// gets the response that was stored.
func Example_aVendorInFiftyLines() {
	server := httptest.NewServer(losesItsFirstResponse())
	defer server.Close()
	engine, err := idem.New(idem.Config{BaseURL: server.URL, Profile: acme})
	if err != nil {
		fmt.Println(err)
		return
	}
	result := engine.Do(context.Background(), idem.Call{Request: idem.Request{
		Operation: createCharge, Method: http.MethodPost, Path: "/charges", Body: []byte(`{"amount":1100,"currency":"usd"}`),
	}})
	fmt.Println(result.Outcome, result.Err)
	fmt.Println(string(result.Response.Body))
	for _, a := range result.Attempts {
		fmt.Println(a.Number, a.Verdict)
	}
	fmt.Println("replayed:", result.Replayed)
	// Output:
	// done <nil>
	// {"object":"charge","id":"ch_1"}
	// 1 ambiguous
	// 2 done
	// replayed: true
}

// losesItsFirstResponse is the vendor's server. It remembers which keys it has
// executed, and breaks the first connection after the execution.
func losesItsFirstResponse() http.Handler {
	executed := map[string]bool{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if !executed[key] {
			executed[key] = true
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Acme-Replayed", "true")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"object":"charge","id":"ch_1"}`)
	})
}
