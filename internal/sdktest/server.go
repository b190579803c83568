// Package sdktest is the fixture of black-box tests: a client with a scripted
// server or a sandbox, in memory and in virtual time.
package sdktest

import (
	"io"
	"maps"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
)

// A Request as the server received it.
type Request struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

// Key returns the request's idempotency key.
func (r Request) Key() string { return r.Header.Get("Idempotency-Key") }

// RoundTripper is a transport that responds itself.
type RoundTripper func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f RoundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A Script has a handler per request; the last one handles all that follow.
type Script []http.HandlerFunc

// A Server in memory runs a script and keeps the requests.
type Server struct {
	listener *memnet.Listener

	mu       sync.Mutex
	requests []Request
}

// URL is the server's address, without a path.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Transport returns a new transport that connects to the server alone.
func (s *Server) Transport() *http.Transport {
	return &http.Transport{DialContext: s.listener.DialContext}
}

// Requests returns what the server has received so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// keep adds a request and returns how many there were before.
func (s *Server) keep(r *http.Request) int {
	body, _ := io.ReadAll(r.Body) // what a broken connection has left of it
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
	return len(s.requests) - 1
}

// serve runs the script until stop, which waits for the server's end.
func (s *Server) serve(script Script, header http.Header) (stop func()) {
	s.listener = memnet.Listen()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), header)
		script[min(s.keep(r), len(script)-1)](w, r)
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(s.listener) // until it is closed
	}()
	return func() {
		_ = server.Close()
		<-done
	}
}

// Scripted is a client of one of the vendors, and its scripted server.
type Scripted[Client interface{ CloseIdleConnections() }, Option any] struct {
	Server

	Client Client

	connect func(s *Server, opts []Option) (Client, error)
}

// NewClient returns another client of the server; opts win.
func (s *Scripted[Client, Option]) NewClient(t *testing.T, opts ...Option) Client {
	t.Helper()
	client, err := s.connect(&s.Server, opts)
	require.NoError(t, err)
	return client
}

// run calls f in virtual time, with the server and a client of these options.
func (s *Scripted[Client, Option]) run(t *testing.T, script Script, header http.Header, f func(t *testing.T), opts []Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer s.serve(script, header)()
		s.Client = s.NewClient(t, opts...)
		defer s.Client.CloseIdleConnections()
		f(t)
	})
}
