package chaos_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

// TestFaults holds for each fault: what a plain client sees, and whether the
// operation was executed.
func TestFaults(t *testing.T) {
	const executed, not = 1, 0
	for _, row := range []struct {
		class      chaos.Class // zero: keyed
		fault      chaos.Fault
		executions int
		status     int    // zero: err
		err        error  // also with a status: reading the body failed
		says       string // part of the response
	}{
		{fault: chaos.Fault{}, executions: executed, status: 201, says: "thing-op"},

		{fault: chaos.Fault{Kind: chaos.StaleConn}, executions: not, err: syscall.ECONNRESET},
		{fault: chaos.Fault{Kind: chaos.CutRequest}, executions: not, err: syscall.ECONNRESET},
		{fault: chaos.Fault{Kind: chaos.CutRequest, Variant: 1}, executions: not, err: syscall.ECONNRESET},
		{fault: chaos.Fault{Kind: chaos.DeadConn}, executions: not, err: context.DeadlineExceeded},
		{fault: chaos.Fault{Kind: chaos.LateRequest, Wait: 5 * time.Second}, executions: executed, status: 201, says: "thing-op"},
		{fault: chaos.Fault{Kind: chaos.LateRequest, Wait: 20 * time.Second}, executions: executed, err: context.DeadlineExceeded},
		{fault: chaos.Fault{Kind: chaos.LateAndLost, Wait: 5 * time.Second}, executions: executed, err: io.EOF},
		{fault: chaos.Fault{Kind: chaos.HeldRequest, Wait: 5 * time.Second}, executions: executed, status: 201, says: "thing-op"},
		{fault: chaos.Fault{Kind: chaos.HeldRequest, Wait: time.Minute}, executions: executed, err: context.DeadlineExceeded},

		{fault: chaos.Fault{Kind: chaos.SlowBefore, Wait: 2 * time.Second}, executions: executed, status: 201, says: "thing-op"},
		{fault: chaos.Fault{Kind: chaos.SlowBefore, Wait: 20 * time.Second}, executions: executed, err: context.DeadlineExceeded},
		{fault: chaos.Fault{Kind: chaos.SlowAfter, Wait: 20 * time.Second}, executions: executed, err: context.DeadlineExceeded},
		{fault: chaos.Fault{Kind: chaos.ServerError}, executions: not, status: 500, says: "internal_error"},
		{fault: chaos.Fault{Kind: chaos.ServerError, Variant: 1}, executions: not, status: 503, says: "unavailable"},
		{fault: chaos.Fault{Kind: chaos.ServerError, After: true}, executions: executed, status: 500, says: "internal_error"},

		{fault: chaos.Fault{Kind: chaos.ResetConn}, executions: not, err: syscall.ECONNRESET},
		{fault: chaos.Fault{Kind: chaos.ResetConn, After: true}, executions: executed, err: syscall.ECONNRESET},
		{fault: chaos.Fault{Kind: chaos.CloseConn, After: true}, executions: executed, err: io.EOF},
		{fault: chaos.Fault{Kind: chaos.CutResponse}, executions: executed, status: 201, err: io.ErrUnexpectedEOF, says: "thing"},
		{fault: chaos.Fault{Kind: chaos.CutResponse, Variant: 1}, executions: executed, status: 201, err: io.ErrUnexpectedEOF, says: "thing"},
		{fault: chaos.Fault{Kind: chaos.CutResponse, Variant: 2}, executions: executed, status: 201, says: "thing"},
		{fault: chaos.Fault{Kind: chaos.SlowResponse, Wait: time.Second}, executions: executed, status: 201, says: "thing-op"},
		{fault: chaos.Fault{Kind: chaos.SlowResponse, Wait: 20 * time.Second}, executions: executed, status: 201, err: context.DeadlineExceeded, says: "thing"},
		{fault: chaos.Fault{Kind: chaos.ProxyError}, executions: not, status: 502, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.ProxyError, Variant: 2, After: true}, executions: executed, status: 504, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Portal}, executions: not, status: 200, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Portal, Variant: 1}, executions: not, status: 200, says: "Welcome"},
		{fault: chaos.Fault{Kind: chaos.ProxyTimeout, After: true}, executions: executed, status: 408, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Redirect, Variant: 4}, executions: not, status: 308, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Redirect, Variant: 2, After: true}, executions: executed, status: 303, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Middlebox, Variant: 3}, executions: not, status: 409, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Middlebox, Variant: 7, After: true}, executions: executed, status: 404, says: `{"error":`},
		{fault: chaos.Fault{Kind: chaos.GatewayRefusal, Variant: 2}, executions: not, status: 413, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Garbage}, executions: not, status: 999},
		{fault: chaos.Fault{Kind: chaos.Garbage, Variant: 3, After: true}, executions: executed, status: 101},
		{fault: chaos.Fault{Kind: chaos.Throttle}, executions: not, status: 503, says: "Retry-After: 2\r\n"},
		{fault: chaos.Fault{Kind: chaos.Throttle, Variant: 1}, executions: not, status: 429, says: "Retry-After: 120\r\n"},
		{fault: chaos.Fault{Kind: chaos.Throttle, Variant: 1, After: true}, executions: executed, status: 503, says: "Retry-After: 120\r\n"}, // a 429 would deny the execution
		{fault: chaos.Fault{Kind: chaos.Throttle, Variant: 2}, executions: not, status: 429, says: "Retry-After: 9300000000\r\n"},
		{fault: chaos.Fault{Kind: chaos.Throttle, Variant: 3}, executions: not, status: 503, says: " GMT\r\n"},
		{fault: chaos.Fault{Kind: chaos.Throttle, Variant: 5}, executions: not, status: 429, says: "Retry-After: -3\r\n"},
		{fault: chaos.Fault{Kind: chaos.Throttle, Variant: 6}, executions: not, status: 503, says: "Retry-After: soon\r\n"},
		{fault: chaos.Fault{Kind: chaos.EarlyRefusal}, executions: not, status: 401, says: "invalid_api_key"},
		{fault: chaos.Fault{Kind: chaos.OddBody}, executions: not, status: 200, says: `{"error":`},
		{fault: chaos.Fault{Kind: chaos.OddBody, Variant: 1, After: true}, executions: executed, status: 200, says: "null"},
		{fault: chaos.Fault{Kind: chaos.OddBody, Variant: 4}, executions: not, status: 202, says: "queued"},
		{fault: chaos.Fault{Kind: chaos.OddBody, Variant: 5}, executions: not, status: 204},
		{fault: chaos.Fault{Kind: chaos.NoType}, executions: executed, status: 201, says: "thing-op"},
		{fault: chaos.Fault{Kind: chaos.Oversized}, executions: executed, status: 201, says: "thing-op"},

		{fault: chaos.Fault{Kind: chaos.GatewaySuccess}, executions: not, status: 200, says: "{}"},
		{fault: chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 6}, executions: not, status: 200, says: "Bardge-Request-Id: req_"},
		{fault: chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 13}, executions: not, status: 201, says: "scheduled maintenance"},
		{fault: chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 2, After: true}, executions: executed, status: 200, says: `"success":false`},
		{fault: chaos.Fault{Kind: chaos.OddEncoding}, executions: executed, status: 201, says: "\ufeff{"},
		{fault: chaos.Fault{Kind: chaos.OddEncoding, Variant: 1}, executions: executed, status: 201, says: `"object":"issued_pass","rating":NaN}`},
		{fault: chaos.Fault{Kind: chaos.OddEncoding, Variant: 2}, executions: executed, status: 201, says: "Content-Type: application/json; charset\r\n"},
		{fault: chaos.Fault{Kind: chaos.OddEncoding, Variant: 3}, executions: executed, status: 201, says: "Content-Type: application/json, application/json\r\n"},
		{fault: chaos.Fault{Kind: chaos.LongWait}, executions: not, status: 503, says: "Retry-After: 84\r\n"},
		{fault: chaos.Fault{Kind: chaos.LongWait, Variant: 2}, executions: not, status: 503, says: "Retry-After: 120\r\n"},
		{fault: chaos.Fault{Kind: chaos.LongWait, Variant: 4}, executions: not, status: 429, says: "Retry-After: 100\r\n"},
		{fault: chaos.Fault{Kind: chaos.LongWait, Variant: 3, After: true}, executions: executed, status: 503, says: "unavailable"},
		{fault: chaos.Fault{Kind: chaos.NotImplemented}, executions: not, status: 501, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.NotImplemented, After: true}, executions: executed, status: 501, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.Ingress, After: true}, executions: not, status: 404, says: "<html>"},
		{fault: chaos.Fault{Kind: chaos.RotatedKey}, executions: not, status: 401, says: "invalid_api_key"},
		{fault: chaos.Fault{Kind: chaos.RollsBack, Wait: 10 * time.Second}, executions: executed, status: 201, says: "thing-op"},
		{fault: chaos.Fault{Kind: chaos.RollsBack, Wait: 16 * time.Second}, executions: not, err: context.DeadlineExceeded},
		{fault: chaos.Fault{Kind: chaos.ExtraResponse}, executions: executed, status: 201, says: "thing-op"},
		{fault: chaos.Fault{Kind: chaos.ClockForward, Wait: time.Minute}, executions: not, err: syscall.ECONNRESET},
		{fault: chaos.Fault{Kind: chaos.ClockBack, Wait: time.Minute, After: true}, executions: executed, err: syscall.ECONNRESET},
		{fault: chaos.Fault{Kind: chaos.NotCancelled}, executions: executed, status: 201, says: "thing-op"}, // it is no cancellation

		{class: chaos.Safe, fault: chaos.Fault{Kind: chaos.ServerError, After: true}, executions: not, status: 500, says: "internal_error"},
		{class: chaos.Idempotent, fault: chaos.Fault{Kind: chaos.SlowAfter, Wait: 20 * time.Second}, executions: executed, err: context.DeadlineExceeded},
		{class: chaos.KeyUnverified, fault: chaos.Fault{Kind: chaos.RollsBack, Wait: 20 * time.Second}, executions: not, err: context.DeadlineExceeded},
		{class: chaos.Idempotent, fault: chaos.Fault{Kind: chaos.NotCancelled}, executions: not, status: 200, says: `"status":"confirmed"`},
	} {
		class := cmp.Or(row.class, chaos.Keyed)
		t.Run(fmt.Sprint(class, " ", row.fault, " ", row.status), simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			sim.Script("op", row.fault)
			got := plain(sim)(t.Context(), chaos.NewOp(class, "op"), "key")
			sim.Resolve()
			assert.Equal(t, row.status, got.status)
			// After a reset net/http returns the error of the write, or of the
			// read that ends with it, as it happens.
			if row.err != syscall.ECONNRESET || !errors.Is(got.err, net.ErrClosed) { //nolint:errorlint // the row's own
				assert.ErrorIs(t, got.err, row.err)
			}
			assert.Contains(t, got.text(), row.says)
			assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
		}))
	}
}

// TestFaultExtraResponse: the response lies on the connection before a byte of
// the next request is written, and is taken for that request's.
func TestFaultExtraResponse(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
		sim.Script("op-1", chaos.Fault{Kind: chaos.ExtraResponse, Variant: 2})
		send, got := plain(sim), map[string]seen{}
		client := func(ctx context.Context, op chaos.Op) chaos.Claim {
			got[op.ID] = send(ctx, op, "key-"+op.ID)
			return chaos.Rejected
		}
		sim.Call(t.Context(), client, chaos.NewOp(chaos.Keyed, "op-1"))
		time.Sleep(time.Second) // nothing arrives on the idle connection
		second := chaos.NewOp(chaos.Keyed, "op-2")
		sim.Call(t.Context(), client, second)
		sim.Resolve()
		assert.Equal(t, 409, got["op-2"].status)
		assert.Contains(t, got["op-2"].body, "class_full")
		assert.Equal(t, lie(chaos.Rejected), sim.Ledger.Judge(second))
	})
}
