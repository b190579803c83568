package fakeserver

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// FaultRule is a fault that waits for requests of one operation.
type FaultRule struct {
	// Operation is whose requests meet the fault.
	Operation string `json:"operation"`
	// Account restricts the rule to one sender; "" is any.
	Account string `json:"account,omitempty"`
	// Fault is what they meet; see [ParseFault].
	Fault Fault `json:"fault"`
	// Count is how many requests are still to meet it. 0 in a new rule is 1.
	Count int `json:"count"`
	// Probability is how likely a matching request meets the fault, above 0
	// and up to 1. 0 in a new rule is 1.
	Probability float64 `json:"probability"`
	// Seed begins the draws of a probability below 1: equal seeds draw equally.
	Seed uint64 `json:"seed"`

	dice *rand.Rand
}

// RandomFaults are faults that requests meet by chance, if no other awaits
// them.
type RandomFaults struct {
	// Rate is the probability of a fault on each request, from 0 to 1.
	Rate float64 `json:"rate"`
	// Seed begins the draws: equal seeds give equal faults to requests that
	// arrive in the same order.
	Seed uint64 `json:"seed"`
	// Faults are those to draw from; none are the vendor's own.
	Faults []Fault `json:"faults"`
}

func (r RandomFaults) check() error {
	if !(r.Rate >= 0 && r.Rate <= 1) { // NaN is neither
		return fmt.Errorf("rate %v is not between 0 and 1", r.Rate)
	}
	for _, f := range r.Faults {
		if _, err := readFault(f); err != nil {
			return err
		}
	}
	return nil
}

// faultPlan is which request meets which fault. [Control] guards it.
type faultPlan struct {
	everyday []Fault                 // to draw from, unless random names others
	rules    map[string][]*FaultRule // by operation, the oldest first
	random   RandomFaults
	dice     *rand.Rand
}

func newFaultPlan(everyday []Fault, random RandomFaults) *faultPlan {
	p := &faultPlan{everyday: everyday}
	p.clear(random)
	return p
}

func (p *faultPlan) clear(random RandomFaults) {
	p.rules = map[string][]*FaultRule{}
	p.setRandom(random)
}

func (p *faultPlan) setRandom(random RandomFaults) {
	p.random, p.dice = random, newDice(random.Seed)
	if len(random.Faults) == 0 {
		p.random.Faults = p.everyday
	}
}

func newDice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// queued returns the fault that awaits a request: of the oldest rule that
// matches it and hits.
func (p *faultPlan) queued(op, account string) (f Fault, ok bool) {
	for i, rule := range p.rules[op] {
		if rule.Account != "" && rule.Account != account {
			continue
		}
		if rule.Probability < 1 && rule.dice.Float64() >= rule.Probability {
			continue
		}
		rule.Count--
		if rule.Count == 0 {
			p.rules[op] = slices.Delete(p.rules[op], i, i+1)
		}
		return rule.Fault, true
	}
	return "", false
}

// draw returns a random fault or, more often, none.
func (p *faultPlan) draw() Fault {
	if p.random.Rate == 0 || p.dice.Float64() >= p.random.Rate {
		return ""
	}
	return p.random.Faults[p.dice.IntN(len(p.random.Faults))]
}

// EverydayFaults are faults that a client of any vendor meets in production,
// with times short enough for tests.
func EverydayFaults() []Fault {
	return []Fault{
		Refuse, ResetBefore, LoseResponse, CutResponse,
		ServerErrorBefore(500), ServerErrorBefore(503), ServerErrorAfter(500),
		Unavailable(0), Unavailable(time.Second), TooMany(time.Second),
		DelayBefore(500 * time.Millisecond), DelayAfter(500 * time.Millisecond),
		ProxyPage(502), ProxyPageAfter(504),
	}
}

// Next queues faults for the next requests of an operation: the first fault for
// the first of them, and so on. They take precedence over [FaultHeader], which
// takes precedence over random faults. Next panics if the operation or a fault
// does not exist; the sandboxes' constants and functions exist, except for a
// status out of range.
func (s *Server[Op]) Next(op Op, faults ...Fault) {
	rules := make([]FaultRule, len(faults))
	for i, f := range faults {
		rules[i] = FaultRule{Operation: string(op), Fault: f}
	}
	if err := s.control.QueueFaults(rules...); err != nil {
		panic(err)
	}
}

// QueueFaults adds faults for coming requests, after those that wait already.
// It adds none if the operation, account or fault of one does not exist, or a
// number is out of range.
func (c *Control) QueueFaults(rules ...FaultRule) error {
	added := make([]*FaultRule, len(rules))
	for i, rule := range rules {
		if err := c.complete(&rule); err != nil {
			return err
		}
		added[i] = &rule
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, rule := range added {
		c.plan.rules[rule.Operation] = append(c.plan.rules[rule.Operation], rule)
	}
	return nil
}

// complete fills in a rule's defaults and checks it.
func (c *Control) complete(rule *FaultRule) error {
	if rule.Count == 0 {
		rule.Count = 1
	}
	if rule.Probability == 0 {
		rule.Probability = 1
	}
	rule.dice = newDice(rule.Seed)
	if !slices.Contains(c.operations, rule.Operation) {
		return fmt.Errorf("sandbox: no operation is named %q", rule.Operation)
	}
	if rule.Account != "" && !c.HasAccount(rule.Account) {
		return fmt.Errorf("sandbox: %w", &UnknownAccountError{rule.Account})
	}
	if rule.Count < 0 {
		return fmt.Errorf("sandbox: a count of %d is negative", rule.Count)
	}
	if !(rule.Probability > 0 && rule.Probability <= 1) { // NaN is neither
		return fmt.Errorf("sandbox: probability %v is not between 0 and 1", rule.Probability)
	}
	_, err := readFault(rule.Fault)
	return err
}

// Faults returns the faults that wait, by operation, and for each the oldest
// first.
func (c *Control) Faults() []FaultRule {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []FaultRule{}
	for _, op := range c.operations {
		for _, rule := range c.plan.rules[op] {
			shown := *rule
			shown.dice = nil
			all = append(all, shown)
		}
	}
	return all
}

// ClearFaults drops the faults that wait.
func (c *Control) ClearFaults() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.plan.rules)
}

// RandomFaults returns the random faults; a rate of 0 is none.
func (c *Control) RandomFaults() RandomFaults {
	c.mu.Lock()
	defer c.mu.Unlock()
	random := c.plan.random
	random.Faults = slices.Clone(random.Faults)
	return random
}

// SetRandomFaults replaces the random faults. It fails if the rate or a fault
// is out of range.
func (c *Control) SetRandomFaults(random RandomFaults) error {
	if err := random.check(); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	random.Faults = slices.Clone(random.Faults)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plan.setRandom(random)
	return nil
}
