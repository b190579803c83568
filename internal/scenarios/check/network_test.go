package scenarios

import (
	"bufio"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

// check runs a check with one sample.
func check(t *testing.T, c *bardge.Client) (*bardge.CheckReport, error) {
	t.Helper()
	return bardge.Check(t.Context(), c, bardge.CheckOptions{Samples: 1, CallTimeout: 5 * time.Second})
}

func overHTTPS(t *testing.T) *checked { return newChecked(t, quietTLS, nil) }

// quietTLS serves by TLS, and logs no handshake that a client gives up.
func quietTLS(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	return s
}

func TestCheckShowsTLS(t *testing.T) {
	c := overHTTPS(t)
	report, err := check(t, c.client(bardge.WithHTTPClient(c.server.Client())))
	require.NoError(t, err)
	f := connection(t, report, "TLS")
	assert.Equal(t, bardge.CheckConfirmed, f.Verdict)
	assert.Equal(t, `TLS 1.3, certificate verified, issued by "Acme Co"`, f.Seen)
	assert.Contains(t, connection(t, report, "HTTP").Seen, "HTTP/1.1")
	assert.Zero(t, report.Differs(), report.Text())
}

// A certificate that this machine does not trust names its issuer, such as a
// company's that inspects TLS.
func TestCheckNamesWhoInterceptsTLS(t *testing.T) {
	c := overHTTPS(t)
	report, err := check(t, c.client())
	require.Error(t, err)
	assert.Contains(t, firstLine(report), "is not trusted: TLS is intercepted")
	assert.Contains(t, report.Problem, `Its issuer is "Acme Co".`)
	assert.Contains(t, report.Advice, "Do not switch verification off")
	assert.Equal(t, bardge.CheckDiffers, connection(t, report, "TLS").Verdict)
}

func TestCheckFindsThatCertificatesAreNotVerified(t *testing.T) {
	c := overHTTPS(t)
	careless := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	report, err := check(t, c.client(bardge.WithHTTPClient(&http.Client{Transport: careless})))
	require.NoError(t, err)
	f := connection(t, report, "TLS")
	assert.Equal(t, bardge.CheckDiffers, f.Verdict)
	assert.Contains(t, f.Seen, "the certificate is not verified")
	assert.Equal(t, 1, report.Differs())
}

func TestCheckFindsThatTheServerSpeaksNoTLS(t *testing.T) {
	c := newChecked(t, httptest.NewServer, nil)
	client := newClient(t, c.APIKey, bardge.WithBaseURL(strings.Replace(c.url(), "http:", "https:", 1)))
	report, err := check(t, client)
	require.Error(t, err)
	assert.Contains(t, firstLine(report), "does not speak TLS")
}

// A RoundTripper that speaks HTTP/2 is found, and what one hides that
// reports nothing is not tried.
func TestCheckFindsHTTP2(t *testing.T) {
	c := newChecked(t, func(h http.Handler) *httptest.Server {
		s := httptest.NewUnstartedServer(h)
		s.EnableHTTP2 = true
		s.StartTLS()
		return s
	}, nil)
	inner := c.server.Client().Transport
	report, err := check(t, c.client(bardge.WithHTTPClient(&http.Client{Transport: roundTripper(inner.RoundTrip)})))
	require.NoError(t, err)
	f := connection(t, report, "HTTP")
	assert.Equal(t, bardge.CheckDiffers, f.Verdict)
	assert.Contains(t, f.Seen, "HTTP/2")

	hidden := roundTripper(func(r *http.Request) (*http.Response, error) {
		return inner.RoundTrip(r.Clone(t.Context()))
	})
	report, err = check(t, c.client(bardge.WithHTTPClient(&http.Client{Transport: hidden})))
	require.NoError(t, err)
	for _, subject := range []string{"route", "TLS", "HTTP"} {
		assert.Equal(t, bardge.CheckNotTried, connection(t, report, subject).Verdict, subject)
	}
}

// proxy starts a proxy that answers CONNECT with this status, and returns a
// transport that uses it. With status 200 it tunnels.
func proxy(t *testing.T, c *checked, status string) *http.Transport {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go tunnel(conn, c.server.Listener.Addr().String(), status)
		}
	}()
	transport := c.server.Client().Transport.(*http.Transport).Clone()
	transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: listener.Addr().String()})
	return transport
}

func tunnel(conn net.Conn, server, status string) {
	defer conn.Close()
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		return
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\n\r\n")
	if !strings.HasPrefix(status, "200") {
		return
	}
	far, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		_, _ = io.Copy(far, conn)
		_ = far.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(conn, far)
}

func TestCheckShowsAProxyOnTheWay(t *testing.T) {
	c := overHTTPS(t)
	transport := proxy(t, c, "200 OK")
	report, err := check(t, c.client(bardge.WithHTTPClient(&http.Client{Transport: transport})))
	require.NoError(t, err)
	f := connection(t, report, "route")
	assert.Equal(t, bardge.CheckNoted, f.Verdict)
	assert.Contains(t, f.Seen, "through the proxy 127.0.0.1:")
	assert.Contains(t, f.Seen, "which the transport names")
	assert.Equal(t, bardge.CheckConfirmed, connection(t, report, "TLS").Verdict)
	assert.Zero(t, report.Differs(), report.Text())
}

