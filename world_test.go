package bardge_test

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/memnet"
)

const (
	basePath  = "/v3/api/business/reseller"
	testKey   = "key-of-the-reseller"
	requestID = "req_01H8XYZABCDE"
)

// A request as the server saw it.
type request struct {
	method, path, query, body string
	header                    http.Header
}

// world is a scripted server in memory and a client for it, in a bubble of
// virtual time.
type world struct {
	client   *bardge.Client
	listener *memnet.Listener

	mu   sync.Mutex
	seen []request
}

// inWorld runs f in a bubble, against a server that answers by steps: one
// request after the other, the last step for all that follow.
func inWorld(t *testing.T, steps []http.HandlerFunc, f func(t *testing.T, w *world), opts ...bardge.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{listener: memnet.Listen()}
		var n atomic.Int64
		server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.keep(r)
			steps[min(int(n.Add(1)), len(steps))-1](rw, r)
		})}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = server.Serve(w.listener)
		}()
		w.client = w.newClient(t, opts...)
		f(t, w)
		w.client.CloseIdleConnections()
		_ = server.Close()
		<-done
	})
}

func (w *world) url() string { return "http://" + w.listener.Addr().String() + basePath }

func (w *world) transport() *http.Transport {
	return &http.Transport{DialContext: w.listener.DialContext}
}

// newClient makes a client for the world's server; opts win.
func (w *world) newClient(t *testing.T, opts ...bardge.Option) *bardge.Client {
	t.Helper()
	all := append([]bardge.Option{
		bardge.WithBaseURL(w.url()),
		bardge.WithHTTPClient(&http.Client{Transport: w.transport()}),
	}, opts...)
	client, err := bardge.New(testKey, all...)
	require.NoError(t, err)
	return client
}

func (w *world) keep(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
}

// requests returns what the server saw so far.
func (w *world) requests() []request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]request(nil), w.seen...)
}

// says answers as the API does.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Bardge-Request-Id", requestID)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// anything answers with what is essential in the answers of all operations.
var anything = says(200, `{"id":"b1","access_code":"x2","lookup_token":"x3","session_id":"x4","copay_purchase_id":"x5",`+
	`"balance":6,"amount":7,"data":[]}`)

// refuses answers with the API's error object.
func refuses(status int, kind, code string) http.HandlerFunc {
	return says(status, `{"error":{"type":"`+kind+`","code":"`+code+
		`","message":"words for people","request_id":"`+requestID+`"}}`)
}

// loses ends the connection without an answer.
func loses(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cuts answers with half of what it promises.
func cuts(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Bardge-Request-Id", requestID)
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"id":"booking_1","session_id":"s1","sta`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func steps(s ...http.HandlerFunc) []http.HandlerFunc { return s }

// errorOf checks what every failed call owes (R21, R22) and returns its error.
func errorOf[T any](t *testing.T, value *T, resp *bardge.Response, err error) *bardge.Error {
	t.Helper()
	assert.Nil(t, value)
	require.NotNil(t, resp)
	var e *bardge.Error
	require.ErrorAs(t, err, &e)
	assert.Same(t, resp, e.Response)
	return e
}
