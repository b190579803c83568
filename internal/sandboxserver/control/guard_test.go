package control

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

// loopback is where the guarded server listens.
func loopback(port int) *net.TCPAddr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }

func allowed(g *Guard, host string) bool {
	r := httptest.NewRequest(http.MethodGet, "/_sandbox/health", http.NoBody)
	r.Host = host
	return g.objection(r) == ""
}

func TestTheHostIsExactlyTheSandboxes(t *testing.T) {
	g := GuardOf(loopback(8787), false, false, nil)
	for _, host := range []string{"localhost:8787", "127.0.0.1:8787", "[::1]:8787"} {
		assert.True(t, allowed(g, host), host)
	}
	for _, host := range []string{
		"", "localhost", "127.0.0.1", "[::1]", "::1", "::1:8787", "localhost:", "localhost:8788", "localhost:08787",
		"localhost.:8787", "127.0.0.1.:8787", "localhost:8787.", "LOCALHOST:8787", "evil.com", "evil.com:8787",
		"localhost.evil.com:8787", "127.0.0.1.evil.com:8787", "evil-localhost:8787", "localhost:8787.evil.com",
		"localhost:8787@evil.com", "evil.com#localhost:8787", "127.0.0.2:8787", "127.1:8787", "2130706433:8787",
		"0x7f.0.0.1:8787", "0.0.0.0:8787", "[::]:8787", "[::ffff:127.0.0.1]:8787", "[::1%25lo]:8787", "[::1]8787",
		"[localhost]:8787", "[127.0.0.1]:8787", " localhost:8787", "localhost:8787 ", "localhost\x00:8787",
		"xn--localhost:8787", "ⅼocalhost:8787", "127。0。0。1:8787", "localhost:8787,evil.com", "sandbox:8787",
	} {
		assert.False(t, allowed(g, host), host)
	}
}

func TestTheStandardPortMayBeLeftOut(t *testing.T) {
	assert.True(t, allowed(GuardOf(loopback(80), false, false, nil), "localhost"))
	assert.True(t, allowed(GuardOf(loopback(443), true, false, nil), "[::1]"))
	assert.False(t, allowed(GuardOf(loopback(443), false, false, nil), "localhost"))
}

func TestMoreHostsByName(t *testing.T) {
	g := GuardOf(loopback(8787), false, false, []string{"sandbox", "gateway:9000", "[fd00::1]"})
	for host, ok := range map[string]bool{
		"sandbox:8787": true, "gateway:9000": true, "[fd00::1]:8787": true,
		"sandbox": false, "sandbox:9000": false, "gateway:8787": false, "sandbox.:8787": false,
	} {
		assert.Equal(t, ok, allowed(g, host), host)
	}
	assert.True(t, allowed(GuardOf(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 9), Port: 1}, false, false, nil), "127.0.0.9:1"))
}

func TestListeningAnywhereAllowsTheAddressOfTheConnection(t *testing.T) {
	for anywhere, ok := range map[bool]bool{true: true, false: false} {
		g := GuardOf(&net.TCPAddr{IP: net.IPv4zero, Port: 8787}, false, anywhere, nil)
		r := httptest.NewRequest(http.MethodGet, "/_sandbox/health", http.NoBody)
		local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8787}
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local))
		for host, ok := range map[string]bool{
			"192.0.2.7:8787": ok, "localhost:8787": true, "192.0.2.8:8787": false, "evil.com:8787": false, "0.0.0.0:8787": false,
		} {
			r.Host = host
			assert.Equal(t, ok, g.objection(r) == "", "%s, anywhere: %v", host, anywhere)
		}
	}
}

type notTCP struct{}

func (notTCP) Network() string { return "unix" }
func (notTCP) String() string  { return "socket" }

func TestWithoutAnAddressNothingIsAllowed(t *testing.T) {
	g := GuardOf(notTCP{}, false, true, []string{"sandbox"})
	for _, host := range []string{"", "sandbox", "localhost", "socket"} {
		assert.False(t, allowed(g, host), host)
	}
}

func TestPagesOfOtherOriginsNeitherReadNorWrite(t *testing.T) {
	g := newRig(t)
	for _, row := range []struct {
		name, header, value string
		ok                  bool
	}{
		{"another origin", "Origin", "https://evil.com", false},
		{"another port", "Origin", "http://127.0.0.1:3000", false},
		{"another name of this machine", "Origin", "http://localhost:8787", false},
		{"opaque origin", "Origin", "null", false},
		{"another scheme", "Origin", "https://" + host, false},
		{"an app's scheme", "Origin", "app://" + host, false},
		{"an empty origin", "Origin", "", false},
		{"own origin", "Origin", origin, true},
		{"another site", "Sec-Fetch-Site", "cross-site", false},
		{"the same site", "Sec-Fetch-Site", "same-site", false},
		{"the same origin", "Sec-Fetch-Site", "same-origin", true},
		{"typed by the user", "Sec-Fetch-Site", "none", true},
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
			r := request(method, "clock/advance", "")
			r.Header.Set(row.header, row.value)
			response := g.serve(r)
			assert.Equal(t, row.ok, response.Code != http.StatusForbidden, "%s, %s", row.name, method)
			for name := range response.Header() {
				assert.NotContains(t, name, "Access-Control", "no CORS header, ever")
			}
		}
	}
	for _, second := range []string{"cross-site", "same-origin"} {
		r := request("GET", "ledger", "")
		r.Header["Sec-Fetch-Site"] = []string{"same-origin", second}
		assert.Equal(t, http.StatusForbidden, g.serve(r).Code, "a second value, %s", second)
	}
	for name, value := range map[string]string{"Origin": "https://evil.com", "Sec-Fetch-Site": "cross-site"} {
		r := request("GET", "ledger", "")
		r.Header.Set(name, value)
		assert.Equal(t, http.StatusForbidden, g.serve(r).Code, "a cross-site read")
	}
}

func TestTheHostIsCheckedFirstAndEverywhere(t *testing.T) {
	g := newRig(t)
	for _, path := range []string{"health", "openapi.json", "ledger/stream", "nowhere", "", "../x", "clock/advance"} {
		r := request("POST", path, `{"by":`)
		r.Host = "evil.com:8787"
		r.Header.Set("Origin", "http://evil.com:8787") // as after DNS rebinding
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		response := g.serve(r)
		assert.Equal(t, http.StatusForbidden, response.Code, path)
		assert.Contains(t, response.Body.String(), "Host header", path)
		assert.Equal(t, "no-store", response.Header().Get("Cache-Control"))
	}
}
