package sendonce

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// elsewhere redirects one path, and answers all others. It notes what it is
// asked.
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

// A POST that only computes is a read, too.
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
