package control

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Prefix is the path of the API. Everything below it belongs to the API.
const Prefix = "/_sandbox/"

// Info describes the sandbox that is controlled.
type Info struct {
	// Vendor is whose API it emulates.
	Vendor string
	// Version is the program's; "" is unknown.
	Version string
	// Guide is what a program needs to begin.
	Guide Guide
}

// Guide is what a program needs to use a sandbox. Nothing in it is real.
type Guide struct {
	// Name is the vendor's, for people.
	Name string `json:"name"`
	// BaseURL is the API's base URL.
	BaseURL string `json:"base_url"`
	// Credentials are the sandbox's own account's, by their names: "api_key",
	// or "username", "password" and "merchant_id".
	Credentials map[string]string `json:"credentials"`
	// Values are others that the vendor's sandbox reacts to, by name.
	Values map[string]string `json:"values"`
	// Seed holds what exists from the start, by the names of its Go fields.
	Seed map[string]string `json:"seed"`
	// Curl is a command that makes a request, Example what it does.
	Curl    string `json:"curl"`
	Example string `json:"example"`
}

// API is the control API of one sandbox. Make one with [New].
type API struct {
	control *fakeserver.Control
	info    Info
	guard   *Guard
	paths   *http.ServeMux

	mu      sync.Mutex
	streams int           // that are open
	closed  bool          // no longer ready
	done    chan struct{} // closed by Close
}

// New makes the API of a sandbox. guard decides which requests it answers.
func New(sandbox *fakeserver.Control, info Info, guard *Guard) *API {
	a := &API{control: sandbox, info: info, guard: guard, paths: http.NewServeMux(), done: make(chan struct{})}
	for path, methods := range a.routes() {
		a.paths.Handle(path, methods)
	}
	a.paths.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusNotFound, "not_found", "There is no such path; see "+Prefix+"openapi.json.")
	})
	return a
}

// Close ends all streams; the sandbox is no longer ready. A second Close does
// nothing.
func (a *API) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.closed = true
		close(a.done)
	}
}

// ServeHTTP answers a request below [Prefix].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	if reason := a.guard.objection(r); reason != "" {
		fail(w, http.StatusForbidden, "forbidden", reason)
		return
	}
	a.paths.ServeHTTP(w, r)
}

// setHeaders keeps responses out of caches and of other sites' pages. There is
// no CORS header, on purpose.
func setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// methods answers the requests for one path, by method.
type methods map[string]http.HandlerFunc

// ServeHTTP calls the method's handler; GET's answers HEAD, too.
func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if handler, ok := m[method]; ok {
		handler(w, r)
		return
	}
	allowed := make([]string, 0, len(m))
	for name := range m {
		allowed = append(allowed, name)
	}
	slices.Sort(allowed)
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	fail(w, http.StatusMethodNotAllowed, "method_not_allowed", "This path takes "+strings.Join(allowed, ", ")+".")
}
