package memnet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
)

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
