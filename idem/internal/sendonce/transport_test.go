package sendonce

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestR25_TrackedConnectionsSpeakHTTP1(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(url string, trusting *http.Transport, proto *atomic.Value) {
		require.NoError(t, over(t, url, trusting).Err)
		assert.Equal(t, "HTTP/1.1", proto.Load(), "a clone of a transport that speaks HTTP/2")
		resp, err := trusting.RoundTrip(httptest.NewRequest(http.MethodGet, url, nil))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, "HTTP/2.0", proto.Load(), "which is left as it was")
		trusting.CloseIdleConnections()
	})
}

func TestTLS_Version12AtLeast(t *testing.T) {
	old := func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }
	overTLS(t, old, func(url string, trusting *http.Transport, proto *atomic.Value) {
		trusting.TLSClientConfig.MinVersion = tls.VersionTLS10
		e := over(t, url, trusting)
		assert.Equal(t, ProofNoConn, e.Proof, "a caller's lower minimum is raised")
		assert.Equal(t, "no TLS version in common", e.Cause.Reason)
		assert.Nil(t, proto.Load())
	})
}

func TestR25_ConnectionsAreKeptIdleForHalfAMinute(t *testing.T) {
	for _, theirs := range []time.Duration{0, time.Hour} {
		inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
			require.NoError(t, w.post(t).Err)
			time.Sleep(29 * time.Second)
			assert.Len(t, w.listener.Conns(), 1)
			time.Sleep(2 * time.Second)
			assert.Empty(t, w.listener.Conns())
		}, func(rt *http.Transport) { rt.IdleConnTimeout = theirs })
	}
}

// lingering remembers what it was set to.
type lingering struct {
	net.Conn
	seconds *int
}

func (l lingering) SetLinger(seconds int) error {
	*l.seconds = seconds
	return nil
}

func TestR25_ALayerOfTLSKeepsNoBytesBack(t *testing.T) {
	seconds := -1
	trackConn(tls.Client(lingering{seconds: &seconds}, &tls.Config{MinVersion: tls.VersionTLS12}), nil)
	assert.Zero(t, seconds)
}

func TestR25_EveryWayToDialIsTaken(t *testing.T) {
	errDial := errors.New("dialled")
	rows := map[string]struct {
		base string
		with func(*http.Transport)
	}{
		"DialContext": {"http://localhost:1", func(t *http.Transport) {
			t.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, errDial }
		}},
		"Dial": {"http://localhost:1", func(t *http.Transport) {
			t.Dial = func(string, string) (net.Conn, error) { return nil, errDial } //nolint:staticcheck // a caller may still set it
		}},
		"DialTLSContext": {"https://localhost:1", func(t *http.Transport) {
			t.DialTLSContext = func(context.Context, string, string) (net.Conn, error) { return nil, errDial }
			t.DialTLS = func(string, string) (net.Conn, error) { panic("the older one") } //nolint:staticcheck // as above
		}},
		"DialTLS": {"https://localhost:1", func(t *http.Transport) {
			t.DialTLS = func(string, string) (net.Conn, error) { return nil, errDial } //nolint:staticcheck // as above
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			rt := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
			row.with(rt)
			e := over(t, row.base, rt)
			assert.ErrorIs(t, e.Err, errDial)
			assert.Equal(t, ProofNoConn, e.Proof)
		})
	}
}
