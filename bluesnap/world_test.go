package bluesnap_test

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/memnet"
)

const (
	testUser     = "API_1234567890"
	testPassword = "correct horse battery"
)

// A request as the server saw it.
type request struct {
	method, path, query, body string
	header                    http.Header
}

func (r request) key() string { return r.header.Get("Idempotency-Key") }

// world is a scripted server in memory, in a bubble of virtual time.
type world struct {
	client   *bluesnap.Client
	listener *memnet.Listener

	mu   sync.Mutex
	seen []request
}

// inWorld runs f in a bubble, against a server that answers by steps: one
// request after the other, the last step for all that follow.
func inWorld(t *testing.T, steps []http.HandlerFunc, f func(t *testing.T, w *world), opts ...bluesnap.Option) {
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
		defer func() {
			_ = server.Close()
			<-done
		}()
		w.client = w.newClient(t, opts...)
		defer w.client.CloseIdleConnections()
		f(t, w)
	})
}

func (w *world) url() string { return "http://" + w.listener.Addr().String() }

func (w *world) transport() *http.Transport {
	return &http.Transport{DialContext: w.listener.DialContext}
}

// newClient makes a client for the world's server; opts win.
func (w *world) newClient(t *testing.T, opts ...bluesnap.Option) *bluesnap.Client {
	t.Helper()
	client, err := bluesnap.New(testUser, testPassword, append([]bluesnap.Option{
		bluesnap.WithBaseURL(w.url()),
		bluesnap.WithHTTPClient(&http.Client{Transport: w.transport()}),
	}, opts...)...)
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

// oneKey checks that all requests so far are the same one, under one key.
func (w *world) oneKey(t *testing.T) {
	t.Helper()
	all := w.requests()
	for _, r := range all {
		assert.NotEmpty(t, r.key())
		assert.Equal(t, all[0], r)
	}
}

// says answers as the API does.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// refuses answers with one of the vendor's messages, whose description repeats
// what was sent.
func refuses(status int, code, name string) http.HandlerFunc {
	return says(status, `{"message":[{"errorName":"`+name+`","code":"`+code+`","description":"card 4263982640269299 no"}]}`)
}

const paid = `{"cardTransactionType":"AUTH_CAPTURE","transactionId":"38504888","amount":11.00,"currency":"USD",` +
	`"creditCard":{"cardLastFourDigits":"9299","cardType":"VISA"},"processingInfo":{"processingStatus":"SUCCESS"}}`

var pays = says(200, paid)

// loses ends the connection without an answer.
func loses(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func steps(s ...http.HandlerFunc) []http.HandlerFunc { return s }

// curl is the request of the vendor's page on idempotency.
func curl() bluesnap.CardTransactionParams {
	return bluesnap.CardTransactionParams{
		Type:           bluesnap.AuthCapture,
		SoftDescriptor: "DescTest",
		Amount:         "11.00",
		Currency:       "USD",
		CardHolderInfo: &bluesnap.CardHolderInfo{
			FirstName: "test first name", LastName: "test last name", Zip: "123456",
		},
		CreditCard: &bluesnap.CreditCard{
			Number: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2023",
		},
	}
}

// errorOf checks what every failed call owes (R21, R22) and returns its error.
func errorOf[T any](t *testing.T, value *T, resp *bluesnap.Response, err error) *bluesnap.Error {
	t.Helper()
	assert.Nil(t, value)
	require.NotNil(t, resp)
	var e *bluesnap.Error
	require.ErrorAs(t, err, &e)
	assert.Same(t, resp, e.Response)
	return e
}

// roundTripper is a base that answers itself.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
