package sendonce

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// otherState is a connection whose TLS library has a state of its own type.
type otherState struct{ net.Conn }

func (otherState) ConnectionState() struct{ NegotiatedProtocol string } {
	return struct{ NegotiatedProtocol string }{"h2"}
}

// layer is a wrapper that says what is beneath.
type layer struct{ net.Conn }

func (l layer) NetConn() net.Conn { return l.Conn }

func TestTransport_ACallersDialerThatNegotiatesHTTP2(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(url string, trusting *http.Transport, proto *atomic.Value) {
		config := trusting.TLSClientConfig.Clone()
		config.NextProtos, config.ServerName = []string{"h2", "http/1.1"}, "example.com"
		shaken := func(ctx context.Context, network, addr string) (net.Conn, error) {
			return (&tls.Dialer{Config: config}).DialContext(ctx, network, addr)
		}
		over1 := func(wrap func(net.Conn) net.Conn) func(ctx context.Context, network, addr string) (net.Conn, error) {
			return func(ctx context.Context, network, addr string) (net.Conn, error) {
				c, err := shaken(ctx, network, addr)
				if err != nil {
					return nil, err
				}
				return wrap(c), nil
			}
		}
		for name, dial := range map[string]func(ctx context.Context, network, addr string) (net.Conn, error){
			"its TLS connection": shaken,
			"one that has not shaken hands": func(ctx context.Context, network, addr string) (net.Conn, error) {
				c, err := new(net.Dialer).DialContext(ctx, network, addr)
				if err != nil {
					return nil, err
				}
				return tls.Client(c, config), nil
			},
			"in a layer":             over1(func(c net.Conn) net.Conn { return layer{layer{c}} }),
			"of another TLS library": over1(func(c net.Conn) net.Conn { return otherState{c} }),
		} {
			t.Run(name, func(t *testing.T) {
				e := over(t, url, &http.Transport{DialTLSContext: dial})
				assert.Equal(t, ProofNoConn, e.Proof)
				assert.Equal(t, Cause{Reason: "the caller's dialer negotiated HTTP/2", Permanent: true}, e.Cause)
				assert.Nil(t, proto.Load(), "no request")
			})
		}
		config.NextProtos = []string{"http/1.1"}
		assert.NoError(t, over(t, url, &http.Transport{DialTLSContext: shaken}).Err)
	})
}

// A client whose transport is Go's default gets a clone of it, settings and
// all.
func TestTransport_GosDefaultIsCloned(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(url string, trusting *http.Transport, _ *atomic.Value) {
		before := http.DefaultTransport
		defer func() { http.DefaultTransport = before }()
		http.DefaultTransport = trusting // as a company does that has a CA of its own
		trusting.MaxIdleConns = defaultMaxIdle
		require.NoError(t, over(t, url, http.DefaultTransport).Err)
		assert.Error(t, over(t, url, nil).Err, "the SDK's own has other roots")

		own := newTransports(http.DefaultTransport).pooled.(*http.Transport)
		assert.Zero(t, own.MaxIdleConns, "Go's own limit is none that a caller has set")
		assert.Equal(t, defaultMaxIdle, trusting.MaxIdleConns)

		http.DefaultTransport = transportFunc(func(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed })
		assert.ErrorIs(t, over(t, url, http.DefaultTransport).Err, http.ErrServerClosed, "another one is used as it is")
	})
}

func TestTransport_TimeAloneBoundsTheIdleConnections(t *testing.T) {
	pooled := newTransports(nil).pooled.(*http.Transport)
	assert.Zero(t, pooled.MaxIdleConns)
	assert.Greater(t, pooled.MaxIdleConnsPerHost, 1<<20)
	assert.Equal(t, idleTimeout, pooled.IdleConnTimeout)

	set := newTransports(&http.Transport{MaxIdleConns: 100, MaxIdleConnsPerHost: 7}).pooled.(*http.Transport)
	assert.Equal(t, 100, set.MaxIdleConns, "what a caller has set is kept")
	assert.Equal(t, 7, set.MaxIdleConnsPerHost)
}

// transportFunc is a RoundTripper.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
