package memnet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
)

// serve starts a server on a listener of its own and returns it with a client
// for it. Both are shut when the bubble ends, and a goroutine left then fails
// it. Shutdown waits for the half second that net/http lingers after a
// "Connection: close"; Close would not, and leave it behind.
func serve(t *testing.T, handler http.HandlerFunc) (*memnet.Listener, *http.Client, string) {
	t.Helper()
	l := memnet.Listen()
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(l) }()
	client := &http.Client{Transport: &http.Transport{DialContext: l.DialContext}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		_ = server.Shutdown(context.Background())
	})
	return l, client, "http://" + l.Addr().String()
}

func get(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	resp, err := client.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}

func TestHTTPKeepsConnectionsAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(body)
		})
		for range 3 {
			resp, err := client.Post(url, "text/plain", strings.NewReader(strings.Repeat("bardge", 100_000)))
			require.NoError(t, err)
			n, err := io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			assert.EqualValues(t, 600_000, n)
			_ = resp.Body.Close()
		}
		assert.Len(t, l.Conns(), 1)
	})
}

func TestHTTPNinetySecondsTakeNoTime(t *testing.T) {
	began := time.Now() // outside the bubble, so real
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, client, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(90 * time.Second)
			_, _ = io.WriteString(w, "late")
		})
		assert.Equal(t, "late", get(t, client, url))
		assert.Equal(t, 90*time.Second, time.Since(start))
	})
	assert.Less(t, time.Since(began), 90*time.Second)
}

func TestHTTPServerNoticesThatTheClientHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan time.Time, 1)
		_, client, url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			gone <- time.Now()
		})
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		require.NoError(t, err)
		_, err = client.Do(req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 3*time.Second, (<-gone).Sub(start))
	})
}

func TestHTTPHijackAndCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
			_ = conn.Close()
		})
		resp, err := client.Get(url)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, "half", string(body))
	})
}

func TestHTTPResetReachesTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			conn.(*memnet.Conn).Reset()
			_ = conn.Close()
		})
		_, err := client.Get(url)
		require.ErrorIs(t, err, syscall.ECONNRESET)
	})
}

func TestHTTP2OverTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Minute)
			_, _ = io.WriteString(w, r.Proto)
		}))
		_ = server.Listener.Close()
		server.Listener = l
		server.EnableHTTP2 = true
		server.StartTLS()
		defer server.Close()

		client := server.Client()
		client.Transport.(*http.Transport).DialContext = l.DialContext
		assert.Equal(t, "HTTP/2.0", get(t, client, server.URL))
		client.CloseIdleConnections()
	})
}

type network struct {
	listener net.Listener
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

func (n network) dialSelf() (net.Conn, error) {
	return n.dial(context.Background(), "tcp", n.listener.Addr().String())
}

func (n network) pair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	client, err := n.dialSelf()
	require.NoError(t, err)
	server, err = n.listener.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = client.Close(), server.Close() })
	return client, server
}

type script struct {
	name string
	play func(t *testing.T, n network) []error
}

func scripts() []script {
	all := []script{
		{"refused dial", func(t *testing.T, n network) []error {
			require.NoError(t, n.listener.Close())
			_, err := n.dialSelf()
			return []error{err}
		}},
		{"peer closes before it answers", func(t *testing.T, n network) []error {
			client, server := n.pair(t)
			exchange(t, client, server)
			require.NoError(t, server.Close())
			_, first := receive(client)
			_, second := receive(client)
			return []error{first, second}
		}},
		{"peer aborts", func(t *testing.T, n network) []error {
			client, server := n.pair(t)
			exchange(t, client, server)
			send(t, server, "last words")
			require.NoError(t, server.(interface{ SetLinger(int) error }).SetLinger(0))
			require.NoError(t, server.Close())
			words, err := receive(client)
			assert.Equal(t, "last words", words)
			_, first := receive(client)
			_, second := receive(client)
			_, third := client.Write([]byte("x"))
			return []error{err, first, second, third}
		}},
		{"write after the peer closed", func(t *testing.T, n network) []error {
			client, server := n.pair(t)
			require.NoError(t, server.Close())
			_, read := receive(client)
			var write error
			for write == nil {
				_, write = client.Write([]byte("x"))
			}
			return []error{read, write}
		}},
		{"used after its own close", func(t *testing.T, n network) []error {
			client, _ := n.pair(t)
			require.NoError(t, client.Close())
			_, read := receive(client)
			_, write := client.Write([]byte("x"))
			return []error{read, write, client.Close()}
		}},
	}
	if runtime.GOOS == "linux" { // others do not all reset here
		all = append(all, script{"peer closes with something unread", func(t *testing.T, n network) []error {
			client, server := n.pair(t)
			send(t, client, "one and two")
			_, err := io.ReadFull(server, make([]byte, 3))
			require.NoError(t, err)
			require.NoError(t, server.Close())
			_, read := receive(client)
			return []error{read}
		}})
	}
	return all
}

func exchange(t *testing.T, client, server net.Conn) {
	t.Helper()
	send(t, client, "question")
	got, err := receive(server)
	require.NoError(t, err)
	require.Equal(t, "question", got)
}

// kinds names each error by the errors it is, so that two networks can be
// compared.
func kinds(errs []error) []string {
	names := make([]string, len(errs))
	for i, err := range errs {
		names[i] = kind(err)
	}
	return names
}

func kind(err error) string {
	var opErr *net.OpError
	if !errors.As(err, &opErr) {
		return fmt.Sprint(err) // none, or EOF as it is
	}
	for _, target := range []error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, net.ErrClosed} {
		if errors.Is(err, target) {
			return opErr.Op + ": " + target.Error()
		}
	}
	return opErr.Op + ": other"
}

func TestSameErrorsAsTCP(t *testing.T) {
	for _, s := range scripts() {
		t.Run(s.name, func(t *testing.T) {
			tcp, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer tcp.Close()
			want := s.play(t, network{tcp, (&net.Dialer{}).DialContext})

			l := listen(t)
			got := s.play(t, network{l, l.DialContext})
			assert.Equal(t, kinds(want), kinds(got))
		})
	}
}

var _ net.Conn = (*memnet.Conn)(nil)
