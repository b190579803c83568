package postgres

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewConnectionsAreBoundByTheSystemToo(t *testing.T) {
	s := newStore(t)
	j := s.open()
	conn, err := j.pool.Acquire(context.Background())
	require.NoError(t, err)
	defer conn.Release()
	raw, err := conn.conn.Conn().PgConn().Conn().(syscall.Conn).SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		alive, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
		assert.NoError(t, err)
		assert.Positive(t, alive)
		limit, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, 0x12)
		assert.NoError(t, err)
		assert.Equal(t, int(unacknowledged.Milliseconds()), limit, "TCP_USER_TIMEOUT")
	}))
}
