package doctor

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// HostPort returns the host and port of a URL; empty if it is none.
func HostPort(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Route returns which way requests take to the server.
func (at *Path) Route(baseURL string) Fact {
	f := Fact{Verdict: Confirmed, Subject: "route"}
	host, environment := HostPort(baseURL), environmentProxy(baseURL)
	switch {
	case at.FirstHop == "":
		f.Verdict, f.Seen = NotTried, "the client's RoundTripper does not report which way requests take"
	case at.FirstHop != host && at.FirstHop == environment:
		f.Verdict, f.Seen = Noted, fmt.Sprintf("through the proxy %s, which the environment names", Plain(at.FirstHop))
	case at.FirstHop != host:
		f.Verdict, f.Seen = Noted, fmt.Sprintf("through the proxy %s, which the transport names", Plain(at.FirstHop))
	case environment != "":
		f.Verdict = Noted
		f.Seen = fmt.Sprintf("directly: the transport ignores the environment's proxy %s", Plain(environment))
	default:
		f.Seen = "directly to " + host
	}
	switch {
	case at.FirstHop == "":
	case at.Remote == "":
		f.Verdict, f.Seen = NotTried, f.Seen+", but no connection came about"
	case at.FirstHop == host && at.Remote != host:
		f.Seen += " (" + Plain(at.Remote) + ")"
	}
	return f
}

// environmentProxy is the host and port of the proxy that HTTPS_PROXY,
// HTTP_PROXY and NO_PROXY name for a URL; empty: none.
func environmentProxy(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil {
		return ""
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err != nil || proxy == nil {
		return ""
	}
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
	}
	return net.JoinHostPort(proxy.Hostname(), port)
}

// TLS returns what TLS is in use.
func (at *Path) TLS(baseURL string) Fact {
	f := Fact{Verdict: Confirmed, Subject: "TLS"}
	switch {
	case at.HasTLS && at.Unverified:
		f.Verdict, f.Seen = Differs, tls.VersionName(at.Version)+", but the certificate is not verified"
		f.Advice = "Remove InsecureSkipVerify from the transport: anyone on the way can read the API key."
	case at.HasTLS:
		f.Seen = fmt.Sprintf("%s, certificate verified, issued by %q", tls.VersionName(at.Version), at.Issuer)
	case at.Rejected != "":
		f.Verdict, f.Seen = Differs, fmt.Sprintf("the certificate is not accepted, issued by %q", at.Rejected)
	case strings.HasPrefix(baseURL, "http:"):
		f.Verdict, f.Seen = Noted, "none: the base URL is http, to this machine"
	default:
		f.Verdict, f.Seen = NotTried, "no connection shows it"
	}
	return f
}

// HTTP returns which version of HTTP is in use.
func (at *Path) HTTP() Fact {
	f := Fact{Verdict: Confirmed, Subject: "HTTP"}
	switch {
	case at.FirstHop == "" || at.Remote == "" && !at.HasTLS:
		f.Verdict, f.Seen = NotTried, "no connection shows its version"
	case at.Protocol == "h2":
		f.Verdict, f.Seen = Differs, "HTTP/2, by a RoundTripper of the client's own"
		f.Advice = "Less can be proven about what left the machine: " +
			"give WithHTTPClient an *http.Transport, which is cloned for HTTP/1.1."
	default:
		f.Seen = "HTTP/1.1, as the SDK needs to prove what left the machine"
	}
	return f
}

// Between returns what the headers show of proxies and caches.
func (s *Headers) Between() Fact {
	f := Fact{Verdict: Confirmed, Subject: "intermediaries"}
	names := strings.Join(s.Passed(), ", ")
	switch {
	case s.Responses == 0:
		f.Verdict, f.Seen = NotTried, "no response shows them"
	case s.Cached > 0:
		f.Verdict = Differs
		f.Seen = fmt.Sprintf("%d of %d responses come from a cache (%s)", s.Cached, s.Responses, names)
		f.Advice = "Have the API's responses excluded from the cache: " +
			"what it stores is out of date, and may be another account's."
	case names != "":
		f.Verdict, f.Seen = Noted, "a proxy or content delivery network forwards: "+names
	default:
		f.Seen = "no header of a proxy or a cache"
	}
	return f
}

// RequestIDs returns whether responses have ids of their own, in a header.
func (s *Headers) RequestIDs(header string) Fact {
	f := Fact{Verdict: Confirmed, Subject: "request ids"}
	f.Seen = fmt.Sprintf("%s in %d of %d responses", header, s.WithID, s.Responses)
	switch {
	case s.Responses == 0:
		f.Verdict, f.Seen = NotTried, "no response shows them"
	case s.WithID < s.Responses:
		f.Verdict = Differs
		f.Advice = "Without the id the vendor's support cannot find a request; a proxy may remove the header."
	case s.Repeated > 0:
		f.Verdict, f.Seen = Differs, f.Seen+fmt.Sprintf(", but %d repeat another one's", s.Repeated)
		f.Advice = "A cache or a proxy may send stored responses."
	default:
		f.Seen += ", each its own"
	}
	return f
}

// maxSkew is how far clocks may be apart: the SDK allows for 5 s where another
// process has written the time of a key.
const maxSkew = 5 * time.Second

// Fact returns how far the clocks are apart.
func (s Skew) Fact() Fact {
	f := Fact{Verdict: Confirmed, Subject: "clock"}
	low, high := s.Low.Round(time.Millisecond), s.High.Round(time.Millisecond)
	switch {
	case s.Samples == 0:
		f.Verdict, f.Seen = NotTried, "no response has a Date"
	case s.Disagree:
		f.Verdict = Noted
		f.Seen = fmt.Sprintf("the Dates of %d responses do not agree: between %s and %s of this machine's clock",
			s.Samples, signed(low), signed(high))
	default:
		f.Seen = fmt.Sprintf("the server's is between %s and %s of this machine's (%d responses)",
			signed(low), signed(high), s.Samples)
	}
	if s.Least() > maxSkew {
		f.Verdict = Differs
		f.Advice = "Set this machine's clock by NTP. " +
			"The age of a key that another process has stored (SentKey, journals) allows for clocks that differ by 5 s."
	}
	return f
}

// signed returns a duration with its direction in words.
func signed(d time.Duration) string {
	if d < 0 {
		return fmt.Sprintf("%v behind", -d)
	}
	return fmt.Sprintf("%v ahead", d)
}
