package memnet_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
)

func TestConnCarriesBytesInOrderBothWays(t *testing.T) {
	client, server := connect(t)
	sent := make([]byte, 3<<20) // several times what a direction holds, so the writers have to wait
	_, _ = rand.Read(sent)

	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = way[0].Write(sent)
			_ = way[0].(*memnet.Conn).CloseWrite()
		}()
		got, err := io.ReadAll(way[1])
		require.NoError(t, err)
		assert.True(t, bytes.Equal(sent, got))
	}
	assert.Equal(t, client.RemoteAddr(), server.LocalAddr())
	assert.Equal(t, client.LocalAddr(), server.RemoteAddr())
	assert.Same(t, server, client.Peer())
}

func TestConnWriterWaitsWhileFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		require.NoError(t, client.SetWriteDeadline(time.Now().Add(time.Minute)))
		start := time.Now()
		n, err := client.Write(make([]byte, 1<<20))
		assert.Equal(t, 256<<10, n)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(start))

		go func() { _, _ = io.CopyN(io.Discard, server, 1<<20) }()
		require.NoError(t, client.SetWriteDeadline(time.Time{}))
		n, err = client.Write(make([]byte, 768<<10))
		assert.Equal(t, 768<<10, n)
		require.NoError(t, err)
	})
}

func TestConnDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		start := time.Now()
		client.SetDelay(5 * time.Second)
		send(t, client, "slow")
		client.SetDelay(0)
		send(t, client, "fast")
		require.NoError(t, client.Close())

		for _, want := range []string{"slow", "fast"} {
			got, err := receive(server)
			require.NoError(t, err)
			assert.Equal(t, want, got, "nothing overtakes")
			assert.Equal(t, 5*time.Second, time.Since(start))
		}
		_, err := receive(server)
		assert.Equal(t, io.EOF, err, "the end travels behind the data")
	})
}

func TestConnDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		start := time.Now()
		require.NoError(t, client.SetReadDeadline(start.Add(time.Second)))
		_, err := receive(client)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(start))
		var netErr net.Error
		require.ErrorAs(t, err, &netErr)
		assert.True(t, netErr.Timeout())

		require.NoError(t, client.SetDeadline(start))
		_, err = client.Write([]byte("late"))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, "a passed deadline stops writes")
		send(t, server, "there")
		_, err = receive(client)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, "and reads, data or not")

		require.NoError(t, client.SetDeadline(time.Time{}))
		got, err := receive(client)
		require.NoError(t, err)
		assert.Equal(t, "there", got)
	})
}

func TestConnWakesAWaitingReader(t *testing.T) {
	for want, wake := range map[error]func(*memnet.Conn) error{
		os.ErrDeadlineExceeded: func(c *memnet.Conn) error { return c.SetReadDeadline(time.Unix(1, 0)) },
		net.ErrClosed:          (*memnet.Conn).Close,
	} {
		synctest.Test(t, func(t *testing.T) {
			client, _ := connect(t)
			failed := make(chan error)
			go func() {
				_, err := receive(client)
				failed <- err
			}()
			synctest.Wait()
			require.NoError(t, wake(client))
			assert.ErrorIs(t, <-failed, want)
		})
	}
}

func TestConnAbortDoesNotOvertake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		server.SetDelay(5 * time.Second)
		send(t, server, "slow")
		server.SetDelay(0)
		require.NoError(t, server.SetLinger(0))
		require.NoError(t, server.Close())
		time.Sleep(4 * time.Second)
		send(t, client, "the reset is not here yet")
		time.Sleep(time.Second)
		_, err := client.Write([]byte("x"))
		assert.ErrorIs(t, err, syscall.ECONNRESET)
	})
}

func TestConnResetAnswersDataThatArrivesAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		start := time.Now()
		client.SetDelay(2 * time.Second)
		server.SetDelay(time.Second)
		send(t, client, "never read")
		require.NoError(t, server.Close())

		_, err := receive(client)
		assert.Equal(t, io.EOF, err)
		assert.Equal(t, time.Second, time.Since(start))
		send(t, client, "the reset is not here yet")
		time.Sleep(3*time.Second - time.Since(start))
		_, err = client.Write([]byte("x"))
		assert.ErrorIs(t, err, syscall.EPIPE, "there and back")
	})
}

func TestConnResetStopsAWaitingWriter(t *testing.T) {
	for name, stop := range map[string]func(server *memnet.Conn){
		"peer aborts": func(server *memnet.Conn) { _, _ = server.SetLinger(0), server.Close() },
		"peer aborts, slowly": func(server *memnet.Conn) {
			server.SetDelay(time.Minute)
			_, _ = server.SetLinger(0), server.Close()
		},
		"peer closes":      func(server *memnet.Conn) { _ = server.Close() },
		"reset from aside": func(server *memnet.Conn) { server.Reset() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := connect(t)
				failed := make(chan error)
				go func() {
					_, err := client.Write(make([]byte, 1<<20))
					failed <- err
				}()
				synctest.Wait()
				stop(server)
				assert.ErrorIs(t, <-failed, syscall.ECONNRESET)
			})
		})
	}
}

func TestWhatIsOnItsWayIsLost(t *testing.T) {
	for want, lose := range map[error]func(*memnet.Conn){
		syscall.ECONNRESET:     (*memnet.Conn).Reset,
		os.ErrDeadlineExceeded: (*memnet.Conn).Silence,
	} {
		synctest.Test(t, func(t *testing.T) {
			client, server := connect(t)
			send(t, client, "arrived")
			client.SetDelay(time.Second)
			send(t, client, "on its way")
			lose(client)
			got, err := receive(server)
			require.NoError(t, err)
			assert.Equal(t, "arrived", got)
			require.NoError(t, server.SetReadDeadline(time.Now().Add(time.Hour)))
			_, err = receive(server)
			require.ErrorIs(t, err, want)
		})
	}
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
