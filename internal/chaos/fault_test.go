package chaos_test

import (
	"context"
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

// TestFaults holds for each fault: what a plain client sees, and whether the operation was executed.
func TestFaults(t *testing.T) {
	const executed, not = 1, 0
	for _, row := range []struct {
		fault      chaos.Fault
		executions int
		status     int    // zero: err
		err        error  // also with a status: reading the body failed
		says       string // part of the body
	}{
		{chaos.Fault{}, executed, 201, nil, "thing-op"},

		{chaos.Fault{Kind: chaos.StaleConn}, not, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.CutRequest}, not, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.DeadConn}, not, 0, context.DeadlineExceeded, ""},
		{chaos.Fault{Kind: chaos.LateRequest, Wait: 5 * time.Second}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.LateRequest, Wait: 20 * time.Second}, executed, 0, context.DeadlineExceeded, ""},
		{chaos.Fault{Kind: chaos.LateAndLost, Wait: 5 * time.Second}, executed, 0, io.EOF, ""},
		{chaos.Fault{Kind: chaos.HeldRequest, Wait: 5 * time.Second}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.HeldRequest, Wait: time.Minute}, executed, 0, context.DeadlineExceeded, ""},

		{chaos.Fault{Kind: chaos.SlowBefore, Wait: 2 * time.Second}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.SlowBefore, Wait: 20 * time.Second}, executed, 0, context.DeadlineExceeded, ""},
		{chaos.Fault{Kind: chaos.SlowAfter, Wait: 20 * time.Second}, executed, 0, context.DeadlineExceeded, ""},
		{chaos.Fault{Kind: chaos.ServerError}, not, 500, nil, "internal_error"},
		{chaos.Fault{Kind: chaos.ServerError, Variant: 1}, not, 503, nil, "unavailable"},
		{chaos.Fault{Kind: chaos.ServerError, After: true}, executed, 500, nil, "internal_error"},

		{chaos.Fault{Kind: chaos.ResetConn}, not, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.ResetConn, After: true}, executed, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.CloseConn, After: true}, executed, 0, io.EOF, ""},
		{chaos.Fault{Kind: chaos.CutResponse}, executed, 201, io.ErrUnexpectedEOF, "thing"},
		{chaos.Fault{Kind: chaos.CutResponse, Variant: 1}, executed, 201, io.ErrUnexpectedEOF, "thing"},
		{chaos.Fault{Kind: chaos.CutResponse, Variant: 2}, executed, 201, nil, "thing"},
		{chaos.Fault{Kind: chaos.SlowAnswer, Wait: time.Second}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.SlowAnswer, Wait: 20 * time.Second}, executed, 201, context.DeadlineExceeded, "thing"},
		{chaos.Fault{Kind: chaos.ProxyError}, not, 502, nil, "<html>"},
		{chaos.Fault{Kind: chaos.ProxyError, Variant: 2, After: true}, executed, 504, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Portal}, not, 200, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Portal, Variant: 1}, not, 200, nil, "Welcome"},
		{chaos.Fault{Kind: chaos.ProxyTimeout, After: true}, executed, 408, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Redirect, Variant: 4}, not, 308, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Redirect, Variant: 2, After: true}, executed, 303, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Middlebox, Variant: 3}, not, 409, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Middlebox, Variant: 7, After: true}, executed, 404, nil, `{"error":`},
		{chaos.Fault{Kind: chaos.GatewayRefusal, Variant: 2}, not, 413, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Garbage}, not, 999, nil, ""},
		{chaos.Fault{Kind: chaos.Garbage, Variant: 3, After: true}, executed, 101, nil, ""},
		{chaos.Fault{Kind: chaos.EarlyRefusal}, not, 401, nil, "invalid_api_key"},
		{chaos.Fault{Kind: chaos.OddBody}, not, 200, nil, `{"error":`},
		{chaos.Fault{Kind: chaos.OddBody, Variant: 1, After: true}, executed, 200, nil, "null"},
		{chaos.Fault{Kind: chaos.OddBody, Variant: 4}, not, 202, nil, "queued"},
		{chaos.Fault{Kind: chaos.OddBody, Variant: 5}, not, 204, nil, ""},
		{chaos.Fault{Kind: chaos.NoType}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.Oversized}, executed, 201, nil, "thing-op"},

		{chaos.Fault{Kind: chaos.GatewaySuccess}, not, 200, nil, "{}"},
		{chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 13}, not, 201, nil, "scheduled maintenance"},
		{chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 2, After: true}, executed, 200, nil, `"success":false`},
		{chaos.Fault{Kind: chaos.OddEncoding}, executed, 201, nil, "\ufeff{"},
		{chaos.Fault{Kind: chaos.OddEncoding, Variant: 1}, executed, 201, nil, `"object":"issued_pass","rating":NaN}`},
		{chaos.Fault{Kind: chaos.LongWait}, not, 503, nil, "unavailable"},
		{chaos.Fault{Kind: chaos.LongWait, Variant: 3}, not, 429, nil, "rate_limited"},
		{chaos.Fault{Kind: chaos.LongWait, Variant: 3, After: true}, executed, 503, nil, "unavailable"},
		{chaos.Fault{Kind: chaos.NotImplemented}, not, 501, nil, "<html>"},
		{chaos.Fault{Kind: chaos.NotImplemented, After: true}, executed, 501, nil, "<html>"},
		{chaos.Fault{Kind: chaos.Ingress, After: true}, not, 404, nil, "<html>"},
		{chaos.Fault{Kind: chaos.RotatedKey}, not, 401, nil, "invalid_api_key"},
		{chaos.Fault{Kind: chaos.RollsBack, Wait: 10 * time.Second}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.RollsBack, Wait: 16 * time.Second}, not, 0, context.DeadlineExceeded, ""},
		{chaos.Fault{Kind: chaos.ExtraResponse}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.ClockForward, Wait: time.Minute}, not, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.ClockBack, Wait: time.Minute, After: true}, executed, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.NotCancelled}, executed, 201, nil, "thing-op"}, // it is no cancellation
	} {
		t.Run(fmt.Sprint(row.fault, " ", row.status), func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				w.Script("op", row.fault)
				got := plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
				w.Resolve()
				assert.Equal(t, row.status, got.status)
				assert.ErrorIs(t, got.err, row.err)
				assert.Contains(t, got.body, row.says)
				assert.Equal(t, row.executions, w.Ledger.Executed("op"))
			})
		})
	}
}

