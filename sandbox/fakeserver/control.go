package fakeserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Control observes and steers a server, whichever vendor's it is. Its methods
// may be called from several goroutines at once. [Server.Control] returns it.
type Control struct {
	// Clock is the server's clock.
	Clock *Clock
	// Accounts are the accounts of the server; nil if its vendor has no way to
	// change them.
	Accounts Accounts

	operations []string
	state      func(StateQuery) any // nil: none is shown
	seed       func() any           // nil: none is made
	resetState func()               // nil: none is kept
	start      Settings             // as the server was started
	sink       *sink
	network    *network
	bends      bendList

	working sync.Mutex // held while an operation is executed

	// mu makes one step of a request's arrival, and one of its take-up of a
	// key: lines, faults and keys change together.
	mu       sync.Mutex
	requests int // so far
	book     *book
	plan     *faultPlan
	keys     *keyring
	switches map[string]string // those that are not at their default
}

func newControl[Op ~string](vendor Vendor[Op], start Settings) *Control {
	random := vendor.RandomFaults
	if random == nil {
		random = EverydayFaults()
	}
	operations := make([]string, len(vendor.Operations))
	for i, op := range vendor.Operations {
		operations[i] = string(op)
	}
	c := &Control{
		Clock: start.clock, operations: operations, state: vendor.State, seed: vendor.Seed,
		resetState: vendor.Reset, start: start,
		sink: newSink(start.lines), network: newNetwork(start.clock), bends: start.Bends,
		book: newBook(start.LedgerLimit), plan: newFaultPlan(random, start.random), keys: newKeyring(),
	}
	if vendor.Accounts != nil {
		c.Accounts = &quietAccounts{vendor.Accounts, &c.working}
	}
	c.restoreSettings()
	return c
}

// Operations returns the names of the API's operations.
func (c *Control) Operations() []string { return slices.Clone(c.operations) }

// HasAccount reports whether an account exists. It is true of every name if the
// vendor has no [Accounts].
func (c *Control) HasAccount(name string) bool {
	return c.Accounts == nil ||
		slices.ContainsFunc(c.Accounts.List(), func(one Account) bool { return one.Name == name })
}

// Part is what [Control.Reset] resets.
type Part string

// The parts of a server.
const (
	// PartState is the data of the API, which goes back to the seed. The keys
	// are forgotten with it: their responses are about data that has gone.
	PartState Part = "state"
	// PartKeys are the idempotency keys and the responses stored under them.
	PartKeys Part = "keys"
	// PartLedger are the ledger's lines and counters.
	PartLedger Part = "ledger"
	// PartFaults are the queued faults, which are cleared, and the random ones,
	// which are again as the server was started.
	PartFaults Part = "faults"
	// PartOutage is an outage, which ends.
	PartOutage Part = "outage"
	// PartSettings are the key memory and the switches, which are again as the
	// server was started.
	PartSettings Part = "settings"
)

// Parts returns all parts.
func Parts() []Part {
	return []Part{PartState, PartKeys, PartLedger, PartFaults, PartOutage, PartSettings}
}

// Reset resets parts of the server; none are all of them. The clock goes on,
// accounts stay, and requests that run end as if nothing had happened. It fails
// if a part does not exist.
func (c *Control) Reset(parts ...Part) error {
	for _, part := range parts {
		if !slices.Contains(Parts(), part) {
			return fmt.Errorf("sandbox: no part is named %q", string(part))
		}
	}
	if len(parts) == 0 {
		parts = Parts()
	}
	c.working.Lock()
	defer c.working.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, part := range parts {
		c.reset(part)
	}
	return nil
}

func (c *Control) reset(part Part) {
	switch part {
	case PartState:
		if c.resetState != nil {
			c.resetState()
		}
		c.keys.clear()
	case PartKeys:
		c.keys.clear()
	case PartLedger:
		c.book.clear()
	case PartFaults:
		c.plan.clear(c.start.random)
	case PartOutage:
		c.network.up()
	case PartSettings:
		c.restoreSettings()
	}
}

// restoreSettings sets key memory and switches as the server was started.
func (c *Control) restoreSettings() {
	c.switches = maps.Clone(c.start.Switches)
	c.applyRules(c.start.Keys.Memory)
}

// applyRules makes the rules for keys anew: the vendor's, and the switches on
// top.
func (c *Control) applyRules(memory time.Duration) {
	rules := c.start.Keys
	for _, s := range c.start.switches {
		s.Apply(&rules, c.value(s))
	}
	rules.Memory = memory
	c.keys.rules = &rules
}

// KeyMemory returns how long an idempotency key is remembered.
func (c *Control) KeyMemory() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.keys.rules.Memory
}

// SetKeyMemory changes how long idempotency keys are remembered, also those
// already known. It fails unless d is positive.
func (c *Control) SetKeyMemory(d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("sandbox: a key memory of %v is not positive", d)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.applyRules(d)
	return nil
}

// StateQuery selects a part of the API's data.
type StateQuery struct {
	// Account is whose data; "" is everyone's.
	Account string
	// Client is a client of the account, or a shopper; "" is all of them.
	Client string
}

// ErrNoState is the error of [Control.State] for a vendor that shows no data.
var ErrNoState = errors.New("sandbox: this server shows no state")

// State returns the API's data in JSON, as the vendor's sandbox documents it.
func (c *Control) State(query StateQuery) (json.RawMessage, error) {
	if c.state == nil {
		return nil, ErrNoState
	}
	c.working.Lock()
	defer c.working.Unlock()
	return json.Marshal(c.state(query))
}

// ErrNoSeed is the error of [Control.Seed] for a vendor that makes none.
var ErrNoSeed = errors.New("sandbox: this server makes no seed of its data")

// Seed returns a seed in JSON: a sandbox that is made with it, and with the same
// accounts, has the same state. See [WithSeed].
func (c *Control) Seed() (json.RawMessage, error) {
	if c.seed == nil {
		return nil, ErrNoSeed
	}
	c.working.Lock()
	defer c.working.Unlock()
	return json.Marshal(c.seed())
}

// shut ends outages, delays and watches, and reports whether the server was
// open.
func (c *Control) shut() bool {
	if !c.network.shut() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book.close()
	return true
}
