package idem_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// resending is a transport that waits for two minutes when a request has
// failed, sends it once more, and reports nothing.
type resending struct{ base http.RoundTripper }

func (r resending) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := r.base.RoundTrip(req)
	if err == nil {
		return resp, nil
	}
	time.Sleep(2 * time.Minute)
	ctx, cancel := context.WithTimeout(blind{context.WithoutCancel(req.Context())}, 10*time.Second)
	defer cancel()
	again := req.Clone(ctx)
	again.Body = io.NopCloser(bytes.NewReader(body))
	if late, err := r.base.RoundTrip(again); err == nil {
		_ = late.Body.Close()
	}
	return nil, err
}

// TestAssumptions_WhatHappensOutside steps outside of each assumption that the
// promise rests on, and shows that it does not hold there: the model sees it,
// and the assumptions are needed.
func TestAssumptions_WhatHappensOutside(t *testing.T) {
	for name, row := range map[string]struct {
		broken    chaos.Broken
		transport func(*chaos.Simulation) http.RoundTripper
	}{
		"A1 a request that was given up arrives two minutes later": {broken: chaos.Broken{LateBy: 2 * time.Minute}, transport: ownTransport},
		"A2 the server forgets keys early":                         {broken: chaos.Broken{ForgetsEarly: time.Minute}, transport: ownTransport},
		"A2 the server forgets what it answered with a 500":        {broken: chaos.Broken{ForgetsFailed: true}, transport: ownTransport},
		"A3 both clocks stop":                                      {broken: chaos.Broken{BothClocksStop: true}, transport: ownTransport},
		"A4 the server does not honour keys":                       {broken: chaos.Broken{IgnoresKeys: true}, transport: ownTransport},
		"A5 a transport sends again":                               {broken: chaos.Broken{}, transport: func(w *chaos.Simulation) http.RoundTripper { return resending{ownTransport(w)} }},
	} {
		t.Run(name, func(t *testing.T) {
			var sum chaos.Report
			for seed := range 20 {
				if sum.Duplicates > 0 {
					break
				}
				synctest.Test(t, func(t *testing.T) {
					cfg := chaos.Config{Seed: uint64(seed), Faults: chaos.DefaultFaults(), Broken: row.broken}
					load := chaos.Load{Classes: []chaos.Class{chaos.Keyed}}
					sum.Add(chaos.Run(cfg, load, func(w *chaos.Simulation) chaos.Client {
						return client(t, w, idem.Config{Profile: bardgeProfile(), Transport: row.transport(w)})
					}))
				})
			}
			assert.Positive(t, sum.Duplicates, "the promise does not hold outside of its assumptions")
		})
	}
}

func inLosingWorld(t *testing.T, f func(t *testing.T, w *chaos.Simulation, op chaos.Op, call idem.Call)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := chaos.Start(chaos.Config{})
		defer w.Close()
		op := chaos.NewOp(chaos.Keyed, "op")
		w.Script(op.ID, chaos.Fault{Kind: chaos.CloseConn, After: true})
		f(t, w, op, idem.Call{Request: idem.Request{
			Operation: idem.Operation{Name: "op", Class: idem.Keyed, Success: []int{200, 201}},
			Method:    op.Method,
			Path:      op.Path,
			Body:      op.Body,
		}})
	})
}

func engine(t *testing.T, w *chaos.Simulation, c idem.Config) *idem.Engine {
	t.Helper()
	c.Profile, c.BaseURL = bardgeProfile(), w.URL
	e, err := idem.New(c)
	require.NoError(t, err)
	t.Cleanup(e.CloseIdleConnections)
	return e
}

// A7: processes that share a key compute its age from their wall clocks. If the
// wall clock is set back between two of them, the second one computes an age
// that is too small, and the operation is executed twice.
func TestAssumptions_A7_AWallClockThatIsSetBackBetweenTwoProcesses(t *testing.T) {
	for name, row := range map[string]struct {
		back       time.Duration
		executions int
	}{
		"not at all":  {executions: 1},
		"by 4 s":      {back: 4 * time.Second, executions: 1},
		"by a minute": {back: time.Minute, executions: 2},
	} {
		t.Run(name, func(t *testing.T) {
			inLosingWorld(t, func(t *testing.T, w *chaos.Simulation, op chaos.Op, call idem.Call) {
				since := w.Clock.ClientWall()
				first := engine(t, w, idem.Config{Transport: ownTransport(w), WallClock: w.Clock.ClientWall})
				call.Key, call.Policy.MaxAttempts = key(t, idem.UnsentKey, "order-17"), 1
				require.Equal(t, idem.OutcomeUnknown, first.Do(t.Context(), call).Outcome)

				time.Sleep(100 * time.Second)
				second := engine(t, w, idem.Config{
					Transport: ownTransport(w),
					WallClock: func() time.Time { return w.Clock.ClientWall().Add(-row.back) },
				})
				sent := func(s string) (idem.Key, error) { return idem.SentKey(s, since) }
				call.Key = key(t, sent, "order-17")
				second.Do(t.Context(), call)
				assert.Equal(t, row.executions, w.Ledger.Executed(op.ID))
			})
		})
	}
}

func key(t *testing.T, of func(string) (idem.Key, error), s string) idem.Key {
	t.Helper()
	k, err := of(s)
	require.NoError(t, err)
	return k
}

// A3: a host that pauses a virtual machine stops all of its clocks, and may
// then set its wall clock forward, which cannot be distinguished from a step.
// 40 s of it count as age; after a longer pause the age is too small, and the
// operation is executed twice.
func TestAssumptions_A3_AMachineThatItsHostPauses(t *testing.T) {
	for name, row := range map[string]struct {
		pause, outage time.Duration // the outage goes on after the pause
		executions    int
	}{
		"for 35 s":  {pause: 35 * time.Second, outage: 70 * time.Second, executions: 1},
		"for 100 s": {pause: 100 * time.Second, executions: 2},
	} {
		t.Run(name, func(t *testing.T) {
			inLosingWorld(t, func(t *testing.T, w *chaos.Simulation, op chaos.Op, call idem.Call) {
				start := time.Now()
				var set atomic.Int64
				e := engine(t, w, idem.Config{
					Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
						if set.Load() > 0 && time.Since(start) < row.outage {
							return nil, syscall.ECONNREFUSED
						}
						return w.DialContext(ctx, network, addr)
					}},
					WallClock:  func() time.Time { return w.Clock.ClientWall().Add(time.Duration(set.Load())) },
					SleptClock: func() time.Duration { return 0 },
					Observe: func(e idem.Event) {
						if e.Kind == idem.EventAttemptEnded && set.Load() == 0 {
							w.Clock.Suspend(row.pause, true, true)
							set.Store(int64(row.pause))
						}
					},
				})
				r := e.Do(t.Context(), call)
				assert.Equal(t, row.executions, w.Ledger.Executed(op.ID))
				assert.Equal(t, row.executions == 1, r.Outcome == idem.OutcomeUnknown)
			})
		})
	}
}
