package idem_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// TestAssumptionA7_AClockSetBackBetweenTwoProcesses: a key dates itself by the
// wall clock of the process that made it. Where that clock is set back before
// another process takes the key over, the key looks younger than it is, and is
// sent after the server has forgotten it.
func TestAssumptionA7_AClockSetBackBetweenTwoProcesses(t *testing.T) {
	for name, row := range map[string]struct {
		step       time.Duration
		executions int
	}{
		"it is not set":                     {0, 1},
		"it differs by less than 5 seconds": {-4 * time.Second, 1},
		"it is set back":                    {-70 * time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := chaos.Start(chaos.Config{})
				defer w.Close()
				op := chaos.NewOp(chaos.Keyed, "op")
				w.Script("op", chaos.Fault{Kind: chaos.CloseConn, After: true})
				key := process(t, w)(op, idem.Key{}).Key.String()
				time.Sleep(100 * time.Second) // the server has forgotten it
				w.Clock.Step(row.step)
				resumed, err := idem.SentKey(key, time.Time{})
				require.NoError(t, err)
				process(t, w)(op, resumed)
				assert.Equal(t, row.executions, w.Ledger.Executed("op"), w.Ledger.Timeline(op))
			})
		})
	}
}

// process is the engine of one process. It makes one attempt.
func process(t *testing.T, w *chaos.Simulation) func(op chaos.Op, key idem.Key) idem.Result {
	t.Helper()
	e, err := idem.New(idem.Config{
		Profile: bardgeProfile(), BaseURL: w.URL, WallClock: w.Clock.ClientWall, Transport: ownTransport(w),
	})
	require.NoError(t, err)
	return func(op chaos.Op, key idem.Key) (r idem.Result) {
		w.Call(t.Context(), func(ctx context.Context, op chaos.Op) chaos.Claim {
			r = e.Do(ctx, idem.Call{Key: key, Policy: idem.Policy{MaxAttempts: 1}, Request: idem.Request{
				Operation: idem.Operation{Name: "do", Class: idem.Keyed, Success: []int{201}},
				Method:    op.Method, Path: op.Path, Body: op.Body,
			}})
			return claimOf[r.Outcome]
		}, op)
		return r
	}
}

// TestAssumptionA8_AResponseThatWasNotAskedFor: where it comes after the next
// request was written, it cannot be distinguished from the one that was.
func TestAssumptionA8_AResponseThatWasNotAskedFor(t *testing.T) {
	for name, late := range map[string]bool{"it is there before": false, "it comes a millisecond later": true} {
		t.Run(name, func(t *testing.T) {
			var sum chaos.Report
			for seed := range uint64(3) {
				synctest.Test(t, func(t *testing.T) {
					cfg := chaos.Config{Seed: seed, Faults: first(chaos.ExtraResponse), Broken: chaos.Broken{ExtraLate: late}}
					sum.Add(chaos.Run(cfg, keyed, func(w *chaos.Simulation) chaos.Client {
						return client(t, w, idem.Config{Profile: bardgeProfile(), Transport: ownTransport(w)})
					}))
				})
			}
			assert.Equal(t, late, sum.Lies > 0, sum)
		})
	}
}
