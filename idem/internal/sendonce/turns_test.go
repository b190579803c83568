package sendonce

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/internal/memnet"
)

func inTurns(t *testing.T, f func(t *testing.T, c *trackedConn, server *memnet.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		client, err := l.DialContext(context.Background(), "tcp", l.Addr().String())
		require.NoError(t, err)
		server, err := l.Accept()
		require.NoError(t, err)
		c := trackConn(client, new(distrust))
		f(t, c, server.(*memnet.Conn))
		_ = c.Close()
		_ = server.Close()
		_ = l.Close()
		synctest.Wait()
	})
}

// reads consumes like net/http's reader: until the connection ends.
func reads(c net.Conn) {
	go func() { _, _ = io.Copy(io.Discard, c) }()
	synctest.Wait()
}

func say(t *testing.T, c *trackedConn, server *memnet.Conn, reused bool) {
	t.Helper()
	c.exchange.acquire(reused, false, false)
	writes(c, "request")
	require.NoError(t, c.exchange.refusal)
	writes(server, "response")
	synctest.Wait()
	c.exchange.release(nil)
}

func TestR30_AFirstByteWaitsForItsTurn(t *testing.T) {
	for name, row := range map[string]struct {
		before func(t *testing.T, c *trackedConn, server *memnet.Conn)
		secure bool
		fresh  bool
		want   error
	}{
		"a new connection": {before: func(*testing.T, *trackedConn, *memnet.Conn) {}, fresh: true},
		"a new one, and the server has spoken": {before: func(_ *testing.T, _ *trackedConn, server *memnet.Conn) {
			writes(server, "welcome")
		}, fresh: true, want: errUnsolicited},
		"a new one, and that was read": {before: func(_ *testing.T, c *trackedConn, server *memnet.Conn) {
			writes(server, "welcome")
			reads(c)
		}, fresh: true, want: errUnsolicited},
		"a new one, and TLS tickets were not read": {before: func(_ *testing.T, _ *trackedConn, server *memnet.Conn) {
			writes(server, "tickets")
		}, secure: true, fresh: true},
		"used": {before: func(t *testing.T, c *trackedConn, server *memnet.Conn) {
			reads(c)
			say(t, c, server, false)
			say(t, c, server, true)
		}},
		"used, and more has come": {before: func(t *testing.T, c *trackedConn, server *memnet.Conn) {
			reads(c)
			say(t, c, server, false)
			writes(server, "more")
			synctest.Wait()
		}, want: errUnsolicited},
		"used, and more is in the socket": {before: func(_ *testing.T, c *trackedConn, server *memnet.Conn) {
			c.exchange.acquire(false, false, false)
			writes(c, "request")
			c.exchange.release(nil)
			writes(server, "more")
		}, secure: true, want: errUnsolicited},
		"used, and nothing waits for what comes": {before: func(_ *testing.T, c *trackedConn, _ *memnet.Conn) {
			c.exchange.acquire(false, false, false)
			writes(c, "request")
			c.exchange.release(nil)
		}, want: net.ErrClosed},
		"used, and the last response is still being read": {before: func(_ *testing.T, c *trackedConn, _ *memnet.Conn) {
			reads(c)
			c.exchange.acquire(false, false, false)
			writes(c, "request")
		}, want: net.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			inTurns(t, func(t *testing.T, c *trackedConn, server *memnet.Conn) {
				row.before(t, c, server)
				before := c.written.Load()
				c.exchange.acquire(!row.fresh, row.secure, before > 0)
				_, err := c.Write([]byte("the next request"))
				if row.want == nil {
					assert.NoError(t, err)
					return
				}
				assert.ErrorIs(t, err, row.want)
				assert.Equal(t, before, c.written.Load(), "not one byte")
			})
		})
	}
}

func TestR30_WhatIsReadBelongsToTheUseThatHasBegun(t *testing.T) {
	inTurns(t, func(t *testing.T, c *trackedConn, _ *memnet.Conn) {
		reads(c)
		use := c.exchange.acquire(false, false, false)
		writes(c, "request")
		assert.False(t, c.exchange.belongs(use), "nothing has come since")
	})
	inTurns(t, func(t *testing.T, c *trackedConn, _ *memnet.Conn) {
		reads(c)
		use := c.exchange.acquire(false, false, false)
		assert.False(t, c.exchange.belongs(use), "nothing was written")
		_, err := c.Write([]byte("request"))
		assert.ErrorIs(t, err, errUnsolicited, "and nothing will be")
	})
	inTurns(t, func(t *testing.T, c *trackedConn, server *memnet.Conn) {
		reads(c)
		use := c.exchange.acquire(false, false, false)
		writes(c, "request")
		writes(server, "response")
		synctest.Wait()
		assert.True(t, c.exchange.belongs(use))
		c.exchange.release(nil)
		say(t, c, server, true)
		assert.True(t, c.exchange.belongs(use), "another use has begun since")
	})
}

// generous is a server that sends some responses twice. It executes each
// request once, and its response repeats the request's body.
type generous struct {
	listener net.Listener
	secured  bool
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
	g := &generous{listener: l, secured: secured != nil, respond: respond}
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

// calls has many callers send many requests, each with a body of its own, and
// again those without a response. It returns how many got the response to
// another request.
func (g *generous) calls(session *Session, callers, each int) (foreign int64) {
	var wrong atomic.Int64
	var all sync.WaitGroup
	scheme := "http://"
	if g.secured {
		scheme = "https://"
	}
	for caller := range callers {
		all.Go(func() {
			for n := range each {
				s := sending{session: session, body: fmt.Sprintf(`{"a":"%d-%d"}`, caller, n)}
				e := s.send(context.Background(), scheme+g.listener.Addr().String())
				for e.Err != nil {
					e = s.send(context.Background(), scheme+g.listener.Addr().String())
				}
				if _, executed := g.executed.Load(s.body); !executed || string(e.Body) != s.body {
					wrong.Add(1)
				}
			}
		})
	}
	all.Wait()
	return wrong.Load()
}

// trusting is a transport that trusts a TLS server of the tests, and that
// server's configuration.
func trusting(t *testing.T) (*http.Transport, *tls.Config) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	rt := s.Client().Transport.(*http.Transport).Clone()
	return rt, &tls.Config{Certificates: s.TLS.Certificates}
}

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
			// A new session for each round: one that has found it no longer
			// shares connections.
			for range 5 {
				session := NewSession(rt, clock.Clock{}, maxBody)
				assert.Zero(t, g.calls(session, 16, 12), "requests that got another one's response")
				session.CloseIdleConnections()
			}
		})
	}
}

// R30: the tickets that TLS 1.3 sends unasked are no response.
func TestR30_TLSTicketsAreNoFind(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(url string, trusting *http.Transport, _ *atomic.Value) {
		reused := 0
		for range 20 {
			s := sending{session: NewSession(trusting, clock.Clock{}, maxBody), body: "{}"}
			for range 5 {
				e := s.send(t.Context(), url)
				if e.Err != nil { // net/http was not done with the last response in time
					require.ErrorIs(t, e.Err, net.ErrClosed)
					require.Equal(t, ProofNoByte, e.Proof)
				} else if e.Reused {
					reused++
				}
			}
			assert.False(t, s.session.UnsolicitedResponse())
			s.session.CloseIdleConnections()
		}
		assert.Positive(t, reused)
	})
}
