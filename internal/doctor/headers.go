package doctor

import (
	"net/http"
	"slices"
	"strings"
)

// Headers counts what the headers of responses have shown. The zero value is
// ready.
type Headers struct {
	Responses int // that were added
	WithID    int // that had a request id
	Repeated  int // that had the request id of another one
	Cached    int // that a cache has kept

	ids    map[string]bool
	passed map[string]bool // headers of intermediaries, by name
}

// intermediaryHeaders are those that proxies, caches and content delivery
// networks add.
var intermediaryHeaders = []string{
	"Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Cache", "X-Cache-Hits", "X-Served-By", "Age",
	"Cf-Ray", "Cf-Cache-Status", "X-Amz-Cf-Id", "X-Amz-Cf-Pop", "X-Varnish", "X-Squid-Error", "Proxy-Authenticate",
	"Proxy-Connection", "X-Zscaler-Error",
}

// Add takes the headers of a response, and its request id.
func (s *Headers) Add(h http.Header, id string) {
	if s.ids == nil {
		s.ids, s.passed = map[string]bool{}, map[string]bool{}
	}
	s.Responses++
	if id != "" {
		s.WithID++
		if s.ids[id] {
			s.Repeated++
		}
		s.ids[id] = true
	}
	if isCached(h) {
		s.Cached++
	}
	for _, name := range intermediaryHeaders {
		if len(h[name]) > 0 {
			s.passed[name] = true
		}
	}
}

// Passed lists the headers of intermediaries that were seen, by name.
func (s *Headers) Passed() []string {
	names := make([]string, 0, len(s.passed))
	for name := range s.passed {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// isCached reports whether a response comes from a cache: it has an age, or a
// cache marks it as a hit.
func isCached(h http.Header) bool {
	age := h.Get("Age")
	if age != "" && strings.Trim(age, "0") != "" {
		return true
	}
	for _, name := range []string{"X-Cache", "Cf-Cache-Status"} {
		if strings.HasPrefix(strings.ToUpper(h.Get(name)), "HIT") {
			return true
		}
	}
	return false
}
