package chaos_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

// run drives a client through worlds of several seeds.
func run(t *testing.T, seeds int, cfg chaos.Config, load chaos.Load, connect func(w *chaos.World) chaos.Client) chaos.Report {
	t.Helper()
	var sum chaos.Report
	for seed := range seeds {
		cfg.Seed = uint64(seed)
		synctest.Test(t, func(*testing.T) { sum.Add(chaos.Run(cfg, load, connect)) })
	}
	return sum
}

func TestWitnessIsNotParanoid(t *testing.T) {
	for name, rules := range map[string]chaos.Rules{"first rules": chaos.BardgeRules(), "second rules": chaos.SecondRules()} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r := run(t, 5, chaos.Config{Rules: rules, Faults: chaos.DefaultFaults()}, chaos.DefaultLoad(), cautious)
			t.Log(time.Since(start), r)
			assert.Zero(t, r.Duplicates, r)
			assert.Zero(t, r.Lies, r)
			assert.Positive(t, r.Unknown)
		})
	}
}

func TestWitnessIsNotBlind(t *testing.T) {
	for name, keys := range map[string]bool{"no key": false, "key": true} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r := run(t, 5, chaos.Config{Faults: chaos.DefaultFaults()}, chaos.DefaultLoad(), func(w *chaos.World) chaos.Client { return hasty(w, keys) })
			t.Log(time.Since(start), r)
			assert.Positive(t, r.Duplicates, r)
			assert.Positive(t, r.Lies, r)
		})
	}
}
