package memnet_test

import (
	"io"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResetLosesWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		send(t, client, "arrived")
		client.SetDelay(time.Second)
		send(t, client, "on its way")
		client.Reset()

		got, err := receive(server)
		require.NoError(t, err)
		assert.Equal(t, "arrived", got)
		_, err = receive(server)
		require.ErrorIs(t, err, syscall.ECONNRESET)
		_, err = receive(client)
		require.ErrorIs(t, err, syscall.ECONNRESET)
	})
}

func TestSilenceLosesWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		send(t, client, "arrived")
		client.SetDelay(time.Second)
		send(t, client, "on its way")
		client.Silence()
		got, err := receive(server)
		require.NoError(t, err)
		assert.Equal(t, "arrived", got)
		require.NoError(t, server.SetReadDeadline(time.Now().Add(time.Hour)))
		_, err = receive(server)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	})
}

func TestSilenceLetsWritesSucceedAndReadsHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		client.Silence()
		send(t, client, "into the void")
		send(t, server, "into the void")
		require.NoError(t, client.SetReadDeadline(time.Now().Add(time.Hour)))
		_, err := receive(client)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)

		require.NoError(t, client.Close())
		require.NoError(t, server.SetReadDeadline(time.Now().Add(time.Hour)))
		_, err = receive(server)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, "not even the end arrives")
	})
}

func TestHoldDeliversAfterRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		start := time.Now()
		client.Hold()
		send(t, client, "held")
		require.NoError(t, client.Close())
		time.AfterFunc(40*time.Second, client.Release)

		got, err := receive(server)
		require.NoError(t, err)
		assert.Equal(t, "held", got, "a closed socket goes on delivering")
		assert.Equal(t, 40*time.Second, time.Since(start))
		_, err = receive(server)
		assert.Equal(t, io.EOF, err)
	})
}

func TestR25_AbortDropsWhatTheHostStillHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		send(t, client, "left")
		client.Hold()
		send(t, client, "held")
		require.NoError(t, client.SetLinger(0))
		require.NoError(t, client.Close())
		client.Release()

		got, err := receive(server)
		require.NoError(t, err)
		assert.Equal(t, "left", got)
		require.NoError(t, server.SetReadDeadline(time.Now().Add(time.Hour)))
		_, err = receive(server)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, "the reset is lost too")
	})
}

func TestHeldDataMeetsAClosedPeer(t *testing.T) {
	client, server := connect(t)
	client.Hold()
	send(t, client, "held")
	require.NoError(t, server.Close())
	_, err := receive(client)
	assert.Equal(t, io.EOF, err)
	send(t, client, "held as well, so no reset comes")
	client.Release()
	_, err = client.Write([]byte("x"))
	require.ErrorIs(t, err, syscall.EPIPE)
}
