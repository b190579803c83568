package measurement

import (
	"context"
	"errors"
	"net/http"
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

func TestTimings(t *testing.T) {
	assert.InDelta(t, 2.5, Median([]float64{4, 1, 2, 3}), 0)
	assert.InDelta(t, 2., Median([]float64{9, 1, 2}), 0)
	got := Medians{30, 20, 40}.Timing(Medians{10, 20, 10})
	assert.Equal(t, Timing{Nanos: 30, Ratio: 3, Low: 1, High: 4}, got, "the middle of the passes")
	assert.Equal(t, "0.0 µs, x3.00 (1.00-4.00)", got.String())
}

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
