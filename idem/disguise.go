package idem

import (
	"net/http"
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

// whyRefused says why a caller may not set the header with this name; empty: it
// may.
func (p Profile) whyRefused(name string) string {
	switch {
	case isAny(name, ownedHeaders), isAny(name, []string{p.KeyHeader, p.ReplayHeader, p.RequestIDHeader}):
		return "is set by the SDK or by HTTP itself"
	case isAny(name, overridingHeaders), overridesMethod(name):
		return "may replace the method or the target of the request"
	case isAny(name, conditionalHeaders):
		return "changes what the response to a repetition says"
	default:
		return ""
	}
}

// overridesMethod finds X-HTTP-Method-Override and its variants.
func overridesMethod(name string) bool {
	const suffix = "Method-Override"
	return len(name) >= len(suffix) && sameHeader(name[len(name)-len(suffix):], suffix)
}

func isAny(name string, headers []string) bool {
	for _, h := range headers {
		if sameHeader(name, h) {
			return true
		}
	}
	return false
}

// sameHeader compares the names of two headers with "_" as "-" and without
// case.
func sameHeader(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if foldByte(a[i]) != foldByte(b[i]) {
			return false
		}
	}
	return true
}

func foldByte(b byte) byte {
	switch {
	case b == '_':
		return '-'
	case b >= 'A' && b <= 'Z':
		return b + 'a' - 'A'
	default:
		return b
	}
}

// CheckHeader reports why a request with these headers would be refused: one is
// the engine's or HTTP's own, changes what a response says, or is another one
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
