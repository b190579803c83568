package measurement

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/bench/peers"
)

func TestMain(m *testing.M) {
	Serve()
	goleak.VerifyTestMain(m)
}

func TestEveryPeerIsMeasuredAtOneRequestPerCall(t *testing.T) {
	for _, p := range peers.All() {
		t.Run(p.Name, func(t *testing.T) {
			transport := &MemoryTransport{}
			c, err := NewWorkload(p, MemoryURL, transport, 3)
			require.NoError(t, err)
			defer c.Close()
			require.NoError(t, c.Run(10))
			assert.Equal(t, 10, transport.Requests())
		})
	}
}

func TestUnavailableTakesTwoAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &MemoryTransport{Unavailable: true}
		c, err := NewWorkload(peers.SDK, MemoryURL, transport, 1)
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.Run(10))
		assert.Equal(t, 20, transport.Requests())
	})
}

func TestLoopbackKeepsItsConnection(t *testing.T) {
	url := Loopback(t)
	dials := 0
	transport := Network(1)
	transport.DialContext = counted(&dials)
	c, err := NewWorkload(peers.SDK, url, transport, 1)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.Run(10))
	assert.Equal(t, 1, dials)
}

func TestLoopbackOverTLSAnswersInBothProtocols(t *testing.T) {
	url, roots := LoopbackTLS(t)
	for _, http2 := range []bool{false, true} {
		transport := &http.Transport{
			ForceAttemptHTTP2: http2, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13},
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, http.NoBody)
		require.NoError(t, err)
		resp, err := transport.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusCreated, resp.StatusCode)
		assert.Equal(t, http2, resp.ProtoMajor == 2)
		transport.CloseIdleConnections()
	}
}

func TestACallThatBringsNoPassIsNotMeasured(t *testing.T) {
	for name, result := range map[string]peers.Result{
		"an error":        {Outcome: peers.Done, ID: answerID, Err: errors.New("no")},
		"unknown":         {Outcome: peers.Unknown, ID: answerID},
		"failed":          {Outcome: peers.Failed, ID: answerID},
		"another's pass":  {Outcome: peers.Done, ID: "brgpass_other"},
		"no pass in it":   {Outcome: peers.Done},
		"the zero result": {},
	} {
		t.Run(name, func(t *testing.T) {
			for _, callers := range []int{1, 2} {
				calls := 0
				c := fake(t, callers, func(*http.Client) peers.Result { calls++; return result })
				require.Error(t, c.Run(1), "%d callers", callers)
				assert.Equal(t, 1, calls)
			}
		})
	}
}

func TestRaceTakesMediansOfEachPass(t *testing.T) {
	var now time.Time
	var order []string
	workload := func(name string, perCall ...time.Duration) Workload {
		run := 0
		return Workload{Name: name, Run: func(calls int) error {
			now = now.Add(perCall[run%len(perCall)] * time.Duration(calls))
			order = append(order, name)
			run++
			return nil
		}}
	}
	medians, err := Compare([]Workload{
		workload("a", 10, 90, 20, 30, 30, 30),
		workload("b", 40, 40, 40, 70, 60, 50),
	}, Plan{Passes: 2, Blocks: 3, Calls: 7, Now: func() time.Time { return now }})
	require.NoError(t, err)
	assert.Equal(t, []Medians{{20, 30}, {40, 60}}, medians)
	assert.Equal(t, Timing{Nanos: 50, Ratio: 2, Low: 2, High: 2}, medians[1].Timing(medians[0]))
	for round := 0; round < len(order); round += 2 {
		assert.ElementsMatch(t, []string{"a", "b"}, order[round:round+2], "each takes its turn")
	}
}

