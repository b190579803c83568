package sendonce

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
)

// inTurns runs f with a connection of the SDK's own and the server's end of it.
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

// say writes a request and the response to it, and puts the connection back.
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
	rows := map[string]struct {
		before func(t *testing.T, c *trackedConn, server *memnet.Conn)
		secure bool
		fresh  bool
		want   error
	}{
		"a new connection": {func(*testing.T, *trackedConn, *memnet.Conn) {}, false, true, nil},
		"a new one, and the server has spoken": {func(_ *testing.T, _ *trackedConn, server *memnet.Conn) {
			writes(server, "welcome")
		}, false, true, errUnsolicited},
		"a new one, and that was read": {func(_ *testing.T, c *trackedConn, server *memnet.Conn) {
			writes(server, "welcome")
			reads(c)
		}, false, true, errUnsolicited},
		"a new one, and TLS tickets were not read": {func(_ *testing.T, _ *trackedConn, server *memnet.Conn) {
			writes(server, "tickets")
		}, true, true, nil},
		"used": {func(t *testing.T, c *trackedConn, server *memnet.Conn) {
			reads(c)
			say(t, c, server, false)
			say(t, c, server, true)
		}, false, false, nil},
		"used, and more has come": {func(t *testing.T, c *trackedConn, server *memnet.Conn) {
			reads(c)
			say(t, c, server, false)
			writes(server, "more")
			synctest.Wait()
		}, false, false, errUnsolicited},
		"used, and more is in the socket": {func(_ *testing.T, c *trackedConn, server *memnet.Conn) {
			c.exchange.acquire(false, false, false)
			writes(c, "request")
			c.exchange.release(nil)
			writes(server, "more")
		}, true, false, errUnsolicited},
		"used, and nothing waits for what comes": {func(_ *testing.T, c *trackedConn, _ *memnet.Conn) {
			c.exchange.acquire(false, false, false)
			writes(c, "request")
			c.exchange.release(nil)
		}, false, false, net.ErrClosed},
		"used, and the last response is still being read": {func(_ *testing.T, c *trackedConn, _ *memnet.Conn) {
			reads(c)
			c.exchange.acquire(false, false, false)
			writes(c, "request")
		}, false, false, net.ErrClosed},
	}
	for name, row := range rows {
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
