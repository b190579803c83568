package memnet_test

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/internal/memnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func listen(t *testing.T) *memnet.Listener {
	t.Helper()
	l := memnet.Listen()
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func connect(t *testing.T) (client, server *memnet.Conn) {
	t.Helper()
	l := listen(t)
	c, err := l.DialContext(context.Background(), "tcp", l.Addr().String())
	require.NoError(t, err)
	s, err := l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = c.Close(), s.Close() })
	return c.(*memnet.Conn), s.(*memnet.Conn)
}

// send writes a text that has to be taken whole.
func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	n, err := c.Write([]byte(text))
	require.NoError(t, err)
	require.Equal(t, len(text), n)
}

func receive(c net.Conn) (string, error) {
	buf := make([]byte, 64)
	n, err := c.Read(buf)
	return string(buf[:n]), err
}
