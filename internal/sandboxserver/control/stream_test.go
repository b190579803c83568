package control

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// network serves a rig's API over a network in memory.
type network struct {
	*rig

	listener *memnet.Listener
	server   *http.Server
	client   *http.Client
}

func newNetwork(t *testing.T, opts ...sandbox.Option) *network {
	t.Helper()
	n := &network{rig: newRig(t, opts...), listener: memnet.Listen()}
	n.api.guard = GuardOf(n.listener.Addr(), false, false, nil)
	n.server = &http.Server{Handler: n.api, ReadHeaderTimeout: time.Minute}
	n.server.RegisterOnShutdown(n.api.Close)
	transport := &http.Transport{DialContext: n.listener.DialContext}
	n.client = &http.Client{Transport: transport}
	served := make(chan error, 1)
	go func() { served <- n.server.Serve(n.listener) }()
	t.Cleanup(func() {
		n.api.Close()
		transport.CloseIdleConnections()
		assert.NoError(t, n.server.Shutdown(context.Background()))
		assert.ErrorIs(t, <-served, http.ErrServerClosed)
	})
	return n
}

// event is a server-sent event.
type event struct{ name, id, data string }

// open opens a stream. events are what it receives; the channel is closed at
// its end.
func (n *network) open(path string, headers ...string) (events <-chan event, stop func()) {
	n.Helper()
	ctx, stop := context.WithCancel(n.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.listener.Addr().String()+Prefix+path, http.NoBody)
	require.NoError(n, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := n.client.Do(r)
	require.NoError(n, err)
	require.Equal(n, http.StatusOK, response.StatusCode)
	require.Equal(n, "text/event-stream", response.Header.Get("Content-Type"))
	received := make(chan event, 1_000)
	go func() {
		defer close(received)
		defer response.Body.Close()
		var one event
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "event":
				one.name = value
			case name == "id":
				one.id = value
			case name == "data":
				one.data = value
			case lines.Text() == "" && one != event{}:
				received <- one
				one = event{}
			}
		}
	}()
	return received, stop
}

func line(t *testing.T, e event) (one fakeserver.Line) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(e.data), &one))
	return one
}

func TestTheStreamHasEachLineOnceAndGoesOnAfterAnId(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		n.issue("before")
		events, stop := n.open("ledger/stream")
		synctest.Wait()
		n.issue("k1")
		first := <-events
		assert.Equal(t, "k1", line(t, first).Key)
		assert.Equal(t, "2", first.id)
		stop()
		synctest.Wait()
		n.issue("k2")
		n.issue("k3")
		events, stop = n.open("ledger/stream", "Last-Event-ID", first.id)
		defer stop()
		assert.Equal(t, "k2", line(t, <-events).Key)
		assert.Equal(t, "k3", line(t, <-events).Key)
		n.issue("k4")
		assert.Equal(t, "k4", line(t, <-events).Key)

		all, stopAll := n.open("ledger/stream?since=0&key=k3")
		defer stopAll()
		assert.Equal(t, "k3", line(t, <-all).Key)
		synctest.Wait()
		assert.Empty(t, all, "other lines are filtered")
	})
}

func TestAStreamReportsThatLinesAreMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, fakeserver.WithLedgerLimit(2))
		for range 4 {
			n.issue("")
		}
		events, stop := n.open("ledger/stream", "Last-Event-ID", "1")
		defer stop()
		assert.Equal(t, event{name: "missed", data: "{}"}, <-events)
		assert.Equal(t, "3", (<-events).id)
		events, stop = n.open("ledger/stream?since=1")
		defer stop()
		assert.Equal(t, event{name: "missed", data: "{}"}, <-events)
		assert.Equal(t, "3", (<-events).id)
		events, stop = n.open("ledger/stream?since=2")
		defer stop()
		assert.Equal(t, "3", (<-events).id, "no line after the second one is missing")
	})
}

func TestAQuietStreamStaysOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		events, stop := n.open("ledger/stream")
		defer stop()
		time.Sleep(time.Hour) // each message has a deadline of its own
		n.issue("k")
		assert.Equal(t, "k", line(t, <-events).Key)
	})
}

func TestShutdownEndsStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		events, stop := n.open("ledger/stream")
		defer stop()
		start := time.Now()
		require.NoError(t, n.server.Shutdown(t.Context()))
		_, open := <-events
		assert.False(t, open)
		assert.Less(t, time.Since(start), time.Second)
	})
}

// A client that reads nothing must cost neither memory nor other clients. Its
// connection takes no byte that it does not read.
func TestASlowClientIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		client, server := net.Pipe()
		defer client.Close()
		pipe := make(pipeListener, 1)
		pipe <- server
		served := make(chan error)
		go func() { served <- n.server.Serve(pipe) }()
		_, err := client.Write([]byte("GET /_sandbox/ledger/stream HTTP/1.1\r\nHost: " + n.listener.Addr().String() + "\r\n\r\n"))
		require.NoError(t, err)
		synctest.Wait()
		assert.Equal(t, 1, n.openStreams())
		n.issue("")
		time.Sleep(writeTime + time.Second)
		assert.Zero(t, n.openStreams())
		close(pipe)
		require.ErrorIs(t, <-served, net.ErrClosed)
	})
}

// pipeListener accepts connections that are in it.
type pipeListener chan net.Conn

// Accept returns the next connection.
func (l pipeListener) Accept() (net.Conn, error) {
	if conn, open := <-l; open {
		return conn, nil
	}
	return nil, net.ErrClosed
}

// Addr returns no address of meaning.
func (pipeListener) Addr() net.Addr { return loopback(1) }

// Close does nothing: the test ends what it began.
func (pipeListener) Close() error { return nil }

func (n *network) openStreams() int {
	n.api.mu.Lock()
	defer n.api.mu.Unlock()
	return n.api.streams
}

func TestStreamsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		for range maxStreams {
			_, stop := n.open("ledger/stream")
			t.Cleanup(stop)
		}
		for path, status := range map[string]int{"ledger/stream": http.StatusTooManyRequests, "health": http.StatusOK} {
			response, err := n.client.Get("http://" + n.listener.Addr().String() + Prefix + path)
			require.NoError(t, err)
			assert.Equal(t, status, response.StatusCode)
			require.NoError(t, response.Body.Close())
		}
	})
}

func TestAHeadRequestOpensNoStream(t *testing.T) {
	g := newRig(t)
	assert.Equal(t, http.StatusOK, g.serve(request("HEAD", "ledger/stream", "")).Code)
}

func TestAnExpectationWaits(t *testing.T) {
	const body = `{"expectations":[{"match":{"operation":"IssuePass"},"at_least":2}],"wait":"30s"}`
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t)
		g.issue("")
		start := time.Now()
		time.AfterFunc(10*time.Second, func() { g.issue("") })
		assert.True(t, send[fakeserver.Verdict](g, "POST", "expect", body, 200).Met)
		assert.InDelta(t, 10, time.Since(start).Seconds(), 0.1)
	})
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t)
		start := time.Now()
		assert.False(t, send[fakeserver.Verdict](g, "POST", "expect", body, 406).Met)
		assert.Equal(t, 30*time.Second, time.Since(start))
	})
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t)
		start := time.Now()
		time.AfterFunc(time.Second, g.api.Close)
		assert.False(t, send[fakeserver.Verdict](g, "POST", "expect", body, 406).Met)
		assert.Equal(t, time.Second, time.Since(start), "the end of the server ends the wait")
	})
}

func TestASlowBodyIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		conn, err := n.listener.DialContext(t.Context(), "tcp", n.listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.Write([]byte("POST /_sandbox/clock/advance HTTP/1.1\r\nHost: " + n.listener.Addr().String() +
			"\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"))
		require.NoError(t, err)
		start := time.Now()
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, response.StatusCode)
		assert.Equal(t, bodyTime, time.Since(start))
		require.NoError(t, response.Body.Close())
	})
}
