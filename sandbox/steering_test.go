package sandbox_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

// Operations, snapshots, resets and changes of accounts may come at once.
func TestASandboxIsSteeredWhileItServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sb := sandbox.Start(t)
		g := newRig(t, sb, sb.URL, sb.Client())
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				made, err := sb.Control().Accounts.Create(fmt.Sprint("team-", i), "")
				if !assert.NoError(t, err) {
					return
				}
				key := made.Credentials["api_key"]
				for range 5 {
					g.as(key).send(g.issue())
					g.as(key).send(g.book(g.Seed.ClassInstanceID))
				}
				assert.NoError(t, sb.Control().Accounts.SetEnabled(made.Name, i%2 == 0))
			})
			all.Go(func() { g.snapshot("", g.Seed.ClientID) })
			all.Go(func() { assert.NoError(t, sb.Control().Reset("state")) })
		}
		all.Wait()
		require.Len(t, g.snapshot("", "").Accounts, 12)
		for _, account := range g.snapshot("", g.Seed.ClientID).Accounts {
			if account.Name != "reseller_0002" {
				require.Len(t, account.Clients, 1, account.Name)
				assert.GreaterOrEqual(t, len(account.Clients[0].Passes), 3)
			}
		}
		require.NoError(t, sb.Control().Reset())
		read[gen.IssuedPass](g.send(g.issue()))
	})
}

// FuzzSeed proves that a seed is refused with a line, or makes a sandbox whose
// own seed makes the same.
func FuzzSeed(f *testing.F) {
	f.Add([]byte(ownSeed))
	f.Add([]byte(bookedSeed))
	f.Add([]byte(`{"providers":[{"id":"gym_fitzone","category":"SPA","tier":"PREMIUM"}]}`))
	f.Add([]byte(`{"packages":[{"id":"pass_trial","duration":"MONTHLY","categories":[{"type":"SPA","tiers":["PREMIUM"]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		seed, err := sandbox.Plant(data, "team")
		if err != nil {
			assert.Regexp(t, `^seed: line \d+: `, err.Error())
			return
		}
		again, err := sandbox.Plant(seed, "team")
		require.NoError(t, err, string(seed))
		assert.JSONEq(t, string(seed), string(again))
	})
}
