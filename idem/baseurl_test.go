package idem

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestR20_BaseURLsThatAreTaken(t *testing.T) {
	for given, want := range map[string]string{
		"https://api.example.com":             "https://api.example.com/op",
		"https://api.example.com/v3/":         "https://api.example.com/v3/op",
		"https://api.example.com/v3//":        "https://api.example.com/v3/op",
		"https://api.example.com///":          "https://api.example.com/op",
		"\thttps://api.example.com/v3 \n":     "https://api.example.com/v3/op",
		"HTTPS://API.Example.com/V3":          "https://api.example.com/V3/op",
		"https://api.example.com:8443/v3":     "https://api.example.com:8443/v3/op",
		"https://api.example.com:/v3":         "https://api.example.com/v3/op",
		"https://api.example.com/a%2Fb/c%20d": "https://api.example.com/a%2Fb/c%20d/op",
		"https://api.example.com/a%2Fb//":     "https://api.example.com/a%2Fb/op",
		"https://api.example.com/a..b/.c":     "https://api.example.com/a..b/.c/op",
		"http://localhost:8080":               "http://localhost:8080/op",
		"http://LOCALHOST/v3":                 "http://localhost/v3/op",
		"http://LocalHost.":                   "http://localhost./op",
		"http://127.0.0.1:65535":              "http://127.0.0.1:65535/op",
		"http://127.8.9.10":                   "http://127.8.9.10/op",
		"http://[::1]:80":                     "http://[::1]:80/op",
		"http://[::ffff:127.0.0.1]":           "http://[::ffff:127.0.0.1]/op",
	} {
		t.Run(given, func(t *testing.T) {
			e, err := New(Config{Profile: testProfile(), BaseURL: given})
			require.NoError(t, err)
			c := e.newOperation(t.Context(), &Call{Request: Request{Path: "/op"}})
			to, err := c.newURL()
			require.NoError(t, err)
			assert.Equal(t, want, to.String())
			assert.Equal(t, want, c.url())
		})
	}
}

func TestR20_BaseURLsThatAreRefused(t *testing.T) {
	for _, given := range []string{
		"", " ", "/", "api.example.com", "//api.example.com", "https:", "https://", "https:///v3", "https://:443", "https:api.example.com",
		"ftp://api.example.com", "http://api.example.com", "http://localhost.example.com", "http://0.0.0.0", "http://127.1",
		"https://user:secret@api.example.com", "https://@api.example.com", "https://api.example.com?a=1", "https://api.example.com?",
		"https://api.example.com#a", "https://api.example.com/#",
		"https://api.example.com:0", "https://api.example.com:65536", "https://api.example.com:99999", "https://api.example.com:x",
		"https://api.example.com:-1", "https://api.example.com:99999999999999999999",
		"https://api.example.com/v 3", "https://api.example.com /v3", "https://api.example.com/v3\x00", "https://api.example.com/v3\n/x",
		"https://api.example.com\\v3", "https://api.example.com/v3\\x", "https://api.example.com\x7f",
		"https://api.example.com//v3", "https://api.example.com/v3//business", "https://api.example.com/.", "https://api.example.com/v3/../x",
		"https://api.example.com/%2e%2e/x", "https://api.example.com/v3/%2E", "https://api.example.com/a%00b", "https://api.example.com/a%0d%0ab",
		"https://api.example.com/%zz", "https://api.example.com/%",
	} {
		t.Run(given, func(t *testing.T) {
			_, err := New(Config{Profile: testProfile(), BaseURL: given})
			var invalid *InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, "base URL", invalid.Field)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}
