package measurement

import (
	"context"
	"errors"
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
				fake := peers.Peer{Name: "fake", New: func(peers.Setup) (peers.Client, error) {
					return fakeClient(func() peers.Result { calls++; return result }), nil
				}}
				c, err := NewWorkload(fake, MemoryURL, &MemoryTransport{}, callers)
				require.NoError(t, err)
				require.Error(t, c.Run(1), "%d callers", callers)
				assert.Equal(t, 1, calls)
			}
		})
	}
}

func TestCompareTakesMediansOfEachPass(t *testing.T) {
	var now time.Time
	var order []string
	takes := func(perCall time.Duration) func(int) error {
		return func(calls int) error { now = now.Add(perCall * time.Duration(calls)); return nil }
	}
	workload := func(name string, perCall ...time.Duration) Workload {
		run := 0
		return Workload{Name: name, Less: takes(5), Run: func(calls int) error {
			order = append(order, name)
			run++
			return takes(5 + perCall[run-1])(calls)
		}}
	}
	medians, err := Compare([]Workload{
		workload("a", 10, 90, 20, 30, 30, 30),
		workload("b", 40, 40, 40, 100, 90, 50),
	}, Plan{Passes: 2, Blocks: 3, Calls: 7, Now: func() time.Time { return now }})
	require.NoError(t, err)
	assert.Equal(t, []Medians{{20, 30}, {40, 90}}, medians, "of each pass, without what is less")
	timing := medians[1].Timing(medians[0])
	assert.Equal(t, Timing{Nanos: 65, Ratio: 2.5, Low: 2, High: 3}, timing)
	assert.Equal(t, "0.1 µs, x2.50 (2.00-3.00)", timing.String())
	for round := 0; round < len(order); round += 2 {
		assert.ElementsMatch(t, []string{"a", "b"}, order[round:round+2], "each takes its turn")
	}
}

type fakeClient func() peers.Result

func (issue fakeClient) Issue(context.Context, int) peers.Result { return issue() }
func (fakeClient) Close()                                        {}
