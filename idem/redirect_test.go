package idem

import (
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A POST that only computes is a read, too.
func TestR20_ASafePOSTStaysAPOST(t *testing.T) {
	for status, follows := range map[int]bool{
		http.StatusMovedPermanently: false, http.StatusFound: false, http.StatusSeeOther: false,
		http.StatusTemporaryRedirect: true, http.StatusPermanentRedirect: true,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			var mu sync.Mutex
			var seen []string
			inWorld(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mu.Lock()
				seen = append(seen, r.Method+" "+r.URL.Path+" "+string(body))
				mu.Unlock()
				if r.URL.Path == "/op" {
					http.Redirect(w, r, "/other", status)
					return
				}
				answer(w, 200, `{}`)
			}, func(t *testing.T, w *world) {
				c := read()
				c.Request.Method, c.Request.Body = http.MethodPost, []byte(`{"a":1}`)
				r := w.do(c)
				want := []string{`POST /op {"a":1}`}
				if follows {
					require.NoError(t, r.Err)
					want = append(want, `POST /other {"a":1}`)
				} else {
					assert.Error(t, r.Err)
					assert.Equal(t, "redirected", r.Attempts[0].Reason)
				}
				assert.Equal(t, want, seen)
			})
		})
	}
	inWorld(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/op" {
			http.Redirect(w, r, "/other", http.StatusSeeOther)
			return
		}
		answer(w, 200, `{}`)
	}, func(t *testing.T, w *world) {
		assert.NoError(t, w.do(read()).Err, "a GET may be redirected by any of them")
	})
}
