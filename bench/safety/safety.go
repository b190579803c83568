// Package safety lets clients issue passes on the same bad day and counts the
// results: how many were issued once, how many twice, and how often a client
// reported the opposite of the truth to its caller.
//
// The day is simulated by internal/chaos: a server with the vendor's
// idempotency rules and a ledger of its executions, a faulty network and
// machine, all in virtual time. A fault depends on the seed, the operation and
// the request's number, never on the client, so that all clients meet the same.
// Waits are random, so figures differ slightly between runs.
//
//	go test ./safety -run TestSafety -args -json safety.json
//
// makes the table, in about a minute; -run TestReadBack the second one, of
// operations that the API lets be read back; -run TestBelowSDKs the third, of
// other SDKs over the engine's transport. Without -json the days are short.
package safety

import (
	"time"

	"github.com/bardge/bardge-go/internal/chaos"
)

// Seeds are the days of the table. On the first two the monotonic clock stops
// while the machine sleeps, as on Linux; on the third the wall clock does.
var Seeds = []uint64{9, 11, 10}

// Operations is how many passes each client issues on each day of the table.
const Operations = 5000

// callTimeout exceeds nearly all waits that a server requests.
const callTimeout = 10 * time.Minute

// Mode is how the server treats the key of a request that ended with a 500.
type Mode string

// The modes.
const (
	// Remembers is the vendor's rule: after a 5xx, retry with the same key.
	Remembers Mode = "remembers"
	// Forgets violates it: the request is executed again.
	Forgets Mode = "forgets"
)

func config(mode Mode, seed uint64) chaos.Config {
	return chaos.Config{
		Seed:   seed,
		Faults: chaos.Faults{First: 0.3, Later: 0.25, Dial: 0.05, Pause: 0.005, Mix: mix()},
		Broken: chaos.Broken{ForgetsFailed: mode == Forgets},
	}
}

// kinds are the faults that strike a request. Left out are rare faults of
// networks and servers, and requests that the client's host delivers long after
// they were given up, from which only resetting connections protects.
var kinds = []chaos.Kind{
	chaos.StaleConn, chaos.CutRequest, // reset before the request arrives
	chaos.ResetConn, chaos.CloseConn, // reset before or after
	chaos.CutResponse, // truncated
	chaos.ServerError, // 5xx before or after
	chaos.Throttle,    // Retry-After: short, beyond the window, or odd
	chaos.SlowBefore, chaos.SlowAfter, chaos.SlowResponse, chaos.LateRequest,
	chaos.DeadConn, chaos.LateAndLost, // stalled
	chaos.ProxyError, chaos.Portal, // HTML
}

// mix are the shares of the faults: the property tests' and some responses that
// stall while the machine is suspended longer than the server remembers a key.
func mix() map[chaos.Kind]int {
	all, shares := chaos.DefaultMix(), map[chaos.Kind]int{chaos.Asleep: 6}
	for _, kind := range kinds {
		shares[kind] = all[kind]
	}
	return shares
}

// load is the callers' work: eight at a time, and now and then an outage.
func load(operations int) chaos.Load {
	return chaos.Load{
		Operations: operations,
		Classes:    []chaos.Class{chaos.Keyed},
		Calm:       5 * time.Minute,
		Restarts: []time.Duration{
			5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second, 45 * time.Second, time.Minute,
		},
	}
}
