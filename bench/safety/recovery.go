package safety

import (
	"context"
	"sync"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/internal/chaos"
)

// Way is how an operation in doubt was settled.
type Way string

const (
	// ByAsking: it was sent again, under its key inside the window, or without
	// one if that has no further effect.
	ByAsking Way = "asking again"
	// ByReading: a list showed it.
	ByReading Way = "reading"
)

type resolution struct {
	result peers.Result
	way    Way
	at     time.Time // by the server's clock
}

// recoverer is a performer that can settle later what its calls left in doubt.
type recoverer interface {
	// Recover continues each operation in doubt once, and reports its result.
	Recover(ctx context.Context, found func(op string, s resolution))
}

const (
	recoverEvery = time.Minute      // the time between two rounds of recovery
	recoverAfter = 15 * time.Minute // how long the rounds go on after the last call of a day
)

// recovery runs a recoverer beside a day's calls, as operators' programs do.
type recovery struct {
	sim      *chaos.Simulation
	cancel   context.CancelFunc
	over     chan struct{}
	mu       sync.Mutex
	resolved map[string]resolution
}

func startRecovery(sim *chaos.Simulation, from recoverer) *recovery {
	ctx, cancel := context.WithCancel(context.Background())
	r := &recovery{sim: sim, cancel: cancel, over: make(chan struct{}), resolved: map[string]resolution{}}
	go func() {
		defer close(r.over)
		for ctx.Err() == nil {
			from.Recover(ctx, r.found)
			select {
			case <-ctx.Done():
			case <-time.After(recoverEvery):
			}
		}
	}()
	return r
}

// found keeps an operation's result, which the ledger judges like a call's.
func (r *recovery) found(op string, s resolution) {
	if s.result.Outcome == peers.Unknown {
		return
	}
	s.at = r.sim.Clock.Server()
	claim := func(context.Context, chaos.Op) chaos.Claim { return claims[s.result.Outcome] }
	r.sim.Call(context.Background(), claim, chaos.Op{ID: op})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resolved[op] = s
}

func (r *recovery) finish() {
	time.Sleep(recoverAfter)
	r.cancel()
	<-r.over
}

// of returns an operation's result, or nil if recovery did not settle it.
func (r *recovery) of(op string) *resolution {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.resolved[op]; ok {
		return &s
	}
	return nil
}
