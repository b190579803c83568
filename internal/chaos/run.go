package chaos

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Client is a client under test. It performs an operation against the
// simulation's URL and reports how that ended. It may be called from several
// goroutines at once.
type Client func(ctx context.Context, op Op) Claim

// Load describes the calls that [Run] makes.
type Load struct {
	Operations int     // how many; zero: 200
	Parallel   int     // how many at a time; zero: 8
	Clients    int     // how many clients, as if in processes of their own; zero: 1
	Shared     float64 // chance that a keyed operation is called twice, under one key, by one client or two
	GivenUp    float64 // chance that a call's context ends early
	// ForeignKeys is the chance that another operation is called under the key
	// of a keyed operation as well. Every second of those calls is invalid.
	ForeignKeys float64
	// Deadline is the time that the context of each call has; zero: no end.
	Deadline time.Duration
	// Classes are the classes of the operations, one after another; nil: mostly
	// keyed, some of each.
	Classes []Class
	// Restarts are the lengths of the server's outages; nil: none.
	Restarts []time.Duration
	// Calm is the mean time between outages; zero: about a minute.
	Calm time.Duration
}

// DefaultLoad returns the load that goes with [DefaultFaults].
func DefaultLoad() Load {
	return Load{
		Clients: 2, Shared: 0.1, GivenUp: 0.1, ForeignKeys: 0.05,
		Restarts: []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second},
	}
}

// Run starts a simulation, lets clients made by connect do the load in it,
// waits until all is over, judges, and closes it. It must run in a
// testing/synctest bubble.
func Run(cfg Config, load Load, connect func(sim *Simulation) Client) Report {
	sim := Start(cfg)
	defer sim.Close()
	d := newDriver(sim, load, connect)
	over := make(chan struct{})
	go d.restarts(over)
	d.all()
	close(over)
	sim.Resolve()
	return d.report()
}

type driver struct {
	sim     *Simulation
	load    Load
	clients []Client

	mu  sync.Mutex
	ops []Op
}

func newDriver(sim *Simulation, load Load, connect func(sim *Simulation) Client) *driver {
	load.Operations = cmp.Or(load.Operations, 200)
	load.Parallel = cmp.Or(load.Parallel, 8)
	load.Clients = cmp.Or(load.Clients, 1)
	load.Calm = cmp.Or(load.Calm, time.Minute)
	if load.Classes == nil {
		load.Classes = []Class{Keyed, Keyed, Keyed, Idempotent, Keyed, Keyed, KeyUnverified, Keyed, Keyed, Safe}
	}
	d := &driver{sim: sim, load: load}
	for range load.Clients {
		d.clients = append(d.clients, connect(sim))
	}
	for i := range load.Operations {
		d.ops = append(d.ops, NewOp(load.Classes[i%len(load.Classes)], fmt.Sprintf("op-%d", i+1)))
	}
	return d
}

func (d *driver) all() {
	next := make(chan Op)
	var workers sync.WaitGroup
	for range d.load.Parallel {
		workers.Go(func() {
			for op := range next {
				d.perform(op)
			}
		})
	}
	for _, op := range slices.Clone(d.ops) {
		next <- op
	}
	close(next)
	workers.Wait()
}

// perform performs one operation, by one call or by two that share it, after a
// moment of thought.
func (d *driver) perform(op Op) {
	dice := d.sim.plan.dice("load", op.ID, 0)
	time.Sleep(between(dice, 0, 8*time.Second))
	// Only a key ties calls together: two calls that cancel are two operations,
	// each with an outcome of its own.
	if op.Class == Keyed {
		op.Key = "shared-" + op.ID
		switch luck := dice.Float64(); {
		case luck < d.load.Shared:
			d.share(op, op, dice)
			return
		case luck < d.load.Shared+d.load.ForeignKeys:
			d.share(op, d.foreign(op, dice), dice)
			return
		}
		op.Key = ""
	}
	d.call(op, d.client(dice), dice)
}

func (d *driver) foreign(owner Op, dice *rand.Rand) Op {
	op := NewOp(Keyed, owner.ID+"-foreign")
	op.Key, op.Invalid = owner.Key, dice.IntN(2) == 0
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops = append(d.ops, op)
	return op
}

// share performs an operation, and by a second call under its key the same one
// or another. The second begins while the first may still run, or after it; the
// same one only when it ended unknown. The second call is given the time since
// when the key may be in use, unless the client can know it: by a call of its
// own that still runs.
func (d *driver) share(op, second Op, dice *rand.Rand) {
	other := d.sim.plan.dice("load", op.ID, 1)
	client, otherClient := d.client(dice), d.client(other)
	began := d.sim.Clock.Server()
	if dice.IntN(2) == 0 {
		if d.call(op, client, dice) == Unknown || second.ID != op.ID {
			second.SentSince = d.sim.Clock.sentSince(began)
			d.call(second, otherClient, other)
		}
		return
	}
	if client != otherClient {
		op.SentSince = d.sim.Clock.sentSince(began)
	}
	var both sync.WaitGroup
	var ended atomic.Bool
	both.Go(func() {
		d.call(op, client, dice)
		ended.Store(true)
	})
	time.Sleep(between(other, 1, 10*time.Second))
	if client != otherClient || ended.Load() {
		second.SentSince = d.sim.Clock.sentSince(began)
	}
	d.call(second, otherClient, other)
	both.Wait()
}

func (d *driver) client(dice *rand.Rand) int { return dice.IntN(len(d.clients)) }

func (d *driver) call(op Op, client int, dice *rand.Rand) Claim {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if d.load.Deadline > 0 {
		var expire context.CancelFunc
		ctx, expire = context.WithTimeout(ctx, d.load.Deadline)
		defer expire()
	}
	if dice.Float64() < d.load.GivenUp {
		timer := time.AfterFunc(between(dice, 0, 30*time.Second), cancel)
		defer timer.Stop()
	}
	return d.sim.Call(ctx, d.clients[client], op)
}

func (d *driver) restarts(over <-chan struct{}) {
	for n := 0; len(d.load.Restarts) > 0; n++ {
		dice := d.sim.plan.dice("restart", "", n)
		select {
		case <-over:
			return
		case <-time.After(between(dice, d.load.Calm/6, 2*d.load.Calm)):
			d.sim.Restart(pick(d.load.Restarts, dice.IntN(60)), dice.IntN(2) == 0)
		}
	}
}

// Call lets a client perform an operation and records its claim. The machine
// may be suspended in it.
func (s *Simulation) Call(ctx context.Context, client Client, op Op) Claim {
	claim := s.callAndRecover(ctx, client, op)
	s.Ledger.claimed(op.ID, claim)
	return claim
}
