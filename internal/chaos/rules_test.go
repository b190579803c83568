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
		"a second before": {89 * time.Second, 1},
		"at its end":      {90 * time.Second, 2},
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
		"first rules: wait and share":   {chaos.BardgeRules(), 201, 4 * time.Second},
		"second rules: in progress 409": {chaos.SecondRules(), 409, 0},
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
		{chaos.Keyed, "key", 201, 1},
		{chaos.Keyed, "", 201, 2},
		{chaos.KeyUnverified, "key", 201, 2},
		{chaos.Idempotent, "key", 409, 1},
		{chaos.Safe, "", 200, 0},
	} {
		t.Run(string(row.class)+" "+row.key, simulationTest(chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
			op, send := chaos.NewOp(row.class, "op"), plain(sim)
			send(t.Context(), op, row.key)
			assert.Equal(t, row.second, send(t.Context(), op, row.key).status)
			assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
		}))
	}
}

// TestRulesARequestThatWaitsExecutes: the first one with its key is rolled
// back.
func TestRulesARequestThatWaitsExecutes(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
		op := chaos.NewOp(chaos.Keyed, "op")
		sim.Script("op", chaos.Fault{Kind: chaos.RollsBack, Wait: 20 * time.Second})
		go plain(sim)(t.Context(), op, "key")
		time.Sleep(5 * time.Second)
		assert.Equal(t, 201, plain(sim)(t.Context(), op, "key").status)
		assert.Equal(t, 1, sim.Ledger.Executed("op"))
	})
}

func TestJudge(t *testing.T) {
	for name, row := range map[string]struct {
		class    chaos.Class
		requests int
		fault    chaos.Fault // of the first request
		claim    chaos.Claim
		want     chaos.Verdict
	}{
		"done, executed":                      {chaos.Keyed, 1, chaos.Fault{}, chaos.Done, chaos.Verdict{}},
		"done, not executed":                  {chaos.Keyed, 1, chaos.Fault{Kind: chaos.Portal}, chaos.Done, lie(chaos.Done)},
		"done, executed after the claim":      {chaos.Keyed, 1, chaos.Fault{Kind: chaos.HeldRequest, Wait: time.Minute}, chaos.Done, lie(chaos.Done)},
		"done, cancelled":                     {chaos.Idempotent, 2, chaos.Fault{}, chaos.Done, chaos.Verdict{}},
		"unknown, executed":                   {chaos.Keyed, 1, chaos.Fault{}, chaos.Unknown, chaos.Verdict{}},
		"unknown, not sent":                   {chaos.Keyed, 0, chaos.Fault{}, chaos.Unknown, chaos.Verdict{}},
		"rejected, not executed":              {chaos.Keyed, 1, chaos.Fault{Kind: chaos.EarlyRefusal}, chaos.Rejected, chaos.Verdict{}},
		"rejected, executed":                  {chaos.Keyed, 1, chaos.Fault{}, chaos.Rejected, lie(chaos.Rejected)},
		"rejected, cancelled":                 {chaos.Idempotent, 2, chaos.Fault{}, chaos.Rejected, lie(chaos.Rejected)},
		"rejected, executed after the claim":  {chaos.Keyed, 1, chaos.Fault{Kind: chaos.HeldRequest, Wait: time.Minute}, chaos.Rejected, lie(chaos.Rejected)},
		"not sent, nothing sent":              {chaos.Keyed, 0, chaos.Fault{}, chaos.NotSent, chaos.Verdict{}},
		"not sent, not a byte left":           {chaos.Keyed, 1, chaos.Fault{Kind: chaos.StaleConn}, chaos.NotSent, chaos.Verdict{}},
		"not sent, a part arrived":            {chaos.Keyed, 1, chaos.Fault{Kind: chaos.CutRequest}, chaos.NotSent, lie(chaos.NotSent)},
		"not sent, lost on the way":           {chaos.Keyed, 1, chaos.Fault{Kind: chaos.DeadConn}, chaos.NotSent, lie(chaos.NotSent)},
		"executed three times without a key":  {chaos.Keyed, 3, chaos.Fault{}, chaos.Done, chaos.Verdict{Duplicates: 2}},
		"executed twice and called rejected":  {chaos.KeyUnverified, 2, chaos.Fault{}, chaos.Rejected, chaos.Verdict{Duplicates: 1, Lies: []chaos.Claim{chaos.Rejected}}},
		"a read is not judged":                {chaos.Safe, 1, chaos.Fault{}, chaos.NotSent, chaos.Verdict{}},
		"cancelled twice without further ado": {chaos.Idempotent, 3, chaos.Fault{}, chaos.Unknown, chaos.Verdict{}},
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
		"another call executes later":       {chaos.NotSent, 0, chaos.Verdict{}},
		"done, before it was":               {chaos.Done, 0, lie(chaos.Done)},
		"the call itself executed":          {chaos.Rejected, 1, lie(chaos.Rejected)},
		"the call itself sent and executed": {chaos.NotSent, 1, lie(chaos.NotSent)},
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