func TestCheckExplainsAProxyThatRefuses(t *testing.T) {
	c := overHTTPS(t)
	for status, want := range map[string]string{
		"407 Proxy Authentication Required": "The proxy demands credentials (407).",
		"403 Forbidden":                     "A proxy refuses to connect to " + c.server.Listener.Addr().String() + ": proxy refused CONNECT: 403.",
	} {
		transport := proxy(t, c, status)
		report, err := check(t, c.client(bardge.WithHTTPClient(&http.Client{Transport: transport})))
		require.Error(t, err)
		assert.Equal(t, want, report.Problem)
	}
	gone := c.server.Client().Transport.(*http.Transport).Clone()
	gone.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	report, err := check(t, c.client(bardge.WithHTTPClient(&http.Client{Transport: gone})))
	require.Error(t, err)
	assert.Equal(t, "The proxy cannot be reached: proxy not reached: connection refused.", report.Problem)
}

// What is not the API ends the check after two reads, with the likeliest reason.
func TestCheckFindsWhatIsNotTheAPI(t *testing.T) {
	page := func(w http.ResponseWriter, status int, contentType, body string) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	for name, row := range map[string]struct {
		respond http.HandlerFunc
		want    string
	}{
		"a captive portal's page": {
			func(w http.ResponseWriter, _ *http.Request) {
				page(w, 200, "text/html; charset=utf-8", "<html>Sign in</html>")
			},
			"A web page came in place of the API's response (status 200): a captive portal, or a wrong base URL.",
		},
		"a captive portal's redirect": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://portal.example/login", http.StatusFound)
			},
			"The request is redirected elsewhere (status 302): a captive portal, or another base URL.",
		},
		"a portal by the book": {
			func(w http.ResponseWriter, _ *http.Request) { page(w, 511, "text/html", "") },
			"A captive portal responds in the API's place (511).",
		},
		"another path": {
			func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
			"The server does not know this path (status 404, not in the API's error format).",
		},
		"another API": {
			func(w http.ResponseWriter, _ *http.Request) { page(w, 200, "application/json", `{"status":"ok"}`) },
			"A response came that is not the API's (status 200).",
		},
		"a firewall": {
			func(w http.ResponseWriter, _ *http.Request) { page(w, 403, "text/html", "blocked") },
			"The request is refused (status 403, not in the API's error format), perhaps by something before the API.",
		},
		"a gateway without a server": {
			func(w http.ResponseWriter, _ *http.Request) { page(w, 502, "text/html", "bad gateway") },
			"Something before the API responds in its place (status 502, not in the API's error format).",
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(row.respond)
			defer server.Close()
			report, err := check(t, newClient(t, "key_0001", bardge.WithBaseURL(server.URL)))
			require.Error(t, err)
			assert.Equal(t, row.want, report.Problem)
			assert.NotEmpty(t, report.Advice)
		})
	}
}

func TestCheckMeasuresTheServersClock(t *testing.T) {
	for name, row := range map[string]struct {
		by      time.Duration
		verdict bardge.CheckVerdict
		want    string
	}{
		"equal":  {0, bardge.CheckConfirmed, "(10 responses)"},
		"ahead":  {time.Hour, bardge.CheckDiffers, "ahead of this machine's"},
		"behind": {-time.Minute, bardge.CheckDiffers, "behind and"},
		"near":   {3 * time.Second, bardge.CheckConfirmed, "ahead"},
	} {
		t.Run(name, func(t *testing.T) {
			c := changed(t, func(h http.Header) { h.Set("Date", time.Now().Add(row.by).UTC().Format(http.TimeFormat)) })
			report, err := check(t, c.client())
			require.NoError(t, err)
			f := connection(t, report, "clock")
			assert.Equal(t, row.verdict, f.Verdict, f.Seen)
			assert.Contains(t, f.Seen, row.want)
		})
	}
}

func TestCheckFindsHeadersThatAreNotAsTheyShouldBe(t *testing.T) {
	for name, row := range map[string]struct {
		change  func(http.Header)
		subject string
		verdict bardge.CheckVerdict
		want    string
	}{
		"no date":    {func(h http.Header) { h["Date"] = nil }, "clock", bardge.CheckNotTried, "no response has a Date"},
		"no id":      {func(h http.Header) { h.Del("Bardge-Request-Id") }, "request ids", bardge.CheckDiffers, "in 0 of"},
		"one id":     {func(h http.Header) { h.Set("Bardge-Request-Id", "req_1") }, "request ids", bardge.CheckDiffers, "repeat another one's"},
		"a proxy":    {func(h http.Header) { h.Set("Via", "1.1 secret") }, "intermediaries", bardge.CheckNoted, "forwards: Via"},
		"a cache":    {func(h http.Header) { h.Set("Age", "17") }, "intermediaries", bardge.CheckDiffers, "come from a cache (Age)"},
		"a hit":      {func(h http.Header) { h.Set("X-Cache", "HIT from secret") }, "intermediaries", bardge.CheckDiffers, "(X-Cache)"},
		"another id": {func(h http.Header) { h.Set("Bardge-Request-Id", "other") }, "error response", bardge.CheckDiffers, "error.request_id is not the header"},
	} {
		t.Run(name, func(t *testing.T) {
			c := changed(t, row.change)
			report, err := check(t, c.client())
			require.NoError(t, err)
			f := connection(t, report, row.subject)
			assert.Equal(t, row.verdict, f.Verdict, f.Seen)
			assert.Contains(t, f.Seen, row.want)
			assert.NotContains(t, report.Text()+reportJSON(t, report), "secret")
		})
	}
}
