package idem

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func TestJ2_ARequestIsTheSameInAllItsParts(t *testing.T) {
	entryOf := func(change func(*Request)) entry {
		r := Request{
			Operation: Operation{Name: "op"}, Method: "POST", Path: "/op",
			Query: url.Values{"q": {"1"}}, Body: []byte(`{"a":1}`),
		}
		change(&r)
		return entry{Record: journal.Record{Operation: r.Operation.Name}, payload: payload{Digest: digest(r)}}
	}
	one := entryOf(func(*Request) {})
	assert.True(t, one.same(entryOf(func(r *Request) { r.Body = []byte(` { "a" : 1 } `) })))
	for name, change := range map[string]func(*Request){
		"operation": func(r *Request) { r.Operation.Name = "another" },
		"method":    func(r *Request) { r.Method = "PUT" },
		"path":      func(r *Request) { r.Path = "/another" },
		"query":     func(r *Request) { r.Query = url.Values{"q": {"2"}} },
		"body":      func(r *Request) { r.Body = []byte(`{"a":2}`) },
	} {
		assert.False(t, one.same(entryOf(change)), name)
	}
}

func TestJ2_NumbersAreComparedToTheLetter(t *testing.T) {
	for one, another := range map[string]string{
		`{"id":9007199254740993}`: `{"id":9007199254740992}`, // the same in floating point
		`{"amount":1.0}`:          `{"amount":1}`,
	} {
		assert.NotEqual(t, digest(Request{Body: []byte(one)}), digest(Request{Body: []byte(another)}),
			"%s and %s", one, another)
	}
}

func TestRef_IsPartOfTheRecordsName(t *testing.T) {
	for id, ref := range map[string]string{
		journal.RefID("order-1"): "order-1", journal.RefID("key:1"): "key:1", journal.KeyID("ref:1"): "", journal.KeyID("1"): "", "call:1": "",
	} {
		assert.Equal(t, ref, journal.Record{ID: id}.Ref(), id)
	}
}

func TestRef_IsATextThatADatabaseCanKeep(t *testing.T) {
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		for ref, bad := range map[string]bool{
			"order-1": false, "Bestellung äöü": false, "a\x00b": true, "\xff": true,
			strings.Repeat("x", 1024): false, strings.Repeat("x", 1025): true,
		} {
			r := w.do(ofRef(post(Keyed), ref))
			if !bad {
				require.NoError(t, r.Err)
				continue
			}
			assertInvalid(t, "ref", r.Err)
			assert.NotContains(t, r.Err.Error(), ref)
			assert.Equal(t, OutcomeNotSent, r.Outcome, "J16")
		}
	}, func(c *Config) { c.Journal = journal.NewMemory() })
}

func TestR6_AKeyThatTheProfileDoesNotTakeIsNotSent(t *testing.T) {
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		assertInvalid(t, "idempotency key", w.do(ofKey(post(Keyed), freshKey(t, strings.Repeat("k", 256)))).Err)
		assert.Zero(t, w.hits.Load())
	})
}

// A request goes where its parts, put together as text, lead: the
// path is sent as it is.
func TestR3_TheAddressIsThatOfItsParts(t *testing.T) {
	query := url.Values{"q": {"1 2", "3"}, "a/b": {"ä&"}}
	for _, base := range []string{
		"https://api.example.com", "https://api.example.com:/v3", "https://api.example.com:8443/v3/business/",
		"http://127.0.0.1:80/a%2Fb", "https://[::1]/%C3%A4%20b",
	} {
		for _, path := range []string{"/op", "/clients/a%2Fb%20c/bookings", "/%C3%A4/x;y=1,2", "/100%25", "/a+b"} {
			e, err := New(Config{Profile: testProfile(), BaseURL: base})
			require.NoError(t, err)
			for _, q := range []url.Values{nil, query} {
				c := e.newOperation(t.Context(), &Call{Request: Request{Method: http.MethodPost, Path: path, Query: q}})
				got, err := c.newURL()
				require.NoError(t, err)
				want, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url(), http.NoBody)
				require.NoError(t, err)
				want.URL.Host = want.Host
				assert.Equal(t, want.URL.String(), got.String())
				assert.Equal(t, want.URL.RequestURI(), got.RequestURI())
				assert.Equal(t, want.Host, got.Host)
			}
		}
	}
}

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
		"https://api.example.com:443/v3":      "https://api.example.com/v3/op",
		"https://api.example.com:80/v3":       "https://api.example.com:80/v3/op",
		"https://api.example.com/a%2Fb/c%20d": "https://api.example.com/a%2Fb/c%20d/op",
		"https://api.example.com/a%2Fb//":     "https://api.example.com/a%2Fb/op",
		"https://api.example.com/a..b/.c":     "https://api.example.com/a..b/.c/op",
		"http://localhost:8080":               "http://localhost:8080/op",
		"http://LOCALHOST/v3":                 "http://localhost/v3/op",
		"http://LocalHost.":                   "http://localhost./op",
		"http://127.0.0.1:65535":              "http://127.0.0.1:65535/op",
		"http://127.8.9.10":                   "http://127.8.9.10/op",
		"http://[::1]:80":                     "http://[::1]/op",
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
		"http://127.0.0.1.example.com", "http://10.0.0.1", "ftp://127.0.0.1", "https://api.example.com/?",
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
			assertInvalid(t, "base URL", err)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestR6_HeadersOfTheSDKAreRefused_R40_InDisguiseToo(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		for _, name := range []string{
			// What HTTP or the engine owns, and what is no name.
			"Accept-Encoding", "Authorization", "Connection", "CONTENT-LENGTH", "Content-Type", "Expect", "Host", "Keep-Alive",
			"Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
			"idempotency-key", "X-Idempotency-Key", "X-KEY", "", "a b", "a:b",
			"Content_Length", "content_type", "CONTENT_ENCODING", "Transfer_Encoding", "Proxy_Authorization", "Http2_Settings",
			"Idempotency_Key", "x_idempotency_key", "X_Key", "x-kEY", "X_Stored-Response", "Request_ID",
			// What replaces the method.
			"X-HTTP-Method-Override", "x_http_method_override", "X-Method-Override", "Method-Override", "X-HTTP-Method",
			"X-Http_Method", "X-Method", "_method", "-Method", "X-Company-Method-Override",
			// What replaces the target.
			"Forwarded", "X-Forwarded-Host", "X_Forwarded_Host", "X-Forwarded-Proto", "X-Original-URL", "X_Rewrite_URL", "X-Original-URI",
			// What changes the meaning of the response to a repetition.
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
		c := post(Keyed)
		c.Request.Header = http.Header{"X-A": {"v\r\nX-B: w"}}
		assert.ErrorAs(t, w.do(c).Err, new(*InvalidError))
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
		t.Run("R40_"+name, worldTest(says(200, `{}`), func(t *testing.T, w *world) {
			c := post(Keyed)
			c.Request.Header = h
			assert.ErrorContains(t, w.do(c).Err, "in disguise")
			assert.Zero(t, w.hits.Load())
		}, func(c *Config) { c.Header = http.Header{"User-Agent": {"own"}, "X-Tenant": {"a"}} }))
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
