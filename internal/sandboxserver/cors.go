package sandboxserver

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// cors lets pages of some origins call the API. It answers preflights itself;
// the ledger does not see them.
type cors struct {
	origins []string
	next    http.Handler
}

// checkOrigin refuses what no browser sends as an origin: it would allow no
// page.
func checkOrigin(origin string) error {
	if origin == "*" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Scheme+"://"+u.Host != origin ||
		strings.ToLower(origin) != origin {
		return fmt.Errorf("--cors-origin: %q is not an origin, such as http://localhost:3000, or *", origin)
	}
	return nil
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
