package profiles_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
	"github.com/bardge/bardge-go/internal/chaos"
)

// TestDoubtIsSettled: what a vendor's answer to a repetition settles, is
// settled. The property test would not miss it, since unknown is no lie.
func TestDoubtIsSettled(t *testing.T) {
	for name, row := range map[string]struct {
		fault chaos.Fault // of the first request
		fits  func(profiles.Vendor, chaos.Rules) bool
	}{
		"the response is lost": {
			chaos.Fault{Kind: chaos.CloseConn, After: true},
			func(profiles.Vendor, chaos.Rules) bool { return true },
		},
		"it still runs": {
			chaos.Fault{Kind: chaos.SlowAfter, Wait: 40 * time.Second},
			// What another one is told is stated, or it waits and is told nothing.
			func(v profiles.Vendor, r chaos.Rules) bool { return r.Waits || signals(v, idem.SignalInProgress) },
		},
		"a failure that left nothing behind": {
			chaos.Fault{Kind: chaos.ServerError, Variant: 1},
			// Where failures forget the key, this one cannot be told from one that did.
			func(v profiles.Vendor, _ chaos.Rules) bool { return !v.Profile.ForgetsFailed },
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range profiles.All() {
				for seed := range uint64(8) {
					synctest.Test(t, func(t *testing.T) {
						rules := rulesOf(t, v, seed)
						if !row.fits(v, rules) {
							return
						}
						assert.Equal(t, chaos.Done, claimUnder(t, v, rules, row.fault), "%s, seed %d", v.Name, seed)
					})
				}
			}
		})
	}
}

// TestAFailureThatTheServerForgetsEndsTheCall: where a server may have executed
// what it answered with a 500, and forgets the key, nothing is sent again.
func TestAFailureThatTheServerForgetsEndsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := profiles.Checkout()
		claim := claimUnder(t, v, rulesOf(t, v, 0), chaos.Fault{Kind: chaos.ServerError, After: true})
		assert.Equal(t, chaos.Unknown, claim)
	})
}

func claimUnder(t *testing.T, v profiles.Vendor, rules chaos.Rules, fault chaos.Fault) chaos.Claim {
	t.Helper()
	sim := chaos.Start(chaos.Config{Rules: rules})
	defer sim.Close()
	op := chaos.NewOp(chaos.Keyed, "op")
	sim.Script(op.ID, fault)
	claim := sim.Call(t.Context(), client(t, sim, v), op)
	assert.Less(t, sim.Ledger.Executed(op.ID), 2)
	return claim
}

func signals(v profiles.Vendor, s idem.Signal) bool {
	return slices.ContainsFunc(v.Rules, func(r profiles.Rule) bool { return r.Signal == s })
}
