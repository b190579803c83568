package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
)

// console is a running console with one page and one form.
type console struct {
	*testing.T
	web.Ready

	wrote *int // how often the form was taken
}

func start(t *testing.T, allowWrites bool) *console {
	t.Helper()
	c := &console{T: t, wrote: new(int)}
	section := web.Section{Title: "Things", Path: "/things", Register: func(site *web.Site) {
		site.Handle("GET /things", func(w http.ResponseWriter, _ *http.Request) error {
			_, err := io.WriteString(w, "the things")
			return err
		})
		site.Handle("POST /things", func(_ http.ResponseWriter, r *http.Request) error {
			if err := r.ParseForm(); err != nil {
				return web.Invalid("The form cannot be read.")
			}
			*c.wrote++
			return nil
		})
		site.Handle("GET /stream", func(w http.ResponseWriter, r *http.Request) error {
			return site.Stream(w, r, func(ctx context.Context, s *web.Stream) error {
				if err := s.Send(web.Event{ID: "7", Name: "seen", Data: "after " + s.LastID + "\nsecond line"}); err != nil {
					return err
				}
				<-ctx.Done()
				return ctx.Err()
			})
		})
	}}
	c.Ready = serve(t, web.Config{AllowWrites: allowWrites, Sections: []web.Section{section}})
	return c
}

func serve(t *testing.T, config web.Config) web.Ready {
	t.Helper()
	server, err := web.Listen(t.Context(), config)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	var line bytes.Buffer
	require.NoError(t, server.Announce(&line, true))
	var ready web.Ready
	require.NoError(t, json.Unmarshal(line.Bytes(), &ready))
	return ready
}

// send sends a request with these headers, and follows no redirect.
func (c *console) send(method, path string, headers ...string) *http.Response {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, c.Origin+path, nil)
	require.NoError(c, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	require.NoError(c, err)
	c.Cleanup(func() { response.Body.Close() })
	return response
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(body)
}

// raw sends bytes as they are, for what a client library refuses to send.
func (c *console) raw(request string) *http.Response {
	c.Helper()
	conn, err := new(net.Dialer).DialContext(c.Context(), "tcp", strings.TrimPrefix(c.Origin, "http://"))
	require.NoError(c, err)
	defer conn.Close()
	_, err = io.WriteString(conn, request)
	require.NoError(c, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(c, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(c, err)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response
}

func (c *console) port() string {
	u, err := url.Parse(c.Origin)
	require.NoError(c, err)
	return u.Port()
}

// The name of the host is checked first: with the secret, too, no other name is
// answered, as a page has it after DNS rebinding.
func TestAnotherHostNameIsRefused(t *testing.T) {
	c := start(t, true)
	request := func(host string) string {
		return "GET /things HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: " + c.Authorization + "\r\nConnection: close\r\n\r\n"
	}
	for _, host := range []string{"localhost", "127.0.0.1", "[::1]"} {
		assert.Equal(t, http.StatusOK, c.raw(request(host+":"+c.port())).StatusCode, host)
	}
	for name, host := range map[string]string{
		"another name":         "evil.example:" + c.port(),
		"a name that begins":   "localhost.evil.example:" + c.port(),
		"a name that ends":     "evil-localhost:" + c.port(),
		"no port":              "localhost",
		"another port":         "localhost:1",
		"empty":                "",
		"a port alone":         ":" + c.port(),
		"a trailing dot":       "localhost.:" + c.port(),
		"an address with dot":  "127.0.0.1.:" + c.port(),
		"no brackets":          "::1:" + c.port(),
		"another loopback":     "127.0.0.2:" + c.port(),
		"any address":          "0.0.0.0:" + c.port(),
		"an address as number": "2130706433:" + c.port(),
		"capitals":             "LOCALHOST:" + c.port(),
	} {
		response := c.raw(request(host))
		assert.Equal(t, http.StatusForbidden, response.StatusCode, name)
		assert.NotContains(t, text(t, response), "the things", name)
	}
}

// Pages of other origins get nothing, also by GET: those on other ports of this
// machine have a cookie of the same site.
func TestAnotherOriginIsRefused(t *testing.T) {
	c := start(t, true)
	for name, row := range map[string]struct {
		status  int
		headers []string
	}{
		"typed or pasted":      {200, []string{"Sec-Fetch-Site", "none"}},
		"a page of its own":    {200, []string{"Sec-Fetch-Site", "same-origin", "Origin", c.Origin}},
		"a script":             {200, nil},
		"another site":         {403, []string{"Sec-Fetch-Site", "cross-site"}},
		"another port":         {403, []string{"Sec-Fetch-Site", "same-site"}},
		"a link of it":         {403, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}},
		"an old browser":       {403, []string{"Origin", "http://evil.example"}},
		"an origin of another": {403, []string{"Origin", "http://localhost:1"}},
		"an origin of null":    {403, []string{"Origin", "null"}},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			response := c.send(method, "/things", append(row.headers, "Authorization", c.Authorization)...)
			assert.Equal(t, row.status, response.StatusCode, "%s %s", method, name)
			for header := range response.Header {
				assert.NotContains(t, header, "Access-Control", name)
			}
		}
	}
	assert.Equal(t, 3, *c.wrote)
}

