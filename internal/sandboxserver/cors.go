package sandboxserver

import (
	"net/http"
	"slices"
)

// cors lets pages of some origins call the API. It answers preflights itself;
// the ledger does not see them.
type cors struct {
	origins []string
	next    http.Handler
}

// exposed are the API's response headers that pages may read.
const exposed = "Bardge-Request-Id, X-Idempotent-Replayed, Idempotency-Key, Location, Retry-After"

// ServeHTTP adds the headers for a page's origin, if it is allowed.
func (c *cors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(c.origins, "*") && !slices.Contains(c.origins, origin) {
		c.next.ServeHTTP(w, r)
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", exposed)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		c.next.ServeHTTP(w, r)
		return
	}
	h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
	h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
