package profiles_test

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
	"github.com/bardge/bardge-go/internal/chaos"
)

// A seed is a world of its own, with its own reading of what a vendor leaves
// open: 25 make 1,000 operations, 500 make 20,000.
var seeds = flag.Int("seeds", 25, "worlds per vendor and property test")

const worldOperations = 40

// replaysToAny are the vendors that answer any request with a key by what the
// first one made: only a client that has seen both requests can tell them
// apart, so two clients may not use one key for different operations.
var replaysToAny = map[string]bool{"Modern Treasury": true, "Worldline": true, "GoCardless": true}

// TestProperty_ZeroDuplicatesZeroLies works creations through a server with a
// vendor's rules, of which no page tells all: the seed decides the rest. Keys
// are shared by calls and clients, also for different operations.
func TestProperty_ZeroDuplicatesZeroLies(t *testing.T) {
	for _, vendor := range profiles.All() {
		t.Run(vendor.Name, func(t *testing.T) {
			sum := chaosReport(t, vendor, uint64(*seeds))
			t.Log(sum)
			assert.Zero(t, sum.Duplicates)
			assert.Zero(t, sum.Lies)
			assert.Greater(t, sum.Success(), leastSuccess, "enough is done for the zeros to mean something")
		})
	}
}

const leastSuccess = 0.6

func chaosReport(t *testing.T, v profiles.Vendor, seeds uint64) (sum chaos.Report) {
	t.Helper()
	for seed := range seeds {
		sum.Add(chaosWorld(t, v, seed))
	}
	return sum
}

func chaosWorld(t *testing.T, v profiles.Vendor, seed uint64) (r chaos.Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r = chaos.Run(
			chaos.Config{Seed: seed, Rules: rulesOf(t, v, seed), Faults: chaos.DefaultFaults()}, loadOf(v, seed),
			func(sim *chaos.Simulation) chaos.Client { return client(t, sim, v) },
		)
	})
	return r
}

func rulesOf(t *testing.T, v profiles.Vendor, seed uint64) chaos.Rules {
	t.Helper()
	rules, ok := chaos.Vendors(seed)[v.Name]
	require.True(t, ok, "the model knows the vendor")
	return rules
}

func loadOf(v profiles.Vendor, seed uint64) chaos.Load {
	load := chaos.DefaultLoad()
	load.Operations, load.Classes = worldOperations, []chaos.Class{chaos.Keyed}
	switch {
	case v.Name == "Checkout.com":
		load.Clients = 1 // another client cannot know that a 500 has ended the key
	case replaysToAny[v.Name] && seed%2 == 0:
		load.ForeignKeys = 0
	case replaysToAny[v.Name]:
		load.Clients = 1
	}
	return load
}

func client(t *testing.T, sim *chaos.Simulation, v profiles.Vendor) chaos.Client {
	t.Helper()
	e := engine(t, sim, v.Profile)
	return func(ctx context.Context, op chaos.Op) chaos.Claim { return claims[e.Do(ctx, call(t, v, op)).Outcome] }
}

func engine(t *testing.T, sim *chaos.Simulation, p idem.Profile) *idem.Engine {
	t.Helper()
	e, err := idem.New(idem.Config{
		Profile: p, BaseURL: sim.URL, WallClock: sim.Clock.ClientWall, SleptClock: sim.Clock.Slept,
		Transport: &http.Transport{DialContext: sim.DialContext},
		Authorize: func(_ context.Context, h http.Header) error {
			h.Set("Authorization", sim.Credentials())
			return nil
		},
	})
	require.NoError(t, err)
	return e
}

var claims = map[idem.Outcome]chaos.Claim{
	idem.OutcomeUnknown: chaos.Unknown, idem.OutcomeNotSent: chaos.NotSent,
	idem.OutcomeRejected: chaos.Rejected, idem.OutcomeDone: chaos.Done,
}

var errArgument = errors.New("a bad argument")

func call(t *testing.T, v profiles.Vendor, op chaos.Op) idem.Call {
	t.Helper()
	c := idem.Call{
		Key:     keyOf(t, op),
		Request: idem.Request{Operation: rowOf(v, op), Method: op.Method, Path: op.Path, Body: op.Body},
	}
	if op.Invalid {
		c.Invalid = errArgument
	}
	return c
}

func keyOf(t *testing.T, op chaos.Op) idem.Key {
	t.Helper()
	if op.Key == "" {
		return idem.Key{}
	}
	key, err := idem.UnsentKey(op.Key)
	if !op.SentSince.IsZero() {
		key, err = idem.SentKey(op.Key, op.SentSince)
	}
	require.NoError(t, err)
	return key
}

// rowOf is the vendor's row, completed as an integration of the operation would.
func rowOf(v profiles.Vendor, op chaos.Op) idem.Operation {
	row := v.Create
	row.Name = "Create"
	mine := func(body []byte) bool { return strings.Contains(string(body), `"`+op.ID+`"`) }
	switch v.Name {
	case "IETF draft 07": // the draft describes no success
		row.Prove = func(_ int, _ http.Header, body []byte) idem.Proof {
			if !strings.Contains(string(body), `"issued_pass"`) || !strings.HasSuffix(string(body), "}") {
				return idem.Proof{}
			}
			return idem.Proof{Kind: idem.ProvesExecution, Complete: true}
		}
	case "GoCardless":
		row.Lookup = profiles.GoCardlessLookup(strings.TrimSuffix(chaos.ResourcePath(""), "/"), mine)
	case "Increase":
		row.Lookup = profiles.IncreaseLookup(chaos.ResourcesPath(op.ID), mine)
	}
	return row
}
