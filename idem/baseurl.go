package idem

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// BaseURL returns the API's URL as the engine calls it, without a slash at its
// end.
func (e *Engine) BaseURL() string { return e.base }

// parseBaseURL refuses what would send credentials in the clear or elsewhere
// (R20), and what could never be reached. The error does not repeat the URL,
// which may hold a password.
func parseBaseURL(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return nil, badBaseURL("has a blank, a control character or a backslash")
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, badBaseURL("is not an absolute URL")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return nil, badBaseURL("is not https (http is allowed to a loopback host only)")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		return nil, badBaseURL("has a user, a query or a fragment")
	case u.Port() != "" && !validPort(u.Port()):
		return nil, badBaseURL("has a port outside of 1 to 65535")
	}
	u.Host = strings.ToLower(u.Host)
	if hasUsualPort(u) { // in a journal, too, the account is the same with it as without
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.EscapedPath(), "/")
	if !plainPath(u) {
		return nil, badBaseURL("has a path with an empty segment, a dot segment or a control character")
	}
	if u.RawPath == (&url.URL{Path: u.Path}).EscapedPath() {
		u.RawPath = "" // the path's usual form needs no other
	}
	return u, nil
}

func badBaseURL(reason string) error { return &InvalidError{Field: "base URL", Reason: reason} }

func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// hasUsualPort reports whether a URL has no port, or the one that is its
// scheme's anyway.
func hasUsualPort(u *url.URL) bool {
	port := u.Port()
	return port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80"
}

// plainPath reports whether a path means the same to all who read it: servers
// and proxies resolve dots and empty segments, also encoded ones, in their own
// ways.
func plainPath(u *url.URL) bool {
	if u.Path == "" {
		return true
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(u.RawPath, "/"), "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "" || plain == "." || plain == ".." || strings.ContainsFunc(plain, isControl) {
			return false
		}
	}
	return true
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func loopback(host string) bool {
	host = strings.TrimSuffix(host, ".")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
