package fakeserver

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

type faultPlan[Op ~string] struct {
	random *chance // nil: none at random
	faults []Fault // to draw from

	mu     sync.Mutex
	queues map[Op][]Fault
}

func newFaultPlan[Op ~string](vendor Vendor[Op], random *chance) *faultPlan[Op] {
	faults := vendor.RandomFaults
	if faults == nil {
		faults = EverydayFaults()
	}
	return &faultPlan[Op]{random: random, faults: faults, queues: map[Op][]Fault{}}
}

// Next queues faults for the next requests of an operation: the first fault for
// the first of them, and so on. They take precedence over [FaultHeader], which
// takes precedence over random faults. Next panics if the operation or a fault
// does not exist; the sandboxes' constants and functions exist, except for a
// status out of range.
func (s *Server[Op]) Next(op Op, faults ...Fault) {
	if !slices.Contains(s.vendor.Operations, op) {
		panic(fmt.Sprintf("sandbox: no operation is named %q", string(op)))
	}
	for _, f := range faults {
		if _, err := readFault(f); err != nil {
			panic(err)
		}
	}
	s.plan.mu.Lock()
	defer s.plan.mu.Unlock()
	s.plan.queues[op] = append(s.plan.queues[op], faults...)
}

// take returns the fault for a request that arrives now; asked is the one in
// its header.
func (p *faultPlan[Op]) take(op Op, asked Fault) Fault {
	if f, ok := p.queued(op); ok {
		return f
	}
	if asked != "" {
		return asked
	}
	return p.random.draw(p.faults)
}

func (p *faultPlan[Op]) queued(op Op) (f Fault, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	queue := p.queues[op]
	if len(queue) == 0 {
		return "", false
	}
	p.queues[op] = queue[1:]
	return queue[0], true
}

type chance struct {
	rate float64

	mu   sync.Mutex
	dice *rand.Rand
}

func newChance(seed uint64, rate float64) *chance {
	return &chance{rate: rate, dice: rand.New(rand.NewPCG(seed, 0))}
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

// draw returns one of the faults or, more often, none. A nil chance returns
// none.
func (c *chance) draw(faults []Fault) Fault {
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dice.Float64() >= c.rate {
		return ""
	}
	return faults[c.dice.IntN(len(faults))]
}
