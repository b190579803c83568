package chaos_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

func TestRestart(t *testing.T) {
	for name, row := range map[string]struct {
		silent bool
		err    error // of the request that is under way
	}{
		"connections are reset": {false, syscall.ECONNRESET},
		"connections die":       {true, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
				require.Equal(t, 201, send(t.Context(), op, "key").status)

				w.Script("slow", chaos.Fault{Kind: chaos.SlowAfter, Wait: 10 * time.Second})
				underway := make(chan seen, 1)
				go func() { underway <- send(t.Context(), chaos.NewOp(chaos.Keyed, "slow"), "slow") }()
				synctest.Wait()
				go w.Restart(30*time.Second, row.silent)
				synctest.Wait()

				require.ErrorIs(t, plain(w)(t.Context(), op, "key").err, syscall.ECONNREFUSED)
				require.ErrorIs(t, (<-underway).err, row.err)
				time.Sleep(31 * time.Second)
				assert.Equal(t, "true", plain(w)(t.Context(), op, "key").header.Get(replayed), "keys are kept")
			})
		})
	}
}

func TestDialFaults(t *testing.T) {
	mix := map[chaos.Kind]int{chaos.CloseConn: 1} // none of the dials'
	in(t, chaos.Config{Faults: chaos.Faults{Dial: 1, Mix: mix}}, func(t *testing.T, w *chaos.World) {
		var refused, hung int
		for n := range 40 {
			op, start := chaos.NewOp(chaos.Keyed, fmt.Sprint("op-", n)), time.Now()
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			w.Call(ctx, says(w, 1, chaos.NotSent), op)
			cancel()
			switch time.Since(start) {
			case 0:
				refused++
				assert.Contains(t, w.Ledger.Timeline(op), "dial refused")
			case 15 * time.Second:
				hung++
			}
			assert.Zero(t, w.Ledger.Requests(op.ID))
			assert.True(t, w.Ledger.Judge(op).OK())
		}
		assert.Equal(t, 40, refused+hung)
		assert.Positive(t, hung)
		assert.Greater(t, refused, hung)
	})
}

func TestDialFaultsByTheMix(t *testing.T) {
	for kind, is := range map[chaos.Kind]func(error) bool{
		chaos.DialRefused:    func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) },
		chaos.UnknownHost:    func(err error) bool { var e *net.DNSError; return errors.As(err, &e) && e.IsNotFound },
		chaos.BadCertificate: func(err error) bool { var e *tls.CertificateVerificationError; return errors.As(err, &e) },
	} {
		t.Run(string(kind), func(t *testing.T) {
			cfg := chaos.Config{Faults: chaos.Faults{Dial: 0.5, Mix: map[chaos.Kind]int{kind: 1}}}
			in(t, cfg, func(t *testing.T, w *chaos.World) {
				failed := 0
				for range 60 {
					c, err := w.DialContext(t.Context(), "tcp", strings.TrimPrefix(w.URL, "http://"))
					if err == nil {
						require.NoError(t, c.Close())
						continue
					}
					failed++
					assert.True(t, is(err), err)
				}
				assert.InDelta(t, 30, failed, 12)
			})
		})
	}
}

func TestDialEndsWithItsContext(t *testing.T) {
	in(t, chaos.Config{Faults: chaos.Faults{Dial: 1}}, func(t *testing.T, w *chaos.World) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		for range 40 {
			_, err := w.DialContext(ctx, "tcp", strings.TrimPrefix(w.URL, "http://"))
			var opErr *net.OpError
			require.ErrorAs(t, err, &opErr)
		}
		assert.Equal(t, time.Second, time.Since(start))
	})
}

// struck returns what strikes the first request of each of 400 operations, visited in the order that step gives.
func struck(t *testing.T, seed uint64, step int) map[string]string {
	t.Helper()
	struck := map[string]string{}
	in(t, chaos.Config{Seed: seed, Faults: chaos.Faults{First: 0.3}}, func(t *testing.T, w *chaos.World) {
		send := plain(w)
		for n := range 400 {
			op := chaos.NewOp(chaos.Keyed, fmt.Sprint("op-", n*step%400))
			send(t.Context(), op, "key-"+op.ID)
			for line := range strings.Lines(w.Ledger.Timeline(op)) {
				if _, fault, ok := strings.Cut(line, "request 1 leaves "); ok {
					struck[op.ID] = fault
				}
			}
		}
	})
	return struck
}

func TestPlanIsAFunctionOfSeedOperationAndNumber(t *testing.T) {
	first := struck(t, 1, 1)
	assert.Equal(t, first, struck(t, 1, 7), "another order")
	assert.NotEqual(t, first, struck(t, 2, 1), "another seed")
}

// ofDials are the kinds that strike no request.
var ofDials = []chaos.Kind{chaos.DialRefused, chaos.DialHangs, chaos.UnknownHost, chaos.BadCertificate}