func TestNoPageIsForThoseWithoutTheSecret(t *testing.T) {
	c := start(t, true)
	name := "bardge_console_" + c.port()
	secret := strings.TrimPrefix(c.Authorization, "Bearer ")
	for what, headers := range map[string][]string{
		"nothing":               nil,
		"a wrong header":        {"Authorization", "Bearer WRONG"},
		"an empty header":       {"Authorization", ""},
		"the secret as a user":  {"Authorization", "Basic " + secret},
		"no scheme":             {"Authorization", secret},
		"a wrong cookie":        {"Cookie", name + "=WRONG"},
		"an empty cookie":       {"Cookie", name + "="},
		"another port's cookie": {"Cookie", "bardge_console_1=" + secret},
		"a wrong header, the cookie beside it": {
			"Authorization", "Bearer WRONG", "Cookie", name + "=" + secret,
		},
	} {
		for _, path := range []string{"/", "/things", "/stream", "/none", "/things?token=" + secret} {
			response := c.send(http.MethodGet, path, headers...)
			assert.Equal(t, http.StatusUnauthorized, response.StatusCode, "%s, %s", what, path)
			assert.Empty(t, response.Cookies(), what)
		}
		assert.Equal(t, http.StatusUnauthorized, c.send(http.MethodPost, "/things", headers...).StatusCode, what)
	}
	assert.Zero(t, *c.wrote)
	assert.Equal(t, http.StatusOK, c.send(http.MethodGet, "/things", "Authorization", "bearer "+secret).StatusCode)
	assert.Equal(t, http.StatusOK, c.send(http.MethodGet, "/things", "Cookie", "a=b; "+name+"="+secret).StatusCode)
}

// The token works once, for one browser, and leaves the address bar.
func TestTheTokenIsExchangedOnce(t *testing.T) {
	c := start(t, false)
	path := strings.TrimPrefix(c.URL, c.Origin)
	assert.Equal(t, http.StatusUnauthorized, c.send(http.MethodHead, path).StatusCode, "a preview does not use it up")
	assert.Equal(t, http.StatusUnauthorized, c.send(http.MethodGet, "/things"+path[1:]).StatusCode, "another page")
	assert.Equal(t, http.StatusUnauthorized, c.send(http.MethodGet, "/?token=WRONG").StatusCode)
	assert.Equal(t, http.StatusForbidden, c.send(http.MethodGet, path, "Sec-Fetch-Site", "cross-site").StatusCode)

	first := c.send(http.MethodGet, path, "Sec-Fetch-Site", "none")
	assert.Equal(t, http.StatusSeeOther, first.StatusCode)
	assert.Equal(t, "/", first.Header.Get("Location"), "without the token")
	require.Len(t, first.Cookies(), 1)
	cookie := first.Cookies()[0]
	assert.Equal(t, "bardge_console_"+c.port(), cookie.Name)
	assert.True(t, cookie.HttpOnly)
	assert.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	assert.False(t, cookie.Secure, "Safari drops Secure cookies of plain HTTP")
	assert.Zero(t, cookie.MaxAge, "it ends with the browser")
	assert.Empty(t, cookie.Domain)
	assert.NotContains(t, c.URL, cookie.Value, "the token is not the secret")

	again := c.send(http.MethodGet, path)
	assert.Equal(t, http.StatusUnauthorized, again.StatusCode)
	assert.Empty(t, again.Cookies())
	assert.Contains(t, text(t, again), "used already")
	own := c.send(http.MethodGet, path, "Cookie", cookie.Name+"="+cookie.Value)
	assert.Equal(t, http.StatusSeeOther, own.StatusCode, "the same browser opens it again")

	other := start(t, false)
	assert.NotEqual(t, c.Authorization, other.Authorization, "each start has a secret of its own")
}

