package chaos_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

func TestRulesForgetAfterTheTTLCountedFromTakingUp(t *testing.T) {
	for name, row := range map[string]struct {
		after      time.Duration // of the second request, since the first
		executions int
	}{
		"a second before": {after: 89 * time.Second, executions: 1},
		"at its end":      {after: 90 * time.Second, executions: 2},
	} {
		t.Run(name, simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			op, send := chaos.NewOp(chaos.Keyed, "op"), plain(sim)
			sim.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: 10 * time.Second})
			start := time.Now()
			send(t.Context(), op, "key")
			time.Sleep(row.after - time.Since(start))
			send(t.Context(), op, "key")
			assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
		}))
	}
}

func TestRulesConcurrent(t *testing.T) {
	for name, row := range map[string]struct {
		rules  chaos.Rules
		status int
		takes  time.Duration // beside the time on the way
	}{
		"first rules: wait and share":   {rules: chaos.BardgeRules(), status: 201, takes: 4 * time.Second},
		"second rules: in progress 409": {rules: chaos.SecondRules(), status: 409},
	} {
		t.Run(name, simulationTest(chaos.Config{Rules: row.rules}, func(t *testing.T, sim *chaos.Simulation) {
			op, send := chaos.NewOp(chaos.Keyed, "op"), plain(sim)
			sim.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: 5 * time.Second})
			first := make(chan seen)
			go func() { first <- send(t.Context(), op, "key") }()
			time.Sleep(time.Second)
			start := time.Now()
			second := send(t.Context(), op, "key")
			assert.Equal(t, row.status, second.status)
			assert.Equal(t, row.takes, time.Since(start).Truncate(time.Second))
			assert.Equal(t, 201, (<-first).status)
			assert.Equal(t, 1, sim.Ledger.Executed("op"))
		}))
	}
}

func TestClassesProtectWhatTheyPromise(t *testing.T) {
	for _, row := range []struct {
		class      chaos.Class
		key        string
		second     int
		executions int
	}{
		{class: chaos.Keyed, key: "key", second: 201, executions: 1},
		{class: chaos.Keyed, second: 201, executions: 2},
		{class: chaos.KeyUnverified, key: "key", second: 201, executions: 2},
		{class: chaos.Idempotent, key: "key", second: 409, executions: 1},
		{class: chaos.Safe, second: 200},
	} {
		t.Run(string(row.class)+" "+row.key, simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			op, send := chaos.NewOp(row.class, "op"), plain(sim)
			send(t.Context(), op, row.key)
			assert.Equal(t, row.second, send(t.Context(), op, row.key).status)
			assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
		}))
	}
}

