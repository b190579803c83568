package chaos_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

// sendKeyed sends an operation with a key where the vendor takes it.
func sendKeyed(t *testing.T, sim *chaos.Simulation, rules chaos.Rules, op chaos.Op, key string) seen {
	t.Helper()
	body := op.Body
	if rules.KeyField != "" {
		members := map[string]string{}
		require.NoError(t, json.Unmarshal(body, &members))
		members[rules.KeyField] = key
		var err error
		body, err = json.Marshal(members)
		require.NoError(t, err)
	}
	req, err := http.NewRequestWithContext(t.Context(), op.Method, sim.URL+op.Path, bytes.NewReader(body))
	require.NoError(t, err)
	name, value := rules.KeyHeader, key
	if name == "" {
		name = "Idempotency-Key"
	}
	if rules.QuotedKeys {
		value = `"` + key + `"`
	}
	if rules.KeyField == "" {
		req.Header.Set(name, value)
	}
	transport := &http.Transport{DialContext: sim.DialContext}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return seen{resp.StatusCode, resp.Header, string(text), nil}
}

// forEachVendor runs a test in the simulation of each vendor, under a few of
// the readings that its pages allow.
func forEachVendor(t *testing.T, test func(t *testing.T, name string, rules chaos.Rules, sim *chaos.Simulation)) {
	t.Helper()
	for name := range chaos.Vendors(0) {
		for seed := range uint64(4) {
			rules := chaos.Vendors(seed)[name]
			t.Run(name, simulationTest(chaos.Config{Rules: rules}, func(t *testing.T, sim *chaos.Simulation) {
				test(t, name, rules, sim)
			}))
		}
	}
}

func TestVendorsExecuteOncePerKey(t *testing.T) {
	forEachVendor(t, func(t *testing.T, name string, rules chaos.Rules, sim *chaos.Simulation) {
		op := chaos.NewOp(chaos.Keyed, "op")
		first := sendKeyed(t, sim, rules, op, "key")
		require.Less(t, first.status, 300)
		again := sendKeyed(t, sim, rules, op, "key")
		assert.Equal(t, 1, sim.Ledger.Executed("op"))
		switch {
		case rules.Exists != nil:
			assert.Equal(t, http.StatusConflict, again.status)
			assert.Contains(t, again.body, `"conflicting_resource_id":"op"`)
		case rules.Current != nil:
			assert.Equal(t, http.StatusOK, again.status)
			assert.NotEqual(t, first.body, again.body)
		default:
			assert.Equal(t, first.body, again.body)
		}
		if rules.ReplayHeader != "" {
			assert.Empty(t, first.header.Get(rules.ReplayHeader), name)
			assert.NotEmpty(t, again.header.Get(rules.ReplayHeader), name)
		}
		sendKeyed(t, sim, rules, op, "another-key")
		assert.Equal(t, 2, sim.Ledger.Executed("op"))
	})
}

func TestVendorsForgetAfterTheirTime(t *testing.T) {
	forEachVendor(t, func(t *testing.T, _ string, rules chaos.Rules, sim *chaos.Simulation) {
		op := chaos.NewOp(chaos.Keyed, "op")
		sendKeyed(t, sim, rules, op, "key")
		time.Sleep(rules.TTL - time.Second)
		sendKeyed(t, sim, rules, op, "key")
		assert.Equal(t, 1, sim.Ledger.Executed("op"))
		time.Sleep(time.Second)
		sendKeyed(t, sim, rules, op, "key")
		assert.Equal(t, 2, sim.Ledger.Executed("op"))
	})
}

func TestVendorsTellOtherRequestsApartOrNot(t *testing.T) {
	forEachVendor(t, func(t *testing.T, _ string, rules chaos.Rules, sim *chaos.Simulation) {
		sendKeyed(t, sim, rules, chaos.NewOp(chaos.Keyed, "op"), "key")
		other := sendKeyed(t, sim, rules, chaos.NewOp(chaos.Keyed, "other"), "key")
		assert.Zero(t, sim.Ledger.Executed("other"))
		if rules.IgnoresRequest {
			assert.Contains(t, other.body, "op")
		} else {
			assert.Equal(t, rules.Mismatch.Status, other.status)
		}
	})
}