func TestReadOnlyLetsReadingPassAlone(t *testing.T) {
	for _, allowWrites := range []bool{false, true} {
		c := start(t, allowWrites)
		statuses := map[string]int{}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
			statuses[method] = c.send(method, "/things", "Authorization", c.Authorization).StatusCode
		}
		want := map[string]int{
			"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "PATCH": 405, "DELETE": 405, "OPTIONS": 405, "PROPFIND": 405,
		}
		if allowWrites { // only what there is a form for
			want = map[string]int{
				"GET": 200, "HEAD": 200, "POST": 200, "PUT": 404, "PATCH": 404, "DELETE": 404, "OPTIONS": 404, "PROPFIND": 404,
			}
		}
		assert.Equal(t, want, statuses, "writes: %v", allowWrites)
		assert.Equal(t, allowWrites, *c.wrote == 1)
	}
}

// Refusals have the headers, too: a page of another site must not frame them.
func TestEveryResponseHasTheHeaders(t *testing.T) {
	c := start(t, false)
	for name, response := range map[string]*http.Response{
		"a page":         c.send(http.MethodGet, "/things", "Authorization", c.Authorization),
		"a style":        c.send(http.MethodGet, "/assets/style.css"),
		"a script":       c.send(http.MethodGet, "/assets/htmx.min.js"),
		"no page":        c.send(http.MethodGet, "/none", "Authorization", c.Authorization),
		"no secret":      c.send(http.MethodGet, "/things"),
		"another origin": c.send(http.MethodGet, "/things", "Origin", "http://evil.example"),
		"another host":   c.raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
		"a write":        c.send(http.MethodPost, "/things", "Authorization", c.Authorization),
	} {
		h := response.Header
		policy := h.Get("Content-Security-Policy")
		for _, rule := range []string{
			"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'",
			"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
		} {
			assert.Contains(t, policy, rule, name)
		}
		assert.NotContains(t, policy, "unsafe", name)
		assert.Equal(t, "DENY", h.Get("X-Frame-Options"), name)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), name)
		assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"), name)
		assert.Equal(t, "no-store", h.Get("Cache-Control"), name)
		assert.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), name)
		assert.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), name)
	}
}

func TestALongBodyIsRefused(t *testing.T) {
	c := start(t, true)
	body := "q=" + strings.Repeat("x", 1<<17)
	response := c.raw(fmt.Sprintf("POST /things HTTP/1.1\r\nHost: localhost:%s\r\nAuthorization: %s\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		c.port(), c.Authorization, len(body), body))
	assert.Equal(t, http.StatusBadRequest, response.StatusCode)
	assert.Zero(t, *c.wrote)
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:0", "[::]:0", "127.0.0.2:0", "localhost", "127.0.0.1"} {
		_, err := web.Listen(t.Context(), web.Config{Addr: addr})
		assert.Error(t, err, addr)
	}
	for _, addr := range []string{"", "localhost:0", "127.0.0.1:0"} {
		server, err := web.Listen(t.Context(), web.Config{Addr: addr})
		require.NoError(t, err, addr)
		require.NoError(t, server.Close())
	}
}