func TestRaceTakesOffWhatIsLess(t *testing.T) {
	var now time.Time
	takes := func(perCall time.Duration) func(int) error {
		return func(calls int) error {
			now = now.Add(perCall * time.Duration(calls))
			return nil
		}
	}
	plan := Plan{Passes: 1, Blocks: 1, Calls: 7, Now: func() time.Time { return now }}
	medians, err := Compare([]Workload{{Name: "a", Run: takes(50), Less: takes(20)}}, plan)
	require.NoError(t, err)
	assert.Equal(t, []Medians{{30}}, medians)

	broken := errors.New("broken")
	_, err = Compare([]Workload{{Name: "a", Run: takes(50), Less: func(int) error { return broken }}}, plan)
	assert.ErrorIs(t, err, broken)
}

func TestRaceEndsWithTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	_, err := Compare([]Workload{{Name: "a", Run: func(int) error { return broken }}}, Plan{Passes: 1, Blocks: 1, Calls: 1})
	require.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, "a: ")
}

func TestTimings(t *testing.T) {
	assert.InDelta(t, 2.5, Median([]float64{4, 1, 2, 3}), 0)
	assert.InDelta(t, 2., Median([]float64{9, 1, 2}), 0)
	got := Medians{30, 20, 40}.Timing(Medians{10, 20, 10})
	assert.Equal(t, Timing{Nanos: 30, Ratio: 3, Low: 1, High: 4}, got, "the middle of the passes")
	assert.Equal(t, "0.0 µs, x3.00 (1.00-4.00)", got.String())
}

func TestGarbageIsCounted(t *testing.T) {
	c := fake(t, 1, func(*http.Client) peers.Result {
		for range 5 {
			kept = make([]byte, 1024)
		}
		return good
	})
	g, err := GarbageOf(c, 1000)
	require.NoError(t, err)
	assert.InDelta(t, 5, g.Allocations, 0.5)
	assert.InDelta(t, 5*1024, g.Bytes, 512)
	assert.Equal(t, Garbage{Allocations: 1, Bytes: 2}, Garbage{3, 3}.Minus(Garbage{2, 1}))
}

func TestHeldMemoryIsCounted(t *testing.T) {
	p := peer(func(c *http.Client) peers.Result {
		held := make([]byte, 1<<20)
		resp, err := c.Post(MemoryURL, "", http.NoBody)
		if err != nil || resp.Body.Close() != nil {
			return peers.Result{Err: err}
		}
		runtime.KeepAlive(held) // until the answer is there
		return good
	})
	n, err := InFlight(p, 20)
	require.NoError(t, err)
	assert.InEpsilon(t, 1<<20, n, 0.15, "a stack and what net/http holds are little beside it")
}

func TestHoldingEndsWithTheCallsThatFailed(t *testing.T) {
	var calls atomic.Int64
	broken := errors.New("broken")
	_, err := InFlight(peer(func(c *http.Client) peers.Result {
		if calls.Add(1) == 3 {
			return peers.Result{Err: broken}
		}
		resp, err := c.Post(MemoryURL, "", http.NoBody)
		if err != nil || resp.Body.Close() != nil {
			return peers.Result{Err: err}
		}
		return good
	}), 5)
	require.ErrorIs(t, err, broken)
}

var kept []byte

var good = peers.Result{Outcome: peers.Done, ID: answerID}

type fakeClient struct {
	http  *http.Client
	issue func(*http.Client) peers.Result
}

func (c fakeClient) Issue(context.Context, int) peers.Result { return c.issue(c.http) }
func (c fakeClient) Close()                                  {}

func peer(issue func(*http.Client) peers.Result) peers.Peer {
	return peers.Peer{Name: "fake", New: func(s peers.Setup) (peers.Client, error) {
		return fakeClient{&http.Client{Transport: s.Transport}, issue}, nil
	}}
}

func fake(t *testing.T, callers int, issue func(*http.Client) peers.Result) Workload {
	t.Helper()
	c, err := NewWorkload(peer(issue), MemoryURL, &MemoryTransport{}, callers)
	require.NoError(t, err)
	return c
}

func counted(dials *int) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		*dials++
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
}
