// Package origin compares where URLs lead.
package origin

import (
	"net"
	"net/url"
	"strings"
)

// Of is a URL's scheme, host and port, the same however they are written: in
// capitals, with a default port, or with a dot after the host.
func Of(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	case u.Scheme == "http":
		port = "80"
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return u.Scheme + "://" + net.JoinHostPort(host, port)
}
