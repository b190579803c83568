package control

import (
	_ "embed"
	"net/http"
	"runtime"
)

//go:embed openapi.json
var openAPI []byte

// document serves the description of this API.
func document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI) // the client may have gone
}

// health is whether the sandbox works.
type health struct {
	Status      string `json:"status"`
	LedgerError string `json:"ledger_error"`
}

// health reports what fails; a ledger file that cannot be written does not stop
// the sandbox.
func (a *API) health(*http.Request) (health, error) {
	cause := a.control.LedgerError()
	if cause == nil {
		return health{Status: "ok"}, nil
	}
	return health{"degraded", cause.Error()}, nil
}

// ready answers 200 while the sandbox serves, and 503 when it stops. An outage
// on purpose does not matter.
func (a *API) ready(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	closed := a.closed
	a.mu.Unlock()
	if closed {
		fail(w, http.StatusServiceUnavailable, "stopping", "The sandbox stops.")
		return
	}
	answer(w, http.StatusOK, map[string]bool{"ready": true})
}

// version is what serves.
type version struct {
	Vendor  string `json:"vendor"`
	Version string `json:"version"`
	Go      string `json:"go"`
}

func (a *API) version(*http.Request) (version, error) {
	return version{a.info.Vendor, a.info.Version, runtime.Version()}, nil
}

func (a *API) guide(*http.Request) (Guide, error) { return a.info.Guide, nil }

type operations struct {
	Operations []string `json:"operations"`
}

func (a *API) operations(*http.Request) (operations, error) {
	return operations{a.control.Operations()}, nil
}
