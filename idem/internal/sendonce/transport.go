package sendonce

import (
	"crypto/tls"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

const (
	dialTimeout    = 10 * time.Second
	idleTimeout    = 30 * time.Second
	tlsHandshake   = 10 * time.Second
	continueWait   = time.Second
	headerMaxBytes = 1 << 20
	defaultMaxIdle = 100 // of http.DefaultTransport
)

// transports are the ways an attempt can take.
type transports struct {
	pooled http.RoundTripper
	// fresh gives every request a connection of its own, for attempts that
	// follow one that failed on a pooled connection (R17). With a RoundTripper
	// of the caller's own it is the same as pooled.
	fresh http.RoundTripper
	// own: the connections are tracked.
	own bool
	// distrust: mutations get a connection of their own (R30).
	distrust *distrust
	// idle closes the pool's idle connections; nil without tracked connections.
	idle func()
}

// newTransports clones an *http.Transport (nil: the default one), and takes any
// other RoundTripper as it is.
func newTransports(rt http.RoundTripper) transports {
	if t, ok := rt.(*http.Transport); rt == nil || ok && t == nil {
		rt = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSHandshakeTimeout:    tlsHandshake,
			ExpectContinueTimeout:  continueWait,
			MaxResponseHeaderBytes: headerMaxBytes,
		}
	}
	d := new(distrust)
	base, ok := rt.(*http.Transport)
	if !ok {
		return transports{pooled: rt, fresh: rt, distrust: d}
	}
	pooled, fresh := hardenTransport(base, d), hardenTransport(base, d)
	fresh.MaxIdleConnsPerHost = -1
	return transports{pooled: pooled, fresh: fresh, own: true, distrust: d, idle: pooled.CloseIdleConnections}
}

// hardenTransport clones t and gives it what R25 requires: HTTP/1.1, so that
// giving up a request takes its connection along; connections that count,
// refuse late writes and close without delivering; idle ones kept 30 s at most,
// which alone bounds their number unless the caller has set one.
func hardenTransport(base *http.Transport, d *distrust) *http.Transport {
	t := base.Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{}
	}
	t.TLSClientConfig.NextProtos = []string{"http/1.1"}
	t.TLSClientConfig.MinVersion = max(t.TLSClientConfig.MinVersion, tls.VersionTLS12)
	if t.IdleConnTimeout == 0 || t.IdleConnTimeout > idleTimeout {
		t.IdleConnTimeout = idleTimeout
	}
	if t.MaxIdleConnsPerHost == 0 {
		t.MaxIdleConnsPerHost = math.MaxInt
	}
	if base == http.DefaultTransport && t.MaxIdleConns == defaultMaxIdle {
		t.MaxIdleConns = 0 // Go's default, not the caller's choice
	}
	trackDials(t, d)
	nameProxyStatus(t)
	return t
}

// distrustTime is how long mutations get connections of their own after a
// response came that no request caused (R30).
const distrustTime = 10 * time.Minute

// distrust is what a pool remembers of a host that sent a response too many.
type distrust struct {
	until atomic.Int64 // by the monotonic clock
	news  atomic.Bool  // since the last event
}

// note begins the time anew.
func (d *distrust) note() {
	d.until.Store(int64(clock.Clock{}.Now().Mono + distrustTime))
	d.news.Store(true)
}

// holds reports whether the time has not passed yet.
func (d *distrust) holds(now clock.Timestamp) bool {
	until := d.until.Load() // zero: it never began
	return until != 0 && int64(now.Mono) < until
}
