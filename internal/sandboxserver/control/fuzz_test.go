package control

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
)

// FuzzControl proves that any request gets a response in JSON, that none that
// comes from elsewhere gets more than a refusal, and that the sandbox goes on.
func FuzzControl(f *testing.F) {
	for _, seed := range []struct{ method, path, query, host, origin, body string }{
		{"GET", "ledger", "since=1&limit=2", host, "", ""},
		{"POST", "expect", "", host, origin, `{"expectations":[{"match":{"operation":"IssuePass"},"exactly":1}]}`},
		{"POST", "expect/sequence", "", host, "", `{"steps":[{"key":"k"}]}`},
		{"POST", "faults", "", host, "", `{"faults":[{"operation":"IssuePass","fault":"delay=1s","phase":"after"}]}`},
		{"PUT", "faults/random", "", host, "", `{"rate":0.5,"faults":["refuse"]}`},
		{"POST", "clock/advance", "", host, "", `{"by":"91s"}`},
		{"PUT", "outage", "", host, "", `{"for":"1s"}`},
		{"POST", "reset", "", host, "", `{"parts":["ledger"]}`},
		{"PATCH", "accounts/%ff", "", host, "", `{"enabled":true}`},
		{"GET", "..//%2e%2e/\x00", "%zz", "evil.com", "null", "{"},
	} {
		f.Add(seed.method, seed.path, seed.query, seed.host, seed.origin, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, path, query, from, page, body string) {
		if strings.Contains(body, "wait") || strings.Contains(path, "stream") {
			return // these take their time
		}
		g := newRig(t, sandbox.WithKeyMemory(time.Second))
		r := &http.Request{
			Method: method, Host: from, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			URL: &url.URL{Path: Prefix + path, RawQuery: query}, Body: http.NoBody,
		}
		r = r.WithContext(t.Context())
		if body != "" {
			r.Body = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)).Body
			r.Header.Set("Content-Type", "application/json")
		}
		if page != "" {
			r.Header.Set("Origin", page)
		}
		response := g.serve(r)
		elsewhere := from != host && from != "localhost:8787" && from != "[::1]:8787" || page != "" && page != "http://"+from
		if elsewhere {
			require.Equal(t, http.StatusForbidden, response.Code)
		}
		if response.Code < 300 || response.Code >= 400 { // net/http redirects odd paths
			require.True(t, json.Valid(response.Body.Bytes()), response.Body.String())
		}
		assert.True(t, response.Code < 500 || response.Code == http.StatusNotImplemented, response.Code)
		g.sandbox.Up()
		require.NoError(t, g.sandbox.Control().Reset())
		assert.Equal(t, http.StatusCreated, g.issue("k"))
	})
}
