package web

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync/atomic"
)

// tokenParam is the parameter of the printed URL.
const tokenParam = "token"

// session admits the person who started the console: the token of the printed URL
// is exchanged once for a cookie with the secret. Both are new at each start, so
// that no cookie outlives the process.
type session struct {
	token, secret string
	used          atomic.Bool // the token
	cookie        string      // the name, with the port: cookies do not know ports
}

func newSession(port string) *session {
	return &session{token: rand.Text(), secret: rand.Text(), cookie: "bardge_console_" + port}
}

// admits reports whether the request has the secret.
func (s *session) admits(r *http.Request) bool {
	if scheme, given, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		return strings.EqualFold(scheme, "Bearer") && equal(given, s.secret)
	}
	for _, c := range r.CookiesNamed(s.cookie) {
		if equal(c.Value, s.secret) {
			return true
		}
	}
	return false
}

// exchange takes the token, and reports whether it was the right one for the
// first time.
func (s *session) exchange(token string) bool {
	return equal(token, s.token) && s.used.CompareAndSwap(false, true)
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// pass sets the cookie. It is not Secure: this is plain HTTP, for which Safari
// drops Secure cookies, and it does not leave the machine.
func (s *session) pass(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // see above
		Name: s.cookie, Value: s.secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// authenticated lets those pass who have the secret. A page with the token
// exchanges it, and redirects so that it leaves the address bar. Scripts, styles
// and the licence are for all: they are the same everywhere.
func (s *Site) authenticated(next http.Handler, own *session) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get(tokenParam)
		atEntry := r.Method == http.MethodGet && r.URL.Path == "/" && token != ""
		admitted := own.admits(r)
		switch {
		case atEntry && (admitted || own.exchange(token)):
			if !admitted {
				own.pass(w)
			}
			http.Redirect(w, r, "/", http.StatusSeeOther)
		case admitted || strings.HasPrefix(r.URL.Path, assetsPath):
			next.ServeHTTP(w, r)
		case atEntry:
			s.Fail(w, r, unauthorized(w, "The token of this address was used already, or is another console's. "+
				"It works once, in the browser that opens it first. Start the console again for a new one."))
		default:
			s.Fail(w, r, unauthorized(w, "Open the address that the console printed when it was started: "+
				"it has a token, which works once."))
		}
	})
}

func unauthorized(w http.ResponseWriter, text string) *Error {
	w.Header().Set("WWW-Authenticate", `Bearer realm="bardge console"`)
	return &Error{Status: http.StatusUnauthorized, Title: "Not signed in", Text: text, Outside: true}
}
