package chaos_test

import (
	"strings"
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
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
				op, send := chaos.NewOp(chaos.Keyed, "op"), plain(sim)
				sim.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: 10 * time.Second})
				start := time.Now()
				send(t.Context(), op, "key")
				time.Sleep(row.after - time.Since(start))
				send(t.Context(), op, "key")
				assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
			})
		})
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
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{Rules: row.rules}, func(t *testing.T, sim *chaos.Simulation) {
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
			})
		})
	}
}

func TestClassesProtectWhatTheySay(t *testing.T) {
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
		t.Run(string(row.class)+" "+row.key, func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
				op, send := chaos.NewOp(row.class, "op"), plain(sim)
				send(t.Context(), op, row.key)
				assert.Equal(t, row.second, send(t.Context(), op, row.key).status)
				assert.Equal(t, row.executions, sim.Ledger.Executed("op"))
			})
		})
	}
}

func TestRulesRejectIllegalKeys(t *testing.T) {
	for name, row := range map[string]struct {
		rules  chaos.Rules
		key    string
		status int
	}{
		"a space":                     {chaos.BardgeRules(), "a b", 400},
		"256 characters":              {chaos.BardgeRules(), strings.Repeat("k", 256), 400},
		"an underscore":               {chaos.BardgeRules(), "a_b", 201},
		"an underscore, second rules": {chaos.SecondRules(), "a_b", 400},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{Rules: row.rules}, func(t *testing.T, sim *chaos.Simulation) {
				assert.Equal(t, row.status, plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), row.key).status)
			})
		})
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
