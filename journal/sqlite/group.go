package sqlite

import (
	"context"
	"slices"
	"sync"
)

// write is one caller's part of a transaction.
type write struct {
	do   func(context.Context) error // runs inside the transaction
	err  error                       // set before done is closed
	done chan struct{}
}

// group gathers the writes of many callers: whatever arrives while one batch is
// committed makes the next. One goroutine commits, so that each caller can leave when
// his context is over; it lives until close, since SQLite needs more stack than a
// goroutine begins with.
type group struct {
	commit func([]*write)
	begin  chan struct{} // for each run, one value

	mu      sync.Mutex
	queue   []*write
	running bool
	closed  bool
	idle    sync.WaitGroup // of runs
	ended   sync.WaitGroup // of the goroutine
}

func (g *group) open(commit func([]*write)) {
	g.commit, g.begin = commit, make(chan struct{}, 1)
	g.ended.Go(func() {
		for range g.begin {
			g.run()
		}
	})
}

// add has do run in the next batch, and returns when that is committed. A caller
// who leaves while it is being committed is left in doubt.
func (g *group) add(ctx context.Context, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return notWritten(err)
	}
	w := &write{do: do, done: make(chan struct{})}
	if !g.enqueue(w) {
		return notWritten(errClosed)
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		if g.withdraw(w) {
			return notWritten(ctx.Err())
		}
		return failed(ctx.Err())
	}
}

// enqueue reports false if the group is closed.
func (g *group) enqueue(w *write) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.queue = append(g.queue, w)
	if !g.running {
		g.running = true
		g.idle.Add(1)
		g.begin <- struct{}{} // there is room: the last run has ended
	}
	return true
}

// withdraw reports whether the write was still waiting, and is no more.
func (g *group) withdraw(w *write) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queue, w)
	if i < 0 {
		return false
	}
	g.queue = slices.Delete(g.queue, i, i+1)
	return true
}

func (g *group) run() {
	defer g.idle.Done()
	for batch := g.next(); len(batch) > 0; batch = g.next() {
		g.commit(batch)
	}
}

// next takes what is waiting; with nothing it ends the run.
func (g *group) next() []*write {
	g.mu.Lock()
	defer g.mu.Unlock()
	batch := g.queue
	g.queue = nil
	g.running = len(batch) > 0
	return batch
}

// close refuses new writes, and waits for those that are there. It reports false
// if the group was closed before.
func (g *group) close() bool {
	g.mu.Lock()
	first := !g.closed
	g.closed = true
	g.mu.Unlock()
	g.idle.Wait()
	if first {
		close(g.begin)
	}
	g.ended.Wait()
	return first
}
