package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
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
		fault      chaos.Fault
		executions int
		status     int    // zero: err
		err        error  // also with a status: reading the body failed
		says       string // part of the response
	}{
		{chaos.Fault{}, executed, 201, nil, "thing-op"},

		{chaos.Fault{Kind: chaos.StaleConn}, not, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.CutRequest}, not, 0, syscall.ECONNRESET, ""},
		{chaos.Fault{Kind: chaos.CutRequest, Variant: 1}, not, 0, syscall.ECONNRESET, ""},
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
		{chaos.Fault{Kind: chaos.SlowResponse, Wait: time.Second}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.SlowResponse, Wait: 20 * time.Second}, executed, 201, context.DeadlineExceeded, "thing"},
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
		{chaos.Fault{Kind: chaos.Throttle}, not, 503, nil, "Retry-After: 2\r\n"},
		{chaos.Fault{Kind: chaos.Throttle, Variant: 1}, not, 429, nil, "Retry-After: 120\r\n"},
		{chaos.Fault{Kind: chaos.Throttle, Variant: 1, After: true}, executed, 503, nil, "Retry-After: 120\r\n"}, // a 429 would deny the execution
		{chaos.Fault{Kind: chaos.Throttle, Variant: 2}, not, 429, nil, "Retry-After: 9300000000\r\n"},
		{chaos.Fault{Kind: chaos.Throttle, Variant: 3}, not, 503, nil, " GMT\r\n"},
		{chaos.Fault{Kind: chaos.Throttle, Variant: 5}, not, 429, nil, "Retry-After: -3\r\n"},
		{chaos.Fault{Kind: chaos.Throttle, Variant: 6}, not, 503, nil, "Retry-After: soon\r\n"},
		{chaos.Fault{Kind: chaos.EarlyRefusal}, not, 401, nil, "invalid_api_key"},
		{chaos.Fault{Kind: chaos.OddBody}, not, 200, nil, `{"error":`},
		{chaos.Fault{Kind: chaos.OddBody, Variant: 1, After: true}, executed, 200, nil, "null"},
		{chaos.Fault{Kind: chaos.OddBody, Variant: 4}, not, 202, nil, "queued"},
		{chaos.Fault{Kind: chaos.OddBody, Variant: 5}, not, 204, nil, ""},
		{chaos.Fault{Kind: chaos.NoType}, executed, 201, nil, "thing-op"},
		{chaos.Fault{Kind: chaos.Oversized}, executed, 201, nil, "thing-op"},

		{chaos.Fault{Kind: chaos.GatewaySuccess}, not, 200, nil, "{}"},
		{chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 6}, not, 200, nil, "Bardge-Request-Id: req_"},
		{chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 13}, not, 201, nil, "scheduled maintenance"},
		{chaos.Fault{Kind: chaos.GatewaySuccess, Variant: 2, After: true}, executed, 200, nil, `"success":false`},
		{chaos.Fault{Kind: chaos.OddEncoding}, executed, 201, nil, "\ufeff{"},
		{chaos.Fault{Kind: chaos.OddEncoding, Variant: 1}, executed, 201, nil, `"object":"issued_pass","rating":NaN}`},
		{chaos.Fault{Kind: chaos.OddEncoding, Variant: 2}, executed, 201, nil, "Content-Type: application/json; charset\r\n"},
		{chaos.Fault{Kind: chaos.OddEncoding, Variant: 3}, executed, 201, nil, "Content-Type: application/json, application/json\r\n"},
		{chaos.Fault{Kind: chaos.LongWait}, not, 503, nil, "Retry-After: 84\r\n"},
		{chaos.Fault{Kind: chaos.LongWait, Variant: 2}, not, 503, nil, "Retry-After: 120\r\n"},
		{chaos.Fault{Kind: chaos.LongWait, Variant: 4}, not, 429, nil, "Retry-After: 100\r\n"},
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
		t.Run(fmt.Sprint(row.fault, " ", row.status), simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			sim.Script("op", row.fault)
			got := plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key")
			sim.Resolve()
			assert.Equal(t, row.status, got.status)
			assert.ErrorIs(t, got.err, row.err)
			assert.Contains(t, got.text(), row.says)
			assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
		}))
	}
}

