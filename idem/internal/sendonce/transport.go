package sendonce

import (
	"context"
	"crypto/tls"
	"math"
	"net"
	"net/http"
	"time"
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
	// distrust: mutations get a connection of their own (R30); nil if not own.
	distrust *distrust
	// idle closes the pool's idle connections; nil without tracked connections.
	idle func()
}

// newTransports makes the SDK's own of an *http.Transport (nil: the default
// one), which is cloned and never changed. Any other RoundTripper is used as it
// is.
func newTransports(rt http.RoundTripper) transports {
	if t, ok := rt.(*http.Transport); rt == nil || ok && t == nil {
		rt = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSHandshakeTimeout:    tlsHandshake,
			ExpectContinueTimeout:  continueWait,
			MaxResponseHeaderBytes: headerMaxBytes,
		}
	}
	base, ok := rt.(*http.Transport)
	if !ok {
		return transports{pooled: rt, fresh: rt}
	}
	d := new(distrust)
	pooled, fresh := hardenTransport(base, d), hardenTransport(base, d)
	fresh.MaxIdleConnsPerHost = -1
	return transports{pooled: pooled, fresh: fresh, own: true, distrust: d, idle: pooled.CloseIdleConnections}
}

// hardenTransport clones t and gives it what R25 asks for: HTTP/1.1, so that
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
	wrapDialers(t, d)
	nameProxyStatus(t)
	return t
}

type dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// wrapDialers wraps every way in which t makes connections.
func wrapDialers(t *http.Transport, d *distrust) {
	t.DialContext = wrapDial(dialOf(t), d)
	if t.DialTLSContext != nil || t.DialTLS != nil { //nolint:staticcheck // a caller may still set the old field
		t.DialTLSContext = wrapDial(onlyHTTP1(dialTLSOf(t)), d)
	}
	t.Dial, t.DialTLS = nil, nil //nolint:staticcheck // as above
}

func dialOf(t *http.Transport) dial {
	switch {
	case t.DialContext != nil:
		return carryPanics(t.DialContext)
	case t.Dial != nil: //nolint:staticcheck // a caller may still set the old field
		old := t.Dial //nolint:staticcheck // as above
		return func(_ context.Context, network, addr string) (net.Conn, error) { return old(network, addr) }
	default:
		return (&net.Dialer{Timeout: dialTimeout}).DialContext
	}
}

func dialTLSOf(t *http.Transport) dial {
	if t.DialTLSContext != nil {
		return carryPanics(t.DialTLSContext)
	}
	old := t.DialTLS //nolint:staticcheck // a caller may still set the old field
	return func(_ context.Context, network, addr string) (net.Conn, error) { return old(network, addr) }
}

func wrapDial(next dial, d *distrust) dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := next(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return trackConn(c, d), nil
	}
}
