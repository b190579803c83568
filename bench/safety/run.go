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

// Day is what a client did on a day, and the world that knows the truth about it.
type Day struct {
	mu    sync.Mutex
	world *chaos.World
	calls []call
}

// call is what one call said, and how long it took by the client's monotonic clock.
type call struct {
	op     chaos.Op
	result peers.Result
	took   time.Duration
}

// Run lets a client issue passes for a day. It must run in a testing/synctest bubble.
func Run(c Contestant, mode Mode, seed uint64, operations int) (*Day, error) {
	d := &Day{}
	var client peers.Client
	var err error
	chaos.Run(world(mode, seed), load(operations), func(w *chaos.World) chaos.Client {
		d.world = w
		client, err = c.connect(w)
		return func(ctx context.Context, op chaos.Op) chaos.Claim {
			if err != nil {
				return chaos.Unknown
			}
			return d.issue(ctx, client, op)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	client.Close()
	return d, nil
}

// issue makes one call and turns what it says into a claim that the ledger can judge.
func (d *Day) issue(ctx context.Context, client peers.Client, op chaos.Op) chaos.Claim {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := time.Now()
	result := client.Issue(ctx, number(op))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, call{op, result, time.Since(start)})
	return claims[result.Outcome]
}

var claims = map[peers.Outcome]chaos.Claim{
	peers.Done: chaos.Done, peers.Failed: chaos.Rejected, peers.Unknown: chaos.Unknown,
}

// number is the n of op-n.
func number(op chaos.Op) int {
	n, err := strconv.Atoi(strings.TrimPrefix(op.ID, "op-"))
	if err != nil {
		panic(err) // the model names its operations so
	}
	return n
}