func TestPlanStrikesThreeInTenAndEveryKind(t *testing.T) {
	hit, met := 0, map[string]bool{}
	for seed := range uint64(5) {
		for _, fault := range struck(t, seed, 1) {
			kind, _, _ := strings.Cut(fault, "/")
			if met[kind] = true; kind != "(no fault)\n" {
				hit++
			}
		}
	}
	assert.InDelta(t, 0.3, float64(hit)/2000, 0.04)
	for kind := range chaos.DefaultMix() {
		if slices.Contains(ofDials, kind) {
			continue
		}
		assert.Contains(t, met, "("+string(kind))
	}
}

func TestPlanKnowsFirstRequestsFromLaterOnes(t *testing.T) {
	mix := map[chaos.Kind]int{chaos.ProxyError: 1}
	for name, row := range map[string]struct {
		faults        chaos.Faults
		first, second int
	}{
		"first only": {chaos.Faults{First: 1, Mix: mix}, 5, 2},
		"later only": {chaos.Faults{Later: 1, Mix: mix}, 2, 5},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{Faults: row.faults}, func(t *testing.T, w *chaos.World) {
				op := chaos.NewOp(chaos.Safe, "op")
				assert.Equal(t, row.first, plain(w)(t.Context(), op, "").status/100)
				assert.Equal(t, row.second, plain(w)(t.Context(), op, "").status/100)
			})
		})
	}
}

func TestPlanLetsTheUnluckyMeetTheEndOfTheirWindow(t *testing.T) {
	in(t, chaos.Config{Faults: chaos.Faults{Unlucky: 1}}, func(t *testing.T, w *chaos.World) {
		send, answered := plain(w), 0
		for range 50 {
			if got := send(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key"); got.err == nil && got.status == 201 {
				answered++
			}
		}
		assert.Less(t, answered, 10, "a request that is held for a moment is answered all the same")
		assert.Positive(t, w.Ledger.Executed("op"))
	})
}

func TestPlanKeepsBadLuckWithAnOperation(t *testing.T) {
	in(t, chaos.Config{Faults: chaos.Faults{Unlucky: 0.5}}, func(t *testing.T, w *chaos.World) {
		send, lucky := plain(w), 0
		for n := range 40 {
			op, answered := chaos.NewOp(chaos.Safe, opID(n)), 0
			for range 8 {
				if send(t.Context(), op, "").status == 200 {
					answered++
				}
			}
			if answered == 8 {
				lucky++
				continue
			}
			assert.Less(t, answered, 5)
		}
		assert.InDelta(t, 20, lucky, 10)
	})
}

func TestPlanDecidesEachRequestAnew(t *testing.T) {
	in(t, chaos.Config{Faults: chaos.Faults{Later: 0.5, Mix: map[chaos.Kind]int{chaos.ProxyError: 1}}}, func(t *testing.T, w *chaos.World) {
		send, met := plain(w), map[int]int{}
		for range 40 {
			met[send(t.Context(), chaos.NewOp(chaos.Safe, "op"), "").status/100]++
		}
		assert.InDelta(t, 20, met[5], 10)
	})
}

// What a client may rest on (A1, A2, A4) and what it looks like when it does not hold. A3 is among the clock's tests.

func TestBrokenA1RequestsArriveAfterTheMargin(t *testing.T) {
	for name, row := range map[string]struct {
		by     time.Duration
		latest time.Duration
	}{
		"holds":  {0, chaos.Margin},
		"broken": {2 * time.Minute, 2*time.Minute + chaos.Margin},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := chaos.Config{
				Faults: chaos.Faults{First: 1, Mix: map[chaos.Kind]int{chaos.LateRequest: 1}},
				Broken: chaos.Broken{LateBy: row.by},
			}
			in(t, cfg, func(t *testing.T, w *chaos.World) {
				start := w.Clock.Server()
				plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
				w.Resolve()
				took := w.Ledger.Executions("op")[0].At.Sub(start)
				assert.Greater(t, took, row.by)
				assert.LessOrEqual(t, took, row.latest)
			})
		})
	}
}

func TestBrokenA2AndA4ExecuteTwice(t *testing.T) {
	failed := chaos.Fault{Kind: chaos.ServerError, After: true}
	for name, row := range map[string]struct {
		broken     chaos.Broken
		first      chaos.Fault
		after      time.Duration
		executions int
	}{
		"all holds":                 {chaos.Broken{}, failed, 89 * time.Second, 1},
		"A2: forgets failed":        {chaos.Broken{ForgetsFailed: true}, failed, 0, 2},
		"A2: remembers what worked": {chaos.Broken{ForgetsFailed: true}, chaos.Fault{}, 0, 1},
		"A2: forgets early":         {chaos.Broken{ForgetsEarly: 60 * time.Second}, chaos.Fault{}, 30 * time.Second, 2},
		"A2: but not at once":       {chaos.Broken{ForgetsEarly: 60 * time.Second}, chaos.Fault{}, 29 * time.Second, 1},
		"A4: ignores keys":          {chaos.Broken{IgnoresKeys: true}, chaos.Fault{}, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{Broken: row.broken}, func(t *testing.T, w *chaos.World) {
				op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
				w.Script("op", row.first)
				send(t.Context(), op, "key")
				time.Sleep(row.after)
				send(t.Context(), op, "key")
				assert.Equal(t, row.executions, w.Ledger.Executed("op"))
			})
		})
	}
}
