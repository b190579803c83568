package idem

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A request goes where its parts say when they are put together as text: the
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

func TestABadPathOrMethodSendsNothing(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"half an escape": func(r *Request) { r.Path = "/a%2" },
		"no method":      func(r *Request) { r.Method = "" },
		"two words":      func(r *Request) { r.Method = "POST /x" },
	} {
		inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
			in := post(Keyed)
			change(&in.Request)
			r := w.do(in)
			require.Error(t, r.Err, name)
			assert.Equal(t, OutcomeNotSent, r.Outcome, name)
			assert.Empty(t, r.Attempts, name)
			assert.Zero(t, w.hits.Load(), name)
		})
	}
}
