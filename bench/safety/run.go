package safety

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/internal/chaos"
)

type performer interface {
	Do(ctx context.Context, op chaos.Op) peers.Result // performs an operation by one call
	Close()                                           // closes the connections that the client keeps
}

// Day is what a client did on a day, and the simulation with its ledger.
type Day struct {
	mu       sync.Mutex
	sim      *chaos.Simulation
	calls    []call
	open     int                 // calls that have not ended
	kindOf   func(chaos.Op) Kind // nil: all operations are of one kind
	recovery *recovery           // nil: the client has none
}

// call's duration is by the client's monotonic clock.
type call struct {
	op     chaos.Op
	result peers.Result
	took   time.Duration
	ended  time.Time // by the server's clock
}

// Run lets a client issue passes for a day, in a testing/synctest bubble.
func Run(c Client, mode Mode, seed uint64, operations int) (*Day, error) {
	return new(Day).run(c, config(mode, seed), load(operations))
}

func (d *Day) run(c Client, cfg chaos.Config, work chaos.Load) (*Day, error) {
	var client performer
	var err error
	d.open = work.Operations
	chaos.Run(cfg, work, func(sim *chaos.Simulation) chaos.Client {
		d.sim = sim
		if client, err = c.connect(sim); err != nil {
			return func(context.Context, chaos.Op) chaos.Claim { return chaos.Unknown }
		}
		if r, ok := client.(recoverer); ok {
			d.recovery = startRecovery(sim, r)
		}
		return func(ctx context.Context, op chaos.Op) chaos.Claim { return d.perform(ctx, client, op) }
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	client.Close()
	return d, nil
}

// perform makes one call and turns its result into a claim for the ledger. The
// last call waits for the recovery, because the simulation ends with it.
func (d *Day) perform(ctx context.Context, client performer, op chaos.Op) chaos.Claim {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	start := time.Now()
	result := client.Do(ctx, op)
	if d.ended(call{op, result, time.Since(start), d.sim.Clock.Server()}) && d.recovery != nil {
		d.recovery.finish()
	}
	return claims[result.Outcome]
}

func (d *Day) ended(c call) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, c)
	d.open--
	return d.open == 0
}

var claims = map[peers.Outcome]chaos.Claim{
	peers.Done: chaos.Done, peers.Failed: chaos.Rejected, peers.Unknown: chaos.Unknown,
}

type passes struct{ peers.Client }

func (p passes) Do(ctx context.Context, op chaos.Op) peers.Result { return p.Issue(ctx, number(op)) }

// number is the n of op-n.
func number(op chaos.Op) int {
	n, err := strconv.Atoi(strings.TrimPrefix(op.ID, "op-"))
	if err != nil {
		panic(err) // the model names its operations so
	}
	return n
}