func TestFaultServerErrorAfterIsStored(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
		w.Script("op", chaos.Fault{Kind: chaos.ServerError, After: true})
		first, second := send(t.Context(), op, "key"), send(t.Context(), op, "key")
		assert.NotContains(t, first.header, replayed)
		assert.Equal(t, 500, second.status)
		assert.Equal(t, "true", second.header.Get(replayed))
	})
}

func TestFaultServerErrorStrikesEveryClass(t *testing.T) {
	for class, executions := range map[chaos.Class]int{chaos.Idempotent: 1, chaos.KeyUnverified: 1, chaos.Safe: 0} {
		t.Run(string(class), func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				w.Script("op", chaos.Fault{Kind: chaos.ServerError, After: true})
				assert.Equal(t, 500, plain(w)(t.Context(), chaos.NewOp(class, "op"), "").status)
				assert.Equal(t, executions, w.Ledger.Executed("op"))
			})
		})
	}
}

func TestFaultSlownessStrikesEveryClass(t *testing.T) {
	for _, class := range []chaos.Class{chaos.Keyed, chaos.Idempotent, chaos.KeyUnverified, chaos.Safe} {
		for _, kind := range []chaos.Kind{chaos.SlowBefore, chaos.SlowAfter} {
			t.Run(fmt.Sprint(class, " ", kind), func(t *testing.T) {
				in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
					w.Script("op", chaos.Fault{Kind: kind, Wait: 10 * time.Second})
					sent := time.Now()
					plain(w)(t.Context(), chaos.NewOp(class, "op"), "key")
					assert.Equal(t, 10*time.Second, time.Since(sent).Truncate(time.Second))
				})
			})
		}
	}
}

func TestFaultCutRequestMayReachTheServersCode(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op := chaos.NewOp(chaos.Keyed, "op")
		w.Script("op", chaos.Fault{Kind: chaos.CutRequest, Variant: 1})
		plain(w)(t.Context(), op, "key")
		w.Resolve()
		assert.Contains(t, w.Ledger.Timeline(op), "broke off before it was read")
		assert.NotContains(t, w.Ledger.Timeline(op), "refused", "nothing is made of what came")
	})
}

func TestFaultThrottleAsksForAllSortsOfWaits(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		send := plain(w)
		asked := map[string]bool{}
		for variant := range 7 {
			id := fmt.Sprint("op-", variant)
			w.Script(id, chaos.Fault{Kind: chaos.Throttle, Variant: variant})
			got := send(t.Context(), chaos.NewOp(chaos.Keyed, id), "key-"+id)
			assert.Contains(t, []int{429, 503}, got.status)
			assert.Zero(t, w.Ledger.Executed(id))
			asked[got.header.Get("Retry-After")] = true
		}
		assert.Len(t, asked, 7)
	})
}

func TestFaultThrottleAfterIsA503(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		w.Script("op", chaos.Fault{Kind: chaos.Throttle, After: true, Variant: 1})
		assert.Equal(t, 503, plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key").status, "a 429 would deny the execution")
		assert.Equal(t, 1, w.Ledger.Executed("op"))
	})
}

func TestFaultOversizedIsBeyondTenMiB(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		w.Script("op", chaos.Fault{Kind: chaos.Oversized})
		assert.Greater(t, len(plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key").body), 10<<20)
	})
}

func TestFaultNoTypeSendsNone(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		w.Script("op", chaos.Fault{Kind: chaos.NoType})
		assert.NotContains(t, plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key").header, "Content-Type")
	})
}