func TestJudge(t *testing.T) {
	for name, row := range map[string]struct {
		class    chaos.Class
		requests int
		fault    chaos.Fault // of the first request
		claim    chaos.Claim
		want     chaos.Verdict
	}{
		"done, executed":                      {class: chaos.Keyed, requests: 1, fault: chaos.Fault{}, claim: chaos.Done, want: chaos.Verdict{}},
		"done, not executed":                  {class: chaos.Keyed, requests: 1, fault: chaos.Fault{Kind: chaos.Portal}, claim: chaos.Done, want: lie(chaos.Done)},
		"done, executed after the claim":      {class: chaos.Keyed, requests: 1, fault: chaos.Fault{Kind: chaos.HeldRequest, Wait: time.Minute}, claim: chaos.Done, want: lie(chaos.Done)},
		"done, cancelled":                     {class: chaos.Idempotent, requests: 2, fault: chaos.Fault{}, claim: chaos.Done, want: chaos.Verdict{}},
		"unknown, executed":                   {class: chaos.Keyed, requests: 1, fault: chaos.Fault{}, claim: chaos.Unknown, want: chaos.Verdict{}},
		"unknown, not sent":                   {class: chaos.Keyed, fault: chaos.Fault{}, claim: chaos.Unknown, want: chaos.Verdict{}},
		"rejected, not executed":              {class: chaos.Keyed, requests: 1, fault: chaos.Fault{Kind: chaos.EarlyRefusal}, claim: chaos.Rejected, want: chaos.Verdict{}},
		"rejected, executed":                  {class: chaos.Keyed, requests: 1, fault: chaos.Fault{}, claim: chaos.Rejected, want: lie(chaos.Rejected)},
		"rejected, cancelled":                 {class: chaos.Idempotent, requests: 2, fault: chaos.Fault{}, claim: chaos.Rejected, want: lie(chaos.Rejected)},
		"rejected, executed after the claim":  {class: chaos.Keyed, requests: 1, fault: chaos.Fault{Kind: chaos.HeldRequest, Wait: time.Minute}, claim: chaos.Rejected, want: lie(chaos.Rejected)},
		"not sent, nothing sent":              {class: chaos.Keyed, fault: chaos.Fault{}, claim: chaos.NotSent, want: chaos.Verdict{}},
		"not sent, not a byte left":           {class: chaos.Keyed, requests: 1, fault: chaos.Fault{Kind: chaos.StaleConn}, claim: chaos.NotSent, want: chaos.Verdict{}},
		"not sent, a part arrived":            {class: chaos.Keyed, requests: 1, fault: chaos.Fault{Kind: chaos.CutRequest}, claim: chaos.NotSent, want: lie(chaos.NotSent)},
		"not sent, lost on the way":           {class: chaos.Keyed, requests: 1, fault: chaos.Fault{Kind: chaos.DeadConn}, claim: chaos.NotSent, want: lie(chaos.NotSent)},
		"executed three times without a key":  {class: chaos.Keyed, requests: 3, fault: chaos.Fault{}, claim: chaos.Done, want: chaos.Verdict{Duplicates: 2}},
		"executed twice and called rejected":  {class: chaos.KeyUnverified, requests: 2, fault: chaos.Fault{}, claim: chaos.Rejected, want: chaos.Verdict{Duplicates: 1, Lies: []chaos.Claim{chaos.Rejected}}},
		"a read is not judged":                {class: chaos.Safe, requests: 1, fault: chaos.Fault{}, claim: chaos.NotSent, want: chaos.Verdict{}},
		"cancelled twice without further ado": {class: chaos.Idempotent, requests: 3, fault: chaos.Fault{}, claim: chaos.Unknown, want: chaos.Verdict{}},
	} {
		t.Run(name, simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			op := chaos.NewOp(row.class, "op")
			sim.Script("op", row.fault)
			sim.Call(context.Background(), claiming(sim, row.requests, row.claim), op)
			sim.Resolve()
			assert.Equal(t, row.want, sim.Ledger.Judge(op), sim.Ledger.Timeline(op))
		}))
	}
}

func lie(claim chaos.Claim) chaos.Verdict { return chaos.Verdict{Lies: []chaos.Claim{claim}} }

func TestJudgeHoldsAClaimAgainstWhatHadLeftByThen(t *testing.T) {
	for name, row := range map[string]struct {
		first chaos.Claim // made before the second call sends
		sent  int         // by the first call
		want  chaos.Verdict
	}{
		"another call executes later":       {first: chaos.NotSent, want: chaos.Verdict{}},
		"done, before it was":               {first: chaos.Done, want: lie(chaos.Done)},
		"the call itself executed":          {first: chaos.Rejected, sent: 1, want: lie(chaos.Rejected)},
		"the call itself sent and executed": {first: chaos.NotSent, sent: 1, want: lie(chaos.NotSent)},
	} {
		t.Run(name, simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			op := chaos.NewOp(chaos.Keyed, "op")
			op.Key = "shared"
			sim.Call(context.Background(), claiming(sim, row.sent, row.first), op)
			time.Sleep(time.Second)
			sim.Call(context.Background(), claiming(sim, 1, chaos.Done), op)
			assert.Equal(t, row.want, sim.Ledger.Judge(op))
		}))
	}
}
