package chaos_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

func TestFaultGatewaySuccessComesWithAndWithoutARequestID(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
		w.Script("op", chaos.Fault{Kind: chaos.GatewaySuccess}, chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 6})
		without, with := send(t.Context(), op, "key"), send(t.Context(), op, "key")
		assert.NotContains(t, without.header, "Bardge-Request-Id")
		assert.Contains(t, with.header, "Bardge-Request-Id")
		for _, got := range []seen{without, with} {
			assert.Equal(t, "application/json", got.header.Get("Content-Type"))
			assert.NotContains(t, got.body, "object", "nothing of the API's own")
		}
	})
}

func TestFaultOddEncodingIsTheAPIsOwn(t *testing.T) {
	media := map[int]string{0: "application/json", 2: "application/json; charset", 3: "application/json, application/json"}
	for variant, want := range media {
		in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
			w.Script("op", chaos.Fault{Kind: chaos.OddEncoding, Variant: variant})
			got := plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
			assert.Equal(t, want, got.header.Get("Content-Type"))
			assert.Contains(t, got.header, "Bardge-Request-Id")
			assert.Contains(t, got.body, `"object":"issued_pass"`)
		})
	}
}

func TestFaultLongWaitDoesNotFit(t *testing.T) {
	for variant, want := range []string{"84", "100", "120"} {
		in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
			w.Script("op", chaos.Fault{Kind: chaos.LongWait, Variant: variant})
			assert.Equal(t, want, plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key").header.Get("Retry-After"))
		})
	}
}

func TestFaultNotCancelledLeavesTheBooking(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op, send := chaos.NewOp(chaos.Idempotent, "op"), plain(w)
		w.Script("op", chaos.Fault{Kind: chaos.NotCancelled})
		first := send(t.Context(), op, "")
		assert.Equal(t, 200, first.status)
		assert.Contains(t, first.body, `"status":"confirmed"`)
		assert.False(t, w.Ledger.Cancelled("op"))
		assert.Contains(t, send(t.Context(), op, "").body, `"status":"cancelled"`)
	})
}

func TestFaultRotatedKeyKeepsTheAccount(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op := chaos.NewOp(chaos.Keyed, "op")
		w.Script("op", chaos.Fault{}, chaos.Fault{Kind: chaos.RotatedKey})
		before, send := w.Credentials(), plain(w)
		for _, status := range []int{201, 401, 201} {
			ctx := context.WithValue(t.Context(), authorization{}, w.Credentials())
			assert.Equal(t, status, send(ctx, op, "key").status)
		}
		assert.NotEqual(t, before, w.Credentials())
		assert.Equal(t, 1, w.Ledger.Executed("op"), "a key belongs to the account")
	})
}

// TestFaultRollsBack holds what becomes of a request whose execution takes 20 s, and of one that waits for it.
func TestFaultRollsBack(t *testing.T) {
	slow := chaos.Fault{Kind: chaos.RollsBack, Wait: 20 * time.Second}
	for _, class := range []chaos.Class{chaos.Keyed, chaos.KeyUnverified, chaos.Idempotent} {
		t.Run(string(class), func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				op := chaos.NewOp(class, "op")
				w.Script("op", slow)
				assert.ErrorIs(t, plain(w)(t.Context(), op, "key").err, context.DeadlineExceeded)
				w.Resolve()
				assert.Zero(t, w.Ledger.Executed("op"))
				assert.Contains(t, w.Ledger.Timeline(op), "rolled back: the client has left")
				assert.NotContains(t, plain(w)(t.Context(), op, "key").header, replayed, "the key is free again")
				assert.Equal(t, 1, w.Ledger.Executed("op"))
			})
		})
	}
	t.Run("the one that waits is the first then", func(t *testing.T) {
		in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
			op := chaos.NewOp(chaos.Keyed, "op")
			w.Script("op", slow)
			go plain(w)(t.Context(), op, "key")
			time.Sleep(5 * time.Second)
			assert.Equal(t, 201, plain(w)(t.Context(), op, "key").status)
			assert.Equal(t, 1, w.Ledger.Executed("op"))
			assert.Contains(t, w.Ledger.Timeline(op), "waited for the first, which was rolled back")
		})
	})
}

func TestFaultClockSteps(t *testing.T) {
	for kind, want := range map[chaos.Kind]time.Duration{chaos.ClockForward: time.Minute, chaos.ClockBack: -time.Minute} {
		in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
			w.Script("op", chaos.Fault{Kind: kind, Wait: time.Minute})
			passed := watch(&w.Clock)
			plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
			got := passed()
			assert.Equal(t, want, got.wall-got.mono)
			assert.Equal(t, got.server, got.mono)
			assert.Zero(t, w.Clock.Slept())
		})
	}
}

// TestPlanClockBackOnlyWhereTheMonotonicClockRuns: with it stopped as well, no clock would have kept up (A3).
func TestPlanClockBackOnlyWhereTheMonotonicClockRuns(t *testing.T) {
	for seed := range uint64(6) {
		cfg := chaos.Config{Seed: seed, Faults: chaos.Faults{First: 1, Mix: map[chaos.Kind]int{chaos.ClockBack: 1}}}
		in(t, cfg, func(t *testing.T, w *chaos.World) {
			wall, mono := w.Clock.ClientWall(), time.Now()
			plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
			ahead := w.Clock.ClientWall().Sub(wall) - time.Since(mono)
			assert.Equal(t, seed%2 == 1, ahead > 0)
		})
	}
}

func TestPlanSomeFaultsLast(t *testing.T) {
	for kind, struck := range map[chaos.Kind]int{chaos.Ingress: 3, chaos.RotatedKey: 3, chaos.OddEncoding: 5, chaos.NotImplemented: 1} {
		t.Run(string(kind), func(t *testing.T) {
			cfg := chaos.Config{Faults: chaos.Faults{First: 1, Mix: map[chaos.Kind]int{kind: 1}}}
			in(t, cfg, func(t *testing.T, w *chaos.World) {
				op, send := chaos.NewOp(chaos.Safe, "op"), plain(w)
				for range 5 {
					send(t.Context(), op, "")
				}
				assert.Equal(t, struck, strikes(w, op, kind))
			})
		})
	}
}

func TestPlanLaterFaultsLastTooIfTheyComeInARow(t *testing.T) {
	cfg := chaos.Config{Faults: chaos.Faults{Later: 0.2, Mix: map[chaos.Kind]int{chaos.Ingress: 1}}}
	in(t, cfg, func(t *testing.T, w *chaos.World) {
		send := plain(w)
		run, shortest := 0, 99
		for range 60 {
			if send(t.Context(), chaos.NewOp(chaos.Safe, "op"), "").status == 404 {
				run++
				continue
			}
			if run > 0 {
				shortest = min(shortest, run)
			}
			run = 0
		}
		assert.Equal(t, 3, shortest)
	})
}
