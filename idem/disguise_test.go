package idem

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestR40_HeadersInDisguiseAreRefused(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		for _, name := range []string{
			// What HTTP or the engine owns.
			"Content_Length", "content_type", "CONTENT_ENCODING", "Transfer_Encoding", "Proxy_Authorization", "Http2_Settings",
			"Idempotency_Key", "x_idempotency_key", "X_Key", "x-kEY", "X_Stored-Response", "Request_ID",
			// What replaces the method.
			"X-HTTP-Method-Override", "x_http_method_override", "X-Method-Override", "Method-Override", "X-HTTP-Method",
			"X-Http_Method", "X-Method", "_method", "-Method", "X-Company-Method-Override",
			// What replaces the target.
			"Forwarded", "X-Forwarded-Host", "X_Forwarded_Host", "X-Forwarded-Proto", "X-Original-URL", "X_Rewrite_URL", "X-Original-URI",
			// What makes the response to a repetition say something else.
			"If-Match", "If_None_Match", "If-Unmodified-Since", "Range", "Content-Range", "Prefer",
		} {
			for _, class := range []Class{Keyed, Idempotent, Safe} {
				c := post(class)
				c.Request.Header = http.Header{name: {"v"}}
				r := w.do(c)
				assert.ErrorAs(t, r.Err, new(*InvalidError), name)
				assert.Equal(t, OutcomeNotSent, r.Outcome)
			}
		}
		assert.Zero(t, w.hits.Load())
	}, func(c *Config) {
		c.Profile.KeyHeader, c.Profile.ReplayHeader, c.Profile.RequestIDHeader = "X-Key", "X-Stored-Response", "Request-Id"
	})
}

func TestR40_TwoNamesOfOneHeaderAreRefused(t *testing.T) {
	for name, h := range map[string]http.Header{
		"two of the call":        {"X-Lane": {"1"}, "X_Lane": {"2"}},
		"one of the engine":      {"User_Agent": {"v"}},
		"another case, disguise": {"x_TENANT": {"v"}},
	} {
		t.Run("R40_"+name, func(t *testing.T) {
			inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
				c := post(Keyed)
				c.Request.Header = h
				assert.ErrorContains(t, w.do(c).Err, "in disguise")
				assert.Zero(t, w.hits.Load())
			}, func(c *Config) { c.Header = http.Header{"User-Agent": {"own"}, "X-Tenant": {"a"}} })
		})
	}
}

func TestR40_OtherHeadersAreSent(t *testing.T) {
	var rec recorder
	inWorld(t, rec.then(says(200, `{}`)), func(t *testing.T, w *world) {
		c := post(Keyed)
		names := []string{"X-Lane", "X-Method-Of-Payment", "X-Forwarded-For", "Cookie", "User-Agent", "Accept-Language", "X_Trace"}
		c.Request.Header = http.Header{}
		for _, name := range names {
			c.Request.Header[name] = []string{"v"}
		}
		assert.NoError(t, w.do(c).Err)
		for _, name := range names {
			assert.Equal(t, []string{"v"}, rec.seen[0].header[http.CanonicalHeaderKey(name)], name)
		}
	}, func(c *Config) { c.Header = http.Header{"User-Agent": {"own"}} })
}
