package idem

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// checkHeader refuses a header that the SDK or HTTP owns, in disguise too, and
// what is no header.
func (p Profile) checkHeader(name string, values []string) error {
	if !token(name) {
		return &InvalidError{Field: "header", Reason: "has a name that is not an HTTP token"}
	}
	if reason := p.whyRefused(name); reason != "" {
		return &InvalidError{Field: headerField(name), Reason: reason}
	}
	if slices.ContainsFunc(values, hasControl) {
		return &InvalidError{Field: headerField(name), Reason: "has a control character in its value"}
	}
	return nil
}

// headerField names a header in an InvalidError.
func headerField(name string) string { return "header " + textproto.CanonicalMIMEHeaderKey(name) }

func hasControl(v string) bool {
	return strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// token reports whether s is an HTTP token (RFC 9110, 5.6.2).
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// canonical copies h with canonical names. Nothing can be appended to its values
// in place, since all calls share them.
func canonical(h http.Header) http.Header {
	c := make(http.Header, len(h))
	addCanonical(c, h)
	for name, values := range c {
		c[name] = slices.Clip(values)
	}
	return c
}

// addCanonical replaces in h what more names, by canonical names.
func addCanonical(h, more http.Header) {
	for name := range more {
		h.Del(name)
	}
	for name, values := range more {
		for _, v := range values {
			h.Add(name, v)
		}
	}
}
