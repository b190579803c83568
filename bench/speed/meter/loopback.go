package meter

import (
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

// Loopback starts a server that answers over HTTP/1.1 with as little work as
// net/http allows. The caller closes it.
func Loopback() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			panic(http.ErrAbortHandler) // the client has gone
		}
		w.Header()["Content-Type"] = []string{"application/json"}
		w.Header()["Bardge-Request-Id"] = []string{requestID}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, answer) // the client reads it, or fails
	}))
}

// Network returns a transport for [Loopback], whose pool holds so many callers'
// connections, for as long as this SDK would keep them.
func Network(callers int) *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: callers, IdleConnTimeout: 30 * time.Second}
}
