package measurement

import (
	"fmt"
	"runtime"

	"github.com/bardge/bardge-go/bench/peers"
)

// Garbage is what one call allocates.
type Garbage struct {
	Allocations float64 `json:"allocations"`
	Bytes       float64 `json:"bytes"`
}

func (g Garbage) Minus(other Garbage) Garbage {
	return Garbage{Allocations: g.Allocations - other.Allocations, Bytes: g.Bytes - other.Bytes}
}

// GarbageOf counts what the workload allocates per call, its server included.
// The calls are made once before, to warm up.
func GarbageOf(c Workload, calls int) (Garbage, error) {
	var before, after runtime.MemStats
	for _, m := range []*runtime.MemStats{&before, &after} {
		if err := c.Run(calls); err != nil {
			return Garbage{}, fmt.Errorf("%s: %w", c.Name, err)
		}
		runtime.ReadMemStats(m)
	}
	return Garbage{
		Allocations: float64(after.Mallocs-before.Mallocs) / float64(calls),
		Bytes:       float64(after.TotalAlloc-before.TotalAlloc) / float64(calls),
	}, nil
}

// InFlight is what each of that many calls holds while all of them wait for
// their responses: bytes of heap and stacks, including the caller's goroutine.
func InFlight(p peers.Peer, calls int) (float64, error) {
	g := &gathering{calls: calls}
	c, err := NewWorkload(p, MemoryURL, &MemoryTransport{Hold: g.wait}, 1)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if _, err := g.hold(c); err != nil { // warms up
		return 0, fmt.Errorf("%s: %w", p.Name, err)
	}
	before := held()
	during, err := g.hold(c)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.Name, err)
	}
	return (float64(during) - float64(before)) / float64(calls), nil
}

type gathering struct {
	calls int
	there chan struct{}
	free  chan struct{}
}

func (g *gathering) wait() {
	g.there <- struct{}{}
	<-g.free
}

// hold measures the memory in use while all calls wait.
func (g *gathering) hold(c Workload) (during uint64, failed error) {
	g.there, g.free = make(chan struct{}, g.calls), make(chan struct{})
	ended := make(chan error, g.calls)
	for range g.calls {
		go func() { ended <- c.Run(1) }()
	}
	waiting := g.calls
	for range g.calls {
		select {
		case <-g.there:
		case failed = <-ended: // it has not come so far
			waiting--
		}
	}
	during = held()
	close(g.free)
	for range waiting {
		if err := <-ended; err != nil {
			failed = err
		}
	}
	return during, failed
}

// held is the memory in use after garbage collection; twice, since pools are
// emptied only by the second one.
func held() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
