package memnet_test

import (
	"context"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/internal/memnet"
)

func TestListenerRefuses(t *testing.T) {
	for name, prepare := range map[string]func(l *memnet.Listener) (address string){
		"when closed": func(l *memnet.Listener) string {
			_ = l.Close()
			return l.Addr().String()
		},
		"when down": func(l *memnet.Listener) string {
			l.SetDown(true)
			return l.Addr().String()
		},
		"another address": func(*memnet.Listener) string { return "127.0.0.1:80" },
	} {
		t.Run(name, func(t *testing.T) {
			l := listen(t)
			_, err := l.DialContext(context.Background(), "tcp", prepare(l))
			require.ErrorIs(t, err, syscall.ECONNREFUSED)
			var opErr *net.OpError
			require.ErrorAs(t, err, &opErr)
			assert.Equal(t, "dial", opErr.Op)
			assert.Empty(t, l.Conns())
		})
	}
}

func TestListenerConnsAreThoseStillOpen(t *testing.T) {
	l := listen(t)
	client, err := l.DialContext(context.Background(), "tcp", l.Addr().String())
	require.NoError(t, err)
	server, err := l.Accept()
	require.NoError(t, err)
	assert.Equal(t, []*memnet.Conn{server.(*memnet.Conn)}, l.Conns())

	require.NoError(t, client.Close())
	assert.Len(t, l.Conns(), 1, "half closed")
	require.NoError(t, server.Close())
	assert.Empty(t, l.Conns())
}

func TestConnShowsItsQueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		client.SetDelay(time.Second)
		send(t, client, "four")
		assert.Equal(t, 4, client.Unacknowledged(), "on its way")
		assert.Zero(t, server.Unread())
		time.Sleep(time.Second)
		assert.Zero(t, client.Unacknowledged(), "it has arrived")
		assert.Equal(t, 4, server.Unread(), "but was not read")
		_, err := receive(server)
		require.NoError(t, err)
		assert.Zero(t, server.Unread())

		client.Hold()
		send(t, client, "held")
		assert.Equal(t, 4, client.Unacknowledged())
		client.Release()
		time.Sleep(time.Second)
		assert.Zero(t, client.Unacknowledged())

		server.Silence()
		send(t, client, "lost")
		time.Sleep(time.Hour)
		assert.Equal(t, 4, client.Unacknowledged(), "it vanished for good")
	})
}

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
