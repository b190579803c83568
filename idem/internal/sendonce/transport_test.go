package sendonce

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
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
	for name, row := range map[string]struct {
		base string
		with func(*http.Transport)
	}{
		"DialContext": {base: "http://localhost:1", with: func(t *http.Transport) {
			t.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, errDial }
		}},
		"Dial": {base: "http://localhost:1", with: func(t *http.Transport) {
			t.Dial = func(string, string) (net.Conn, error) { return nil, errDial } //nolint:staticcheck // a caller may still set it
		}},
		"DialTLSContext": {base: "https://localhost:1", with: func(t *http.Transport) {
			t.DialTLSContext = func(context.Context, string, string) (net.Conn, error) { return nil, errDial }
			t.DialTLS = func(string, string) (net.Conn, error) { panic("the older one") } //nolint:staticcheck // as above
		}},
		"DialTLS": {base: "https://localhost:1", with: func(t *http.Transport) {
			t.DialTLS = func(string, string) (net.Conn, error) { return nil, errDial } //nolint:staticcheck // as above
		}},
	} {
		t.Run(name, func(t *testing.T) {
			rt := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
			row.with(rt)
			e := over(t, row.base, rt)
			assert.ErrorIs(t, e.Err, errDial)
			assert.Equal(t, ProofNoConn, e.Proof)
		})
	}
}

// otherState is a connection whose TLS library has a state of its own type.
type otherState struct{ net.Conn }

func (otherState) ConnectionState() struct{ NegotiatedProtocol string } {
	return struct{ NegotiatedProtocol string }{"h2"}
}

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

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// elsewhere redirects one path, answers all others, and notes the requests.
func elsewhere(seen *[]string, status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*seen = append(*seen, r.Method+" "+r.URL.Path+" "+string(body)+r.Header.Get("Referer"))
		if r.URL.Path == "/op" {
			w.Header().Set("Location", to)
			says(status, strings.Repeat("x", 2*maxBody))(w, r)
			return
		}
		says(http.StatusOK, `{}`)(w, r)
	}
}

func TestR20_AReadKeepsItsMethodWhereItIsRedirected(t *testing.T) {
	for status, keeps := range map[int]bool{
		http.StatusMovedPermanently: false, http.StatusFound: false, http.StatusSeeOther: false,
		http.StatusTemporaryRedirect: true, http.StatusPermanentRedirect: true, http.StatusNotModified: false,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(fmt.Sprint(method, " ", status), func(t *testing.T) {
				var seen []string
				inWorld(t, elsewhere(&seen, status, "/other"), func(t *testing.T, w *world) {
					s := sending{session: w.Session, method: method, request: Request{ReadOnly: true}}
					if method == http.MethodPost {
						s.body = `{"a":1}`
					}
					e := s.send(t.Context(), w.url)
					require.NoError(t, e.Err)
					want := []string{method + " /op " + s.body}
					if keeps || method == http.MethodGet && status != http.StatusNotModified {
						assert.Equal(t, http.StatusOK, e.Status)
						assert.False(t, e.TooLarge, "the response that led elsewhere is forgotten")
						want = append(want, method+" /other "+s.body)
					} else {
						assert.Equal(t, status, e.Status)
					}
					assert.Equal(t, want, seen)
				})
			})
		}
	}
}

func TestR20_AMutationIsNotRedirected(t *testing.T) {
	for status := 300; status < 310; status++ {
		var seen []string
		inWorld(t, elsewhere(&seen, status, "/other"), func(t *testing.T, w *world) {
			assert.Equal(t, status, w.post(t).Status)
			assert.Len(t, seen, 1)
		})
	}
}

func TestR20_ARedirectionWithoutEndIsLeft(t *testing.T) {
	inWorld(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/op", http.StatusTemporaryRedirect)
	}, func(t *testing.T, w *world) {
		assert.Equal(t, http.StatusTemporaryRedirect, w.get(t).Status)
		assert.EqualValues(t, 10, w.hits.Load())
	})
}

func TestR20_AnotherOriginIsOfAnotherSchemeOrHost(t *testing.T) {
	from, err := url.Parse("https://api.example.com/op")
	require.NoError(t, err)
	get := Request{Method: http.MethodGet, ReadOnly: true}
	for location, to := range map[string]string{
		"https://api.example.com/other": "https://api.example.com/other", "next?a=b": "https://api.example.com/next?a=b",
		"http://api.example.com/op": "", "https://www.example.com/op": "", "https://api.example.com:8443/op": "",
		"//www.example.com/op": "", "": "", "https://api.example.com/%zz": "",
	} {
		e := Evidence{Status: http.StatusFound, Header: http.Header{"Location": {location}}}
		next := get.redirect(from, 1, &e)
		if to == "" {
			assert.Nil(t, next, location)
			continue
		}
		require.NotNil(t, next, location)
		assert.Equal(t, to, next.String())
	}
}
