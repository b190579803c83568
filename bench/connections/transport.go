package connections

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"sync/atomic"
	"time"
)

type kind struct {
	name string
	make func(config *tls.Config) (rt http.RoundTripper, closeIdle func())
}

// kinds are the ways to connect; the first is the reference.
var kinds = []kind{
	{"own, 100 idle connections", func(c *tls.Config) (http.RoundTripper, func()) {
		return own(&http.Transport{TLSClientConfig: c, MaxIdleConnsPerHost: 100})
	}},
	{"own, as it is", func(c *tls.Config) (http.RoundTripper, func()) {
		return own(&http.Transport{TLSClientConfig: c})
	}},
	{"HTTP/2, not own", func(c *tls.Config) (http.RoundTripper, func()) {
		t := &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true, IdleConnTimeout: 30 * time.Second}
		return foreign{t}, t.CloseIdleConnections
	}},
}

// own is cloned by this SDK, so that the client closes the connections.
func own(t *http.Transport) (http.RoundTripper, func()) { return t, func() {} }

// foreign hides that a transport is net/http's, so that it is not cloned.
type foreign struct{ http.RoundTripper }

func counted(roots *x509.CertPool, handshakes *atomic.Int64) *tls.Config {
	return &tls.Config{
		RootCAs:    roots,
		MinVersion: tls.VersionTLS13,
		VerifyConnection: func(tls.ConnectionState) error {
			handshakes.Add(1)
			return nil
		},
	}
}
