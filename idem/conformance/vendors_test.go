package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/conformance"
	"github.com/bardge/bardge-go/idem/profiles"
	"github.com/bardge/bardge-go/internal/chaos"
)

// TestVendorsRules tries models of what vendors' pages state: what is broken
// there is broken by design, and what differs is what the profile, carefully,
// does not rely on.
func TestVendorsRules(t *testing.T) {
	const ( // in short
		longKeys = conformance.KeyTooLong
		words    = conformance.AnotherBody
	)
	for name, row := range map[string]struct{ broken, differs []string }{
		"IETF draft 07":   {differs: []string{longKeys}},
		"Stripe":          {},
		"Adyen":           {differs: []string{words}},
		"PayPal":          {broken: []string{conformance.StoredResponse}, differs: []string{longKeys}}, // replays the latest state
		"Mollie":          {differs: []string{words, longKeys}},
		"Increase":        {differs: []string{conformance.ConcurrentRequests}}, // no page states the words
		"Checkout.com":    {differs: []string{words, longKeys}},
		"Modern Treasury": {broken: []string{conformance.AnotherBody}, differs: []string{longKeys}}, // replays to any request
		"Amazon Pay":      {},
		"Worldline":       {broken: []string{conformance.AnotherBody}},                              // likewise
		"GoCardless":      {broken: []string{conformance.AnotherBody}, differs: []string{longKeys}}, // likewise
		"Square":          {},
	} {
		t.Run(name, func(t *testing.T) {
			at := slices.IndexFunc(profiles.All(), func(v profiles.Vendor) bool { return v.Name == name })
			require.GreaterOrEqual(t, at, 0)
			synctest.Test(t, func(t *testing.T) {
				sim := chaos.Start(chaos.Config{Rules: chaos.Vendors(1)[name]})
				defer sim.Close()
				report := run(t, modelTarget(sim, profiles.All()[at].Profile))
				assert.Equal(t, row.broken, names(report.With(conformance.Broken)), "%v", report)
				assert.Equal(t, row.differs, names(report.With(conformance.Differs)), "%v", report)
				assert.Equal(t, conformance.Holds, report.Find(conformance.Memory).Verdict)
			})
		})
	}
}

// modelTarget is the model server, whose paths and bodies name the operation.
func modelTarget(sim *chaos.Simulation, p idem.Profile) conformance.Target {
	made := map[string]bool{}
	slow := chaos.Fault{Kind: chaos.SlowBefore, Wait: 20 * time.Millisecond}    // whichever comes first
	requests := func(kind string, faults ...chaos.Fault) conformance.Requests { // which strike each operation
		return func(n int) (*http.Request, error) {
			op := chaos.NewOp(chaos.Keyed, fmt.Sprintf("%s-%d", kind, n))
			if !made[op.ID] {
				sim.Script(op.ID, faults...)
			}
			made[op.ID] = true
			r, err := http.NewRequest(op.Method, sim.URL+op.Path, strings.NewReader(string(op.Body)))
			if err == nil {
				r.Header.Set("Authorization", sim.Credentials())
				r.Header.Set("Content-Type", "application/json")
			}
			return r, err
		}
	}
	return conformance.Target{
		Profile: p, Request: requests("own", slices.Repeat([]chaos.Fault{slow}, 8)...),
		Failing: requests("failing", chaos.Fault{Kind: chaos.ServerError, After: true}), Within: 400 * 24 * time.Hour,
		Client: &http.Client{Transport: &http.Transport{DialContext: sim.DialContext}},
		Executed: func(context.Context) (int, error) {
			n := 0
			for op := range made {
				n += sim.Ledger.Executed(op)
			}
			return n, nil
		},
	}
}
