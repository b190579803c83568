package idem

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// Servers and proxies read "_" in a header's name as "-" (CGI and its
// successors do), and some headers replace the request's method or target. So
// names are compared with "_" as "-" and without case, and what would replace
// them is refused (R40).

// ownedHeaders belong to HTTP or to the engine. A caller's value would change
// how the request is framed, authorized or deduplicated.
var ownedHeaders = []string{
	"Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length", "Content-Type",
	"Expect", "Host", "HTTP2-Settings", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE",
	"Trailer", "Transfer-Encoding", "Upgrade", "Idempotency-Key", "X-Idempotency-Key",
}

// overridingHeaders replace the method or the target of the request at some
// servers.
var overridingHeaders = []string{
	"-Method", "Method", "X-Method", "X-HTTP-Method", "X-HTTP-Verb", "X-Original-Method", "X-Forwarded-Method",
	"Forwarded", "X-Forwarded-Host", "X-Forwarded-Server", "X-Forwarded-Port", "X-Forwarded-Proto",
	"X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Forwarded-Prefix", "X-Forwarded-Path",
	"X-Forwarded-Uri", "X-Forwarded-Url", "X-Host", "X-Original-Host", "X-Original-Uri", "X-Original-Url",
	"X-Rewrite-Uri", "X-Rewrite-Url", "X-Script-Name", "X-Url-Scheme",
}

// conditionalHeaders change what a success looks like or, of a repetition, turn
// the response to an executed request into a refusal: after a PUT with If-Match
// has been executed, its repetition is answered with 412.
var conditionalHeaders = []string{
	"If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
	"Content-Range", "Prefer", "Range",
}

// CheckHeader reports why a request with these headers would be refused: one is
// the engine's or HTTP's own, changes a response's meaning, or is another one
// in disguise (R40). The error is an *InvalidError, or nil.
func (e *Engine) CheckHeader(h http.Header) error {
	for name, values := range h {
		if err := e.profile.checkHeader(name, values); err != nil {
			return err
		}
		if hasTwin(name, h) || hasTwin(name, e.header) {
			return &InvalidError{Field: headerField(name), Reason: "is another header of the call in disguise"}
		}
	}
	return nil
}

func (p Profile) checkHeader(name string, values []string) error {
	const override = "Method-Override" // X-HTTP-Method-Override and its variants
	overrides := len(name) >= len(override) && sameHeader(name[len(name)-len(override):], override)
	var reason string
	switch {
	case !token(name):
		return &InvalidError{Field: "header", Reason: "has a name that is not an HTTP token"}
	case isAny(name, ownedHeaders), isAny(name, []string{p.KeyHeader, p.ReplayHeader, p.RequestIDHeader}):
		reason = "is set by the SDK or by HTTP itself"
	case isAny(name, overridingHeaders), overrides:
		reason = "may replace the method or the target of the request"
	case isAny(name, conditionalHeaders) && !prefersBody(name, values):
		reason = "changes what the response to a repetition says"
	case slices.ContainsFunc(values, hasControl):
		reason = "has a control character in its value"
	default:
		return nil
	}
	return &InvalidError{Field: headerField(name), Reason: reason}
}

// prefersBody reports whether a Prefer chooses only what is in the body of a
// success (RFC 7240, 4.2), as some vendors' SDKs do.
func prefersBody(name string, values []string) bool {
	return strings.EqualFold(name, "Prefer") && !slices.ContainsFunc(values, func(v string) bool {
		return !slices.Contains([]string{"return=minimal", "return=representation"}, strings.ToLower(v))
	})
}

// headerField names a header in an InvalidError.
func headerField(name string) string { return "header " + textproto.CanonicalMIMEHeaderKey(name) }

func isAny(name string, headers []string) bool {
	return slices.ContainsFunc(headers, func(h string) bool { return sameHeader(name, h) })
}

// hasTwin reports whether a header is one of others in disguise: which of the
// two a server reads is not known. A header of the engine may be replaced under
// its own name.
func hasTwin(name string, others http.Header) bool {
	for other := range others {
		if sameHeader(name, other) && !strings.EqualFold(name, other) {
			return true
		}
	}
	return false
}

func sameHeader(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "_", "-"), strings.ReplaceAll(b, "_", "-"))
}

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

// canonical copies h with canonical names. Nothing can be appended to its
// values in place, since all calls share them.
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
