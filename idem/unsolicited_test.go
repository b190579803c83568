package idem

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// generous is a server that sends some responses twice. It executes each request
// once, and its response repeats the request's body.
type generous struct {
	listener net.Listener
	respond  func(n int64, c net.Conn, response []byte) error // to the n-th request, counting from 1

	n        atomic.Int64
	executed sync.Map // by body
}

func startGenerous(t *testing.T, secured *tls.Config, respond func(n int64, c net.Conn, response []byte) error) *generous {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	if secured != nil {
		l = tls.NewListener(l, secured)
	}
	g := &generous{listener: l, respond: respond}
	go g.serve()
	t.Cleanup(func() { _ = l.Close() })
	return g
}

func (g *generous) serve() {
	for {
		c, err := g.listener.Accept()
		if err != nil {
			return
		}
		go g.converse(c)
	}
}

func (g *generous) converse(c net.Conn) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	for {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		g.executed.Store(string(body), true)
		n := g.n.Add(1)
		response := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRequest-Id: req_1\r\n"+
			"Content-Length: %d\r\n\r\n%s", len(body), body)
		if err := g.respond(n, c, response); err != nil {
			return
		}
	}
}

// calls has many callers make many calls, each with a body of its own. It returns
// how many got the response of another call, and how many were done.
func (g *generous) calls(t *testing.T, e *Engine, callers, each int) (foreign, done int64) {
	t.Helper()
	var wrong, ok atomic.Int64
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for n := range each {
				c := post(Keyed)
				c.Request.Body = fmt.Appendf(nil, `{"a":"%d-%d"}`, caller, n)
				r := e.Do(context.Background(), c)
				if r.Err != nil {
					continue
				}
				ok.Add(1)
				if _, executed := g.executed.Load(string(c.Request.Body)); !executed || !bytes.Equal(c.Request.Body, r.Response.Body) {
					wrong.Add(1)
				}
			}
		})
	}
	all.Wait()
	return wrong.Load(), ok.Load()
}

// quiet keeps net/http's complaints out of the test's output.
func quiet(t *testing.T) {
	t.Helper()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
}

// trusting is a transport that trusts a TLS server of the tests, and that server's
// configuration.
func trusting(t *testing.T) (*http.Transport, *tls.Config) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	rt := s.Client().Transport.(*http.Transport).Clone()
	return rt, &tls.Config{Certificates: s.TLS.Certificates}
}

// twice sends each n-th response a second time, in one segment.
func twice(each int64) func(int64, net.Conn, []byte) error {
	return func(n int64, c net.Conn, response []byte) error {
		if n%each == 0 {
			response = append(response, response...)
		}
		_, err := c.Write(response)
		return err
	}
}

func TestR30_AServerThatSendsOneResponseTooMany(t *testing.T) {
	quiet(t)
	rt, secured := trusting(t)
	rt.MaxConnsPerHost = 2 // callers wait for connections: one is handed on while it is read
	for name, config := range map[string]*tls.Config{"plain": nil, "TLS": secured} {
		t.Run(name, func(t *testing.T) {
			g := startGenerous(t, config, twice(10))
			scheme := "http://"
			if config != nil {
				scheme = "https://"
			}
			// A new engine for each round: one that has found it no longer shares
			// connections.
			for range 5 {
				e, err := New(Config{Profile: testProfile(), BaseURL: scheme + g.listener.Addr().String(), Transport: rt})
				require.NoError(t, err)
				e.transports.distrust.until.Store(0)
				wrong, done := g.calls(t, e, 16, 12)
				assert.EqualValues(t, 16*12, done)
				assert.Zero(t, wrong, "calls that took another call's response for theirs")
				e.CloseIdleConnections()
			}
		})
	}
}

// R30: the tickets that TLS 1.3 sends unasked are no response.
func TestR30_TLSTicketsAreNoFind(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(url string, trusting *http.Transport, _ *atomic.Value) {
		for range 20 {
			e, err := New(Config{Profile: testProfile(), BaseURL: url, Transport: trusting})
			require.NoError(t, err)
			for n := range 5 {
				r := e.Do(t.Context(), post(Keyed))
				require.NoError(t, r.Err)
				require.Len(t, r.Attempts, 1)
				assert.Equal(t, n > 0, r.Attempts[0].ReusedConn)
			}
			assert.Zero(t, e.transports.distrust.until.Load())
			e.CloseIdleConnections()
		}
	})
}