func TestFaultsOfOtherClasses(t *testing.T) {
	const executed, not = 1, 0
	serverError := chaos.Fault{Kind: chaos.ServerError, After: true}
	slowBefore := chaos.Fault{Kind: chaos.SlowBefore, Wait: 20 * time.Second}
	slowAfter := chaos.Fault{Kind: chaos.SlowAfter, Wait: 20 * time.Second}
	rollsBack := chaos.Fault{Kind: chaos.RollsBack, Wait: 20 * time.Second}
	notCancelled := chaos.Fault{Kind: chaos.NotCancelled}
	for _, row := range []struct {
		class      chaos.Class
		fault      chaos.Fault
		executions int
		status     int // zero: the client has given up
		says       string
	}{
		{chaos.Idempotent, serverError, executed, 500, "internal_error"},
		{chaos.KeyUnverified, serverError, executed, 500, "internal_error"},
		{chaos.Safe, serverError, not, 500, "internal_error"},
		{chaos.Idempotent, slowBefore, executed, 0, ""},
		{chaos.KeyUnverified, slowBefore, executed, 0, ""},
		{chaos.Safe, slowBefore, not, 0, ""},
		{chaos.Idempotent, slowAfter, executed, 0, ""},
		{chaos.KeyUnverified, slowAfter, executed, 0, ""},
		{chaos.Safe, slowAfter, not, 0, ""},
		{chaos.Idempotent, rollsBack, not, 0, ""},
		{chaos.KeyUnverified, rollsBack, not, 0, ""},
		{chaos.Idempotent, notCancelled, not, 200, `"status":"confirmed"`},
	} {
		t.Run(fmt.Sprint(row.class, " ", row.fault), simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			sim.Script("op", row.fault)
			got := plain(sim)(t.Context(), chaos.NewOp(row.class, "op"), "key")
			sim.Resolve()
			assert.Equal(t, row.status, got.status)
			assert.Equal(t, row.status == 0, errors.Is(got.err, context.DeadlineExceeded))
			assert.Contains(t, got.text(), row.says)
			assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
		}))
	}
}

func TestFaultOversizedIsBeyondTenMiB(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
		sim.Script("op", chaos.Fault{Kind: chaos.Oversized})
		assert.Greater(t, len(plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key").body), 10<<20)
	})
}

func TestFaultNoTypeSendsNone(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
		sim.Script("op", chaos.Fault{Kind: chaos.NoType})
		assert.NotContains(t, plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key").header, "Content-Type")
	})
}

// TestFaultExtraResponseIsTakenForTheNextRequests: the response is there before
// a byte of that request is written.
func TestFaultExtraResponseIsTakenForTheNextRequests(t *testing.T) {
	for name, row := range map[string]struct {
		variant int
		status  int
		body    string
		lies    []chaos.Claim
	}{
		"the same once more": {0, 201, "thing-op-1", []chaos.Claim{chaos.Done}},
		"a refusal":          {2, 409, "class_full", []chaos.Claim{chaos.Rejected}},
	} {
		t.Run(name, simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			first, second := chaos.NewOp(chaos.Keyed, "op-1"), chaos.NewOp(chaos.Keyed, "op-2")
			sim.Script("op-1", chaos.Fault{Kind: chaos.ExtraResponse, Variant: row.variant})
			client, got := poster(sim)
			assert.Equal(t, chaos.Done, sim.Call(t.Context(), client, first))
			time.Sleep(time.Second) // nothing arrives on the idle connection
			sim.Call(t.Context(), client, second)
			sim.Resolve()
			assert.Equal(t, row.status, (*got)[1].status)
			assert.Contains(t, (*got)[1].body, row.body)
			assert.Equal(t, row.lies, sim.Ledger.Judge(second).Lies)
			assert.True(t, sim.Ledger.Judge(first).OK())
			story := sim.Ledger.Timeline(second)
			assert.Less(t, strings.Index(story, "a response to another request arrives"), strings.Index(story, "request 1 leaves"), story)
		}))
	}
}

// poster sends each operation on the client's one connection and claims what
// the status shows.
func poster(sim *chaos.Simulation) (chaos.Client, *[]seen) {
	var all []seen
	send := plain(sim)
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		got := send(ctx, op, "key-"+op.ID)
		all = append(all, got)
		switch got.status / 100 {
		case 2:
			return chaos.Done
		case 4:
			return chaos.Rejected
		}
		return chaos.Unknown
	}, &all
}