// TestVendorsKeepFailuresOrNot: what is not kept is executed again, and one
// that is undone was not executed.
func TestVendorsKeepFailuresOrNot(t *testing.T) {
	forEachVendor(t, func(t *testing.T, _ string, rules chaos.Rules, sim *chaos.Simulation) {
		op := chaos.NewOp(chaos.Keyed, "op")
		sim.Script("op", chaos.Fault{Kind: chaos.ServerError, After: true})
		require.Equal(t, http.StatusInternalServerError, sendKeyed(t, sim, rules, op, "key").status)
		executed := sim.Ledger.Executed("op")
		assert.Equal(t, !rules.FailureUndoes, executed == 1)
		again := sendKeyed(t, sim, rules, op, "key")
		switch {
		case rules.Exists != nil:
			assert.Equal(t, http.StatusConflict, again.status)
		case rules.Keeps == chaos.KeepsSuccess:
			assert.Less(t, again.status, 300)
			assert.Equal(t, executed+1, sim.Ledger.Executed("op"))
		default:
			assert.Equal(t, http.StatusInternalServerError, again.status)
			assert.Equal(t, executed, sim.Ledger.Executed("op"))
		}
	})
}

func TestVendorsRefuseOrHoldWhatComesMeanwhile(t *testing.T) {
	forEachVendor(t, func(t *testing.T, _ string, rules chaos.Rules, sim *chaos.Simulation) {
		op := chaos.NewOp(chaos.Keyed, "op")
		sim.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: 5 * time.Second})
		var first sync.WaitGroup
		first.Go(func() { sendKeyed(t, sim, rules, op, "key") })
		time.Sleep(time.Second)
		second := sendKeyed(t, sim, rules, op, "key")
		first.Wait()
		assert.Equal(t, 1, sim.Ledger.Executed("op"))
		if !rules.Waits {
			assert.Equal(t, rules.InProgress.Status, second.status)
			assert.Equal(t, rules.MarksAll, second.header.Get(rules.ReplayHeader) != "")
		}
	})
}

func TestVendorsRefuseOtherKeys(t *testing.T) {
	for name, key := range map[string]string{
		"Amazon Pay": "0190a7a2-0000-7000-8000-000000000000", // too long
		"Worldline":  "with space",
		"Square":     "a-key-that-is-longer-than-the-45-characters-it-may-have",
	} {
		rules := chaos.Vendors(0)[name]
		t.Run(name, simulationTest(chaos.Config{Rules: rules}, func(t *testing.T, sim *chaos.Simulation) {
			assert.Equal(t, http.StatusBadRequest, sendKeyed(t, sim, rules, chaos.NewOp(chaos.Keyed, "op"), key).status)
		}))
	}
	rules := chaos.Vendors(0)["IETF draft 07"]
	t.Run("without quotes, and without a key", simulationTest(chaos.Config{Rules: rules}, func(t *testing.T, sim *chaos.Simulation) {
		bare := rules
		bare.QuotedKeys = false
		op := chaos.NewOp(chaos.Keyed, "op")
		assert.Equal(t, http.StatusBadRequest, sendKeyed(t, sim, bare, op, "key").status)
		assert.Equal(t, http.StatusBadRequest, sendKeyed(t, sim, bare, op, "").status)
		assert.Zero(t, sim.Ledger.Executed("op"))
	}))
}

func TestResources(t *testing.T) {
	rules := chaos.Vendors(0)["Increase"]
	simulationTest(chaos.Config{Rules: rules}, func(t *testing.T, sim *chaos.Simulation) {
		read := chaos.NewOp(chaos.Safe, "op")
		get := func(path string) seen {
			read.Path = path
			return sendKeyed(t, sim, rules, read, "unused")
		}
		assert.Equal(t, http.StatusNotFound, get(chaos.ResourcePath("op")).status)
		made := sendKeyed(t, sim, rules, chaos.NewOp(chaos.Keyed, "op"), "key")
		assert.Equal(t, made.body, get(chaos.ResourcePath("op")).body)
		assert.JSONEq(t, `{"data":[`+made.body+`]}`, get(chaos.ResourcesPath("op")+"?idempotency_key=key").body)
		assert.JSONEq(t, `{"data":[]}`, get(chaos.ResourcesPath("op")+"?idempotency_key=other").body)
	})(t)
}
