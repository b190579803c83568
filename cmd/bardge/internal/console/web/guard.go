package web

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// guarded puts the checks in front of a site.
func guarded(site *Site, own *session, port string, allowWrites bool) http.Handler {
	h := limited(site)
	if !allowWrites {
		h = site.readOnly(h)
	}
	h = site.authenticated(h, own)
	h = site.sameOrigin(h)
	h = site.knownHost(h, port)
	return withHeaders(h)
}

// contentPolicy allows what this server has, and nothing else: no inline script
// or style, no frame around a page, no form that leads elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// withHeaders adds the headers of all responses, also of refusals.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// knownHost refuses requests for other names than this machine's. A page of
// another site reaches this server under the site's name (DNS rebinding), and
// its browser then takes both for one origin.
func (s *Site) knownHost(next http.Handler, port string) http.Handler {
	var hosts []string
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		hosts = append(hosts, net.JoinHostPort(name, port))
	}
	if port == "80" { // which browsers leave out
		hosts = append(hosts, "localhost", "127.0.0.1", "[::1]")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(hosts, r.Host) {
			s.Fail(w, r, &Error{
				Status: http.StatusForbidden, Title: "Another host", Outside: true,
				Text: "This request names a host that is not the console's. Open the printed address as it is.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what pages of other origins send, those on other ports of
// this machine among them. [http.CrossOriginProtection] lets each GET pass, but
// here reading is not for others either, and some pages read the vendor's API.
func (s *Site) sameOrigin(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asWrite := *r
		asWrite.Method = http.MethodPost
		several := len(r.Header.Values("Sec-Fetch-Site")) > 1 || len(r.Header.Values("Origin")) > 1
		if several || origins.Check(&asWrite) != nil { // of several, only the first is checked
			s.Fail(w, r, &Error{
				Status: http.StatusForbidden, Title: "Another origin", Outside: true,
				Text: "This request comes from a page of another origin. Open the printed address in a new tab.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readOnly lets GET and HEAD pass alone. That pages show no buttons is for
// people; this is for requests.
func (s *Site) readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !s.ownWrite(r.URL.Path) {
			w.Header().Set("Allow", "GET, HEAD")
			s.Fail(w, r, &Error{
				Status: http.StatusMethodNotAllowed, Title: "Read only",
				Text: "This console is read only. Start it with --allow-writes to change something.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownWrite reports whether a path is of a section that may change its own.
func (s *Site) ownWrite(path string) bool {
	return slices.ContainsFunc(s.sections, func(one Section) bool {
		return one.OwnWrites && strings.HasPrefix(path, one.Path+"/")
	})
}

// limited bounds what a request's body may have.
func limited(next http.Handler) http.Handler { return http.MaxBytesHandler(next, maxBody) }
