package sqlite

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

type write struct {
	do      func(context.Context) error // runs inside the transaction
	whole   bool                        // do has several statements, which need a transaction even if alone
	slice   bool                        // of the sweep
	changed []string                    // the records that do may have written; do sets it

	err  error         // set before done is closed
	done chan struct{} // closed when the write has ended

	gone bool // guarded by the group: the caller has left, or has waited long enough
}

func newWrite(do func(context.Context) error) *write {
	return &write{do: do, done: make(chan struct{})}
}

func (w *write) end(err error) {
	w.err = err
	close(w.done)
}

// group gathers writes: those that arrive during a commit form the next batch.
// It waits for no more: during a commit the callers of the batch before prepare
// their next writes, on other processors. One goroutine commits, so that each
// caller can leave when its context is over; it lives until close, since SQLite
// needs much stack.
type group struct {
	// commit commits a batch, and ends its writes. It reports false, without
	// any change, if another process holds the file.
	commit func(batch []*write) bool
	begin  chan struct{} // for each run, one value

	// timers of completed waits. They belong to the journal: in another
	// testing/synctest bubble a timer has another clock.
	timers sync.Pool

	mu      sync.Mutex
	queue   []*write
	slice   *write // of the sweep: it has a transaction of its own, and waits for one batch at most
	waited  bool   // a batch went before the slice
	locked  bool   // another process held the file at the last try
	running bool
	closed  bool
	// readOnly is set before the first write: the group refuses all.
	readOnly bool
	idle     sync.WaitGroup // of runs
	ended    sync.WaitGroup // of the goroutine
}

func (g *group) open(commit func([]*write) bool) {
	g.commit, g.begin = commit, make(chan struct{}, 1)
	g.ended.Go(func() {
		for range g.begin {
			g.run()
		}
	})
}

// add puts a write into the next batch, and returns after the commit. A caller
// that leaves during the commit is left in doubt. If the patience is over
// before its batch begins, a write gets journal.ErrNotCommitted.
func (g *group) add(ctx context.Context, w *write) error {
	return g.wait(ctx, w, func() { g.queue = append(g.queue, w) })
}

// addSlice runs a write of the sweep in a transaction of its own.
func (g *group) addSlice(ctx context.Context, w *write) error {
	return g.wait(ctx, w, func() { w.slice, g.slice, g.waited = true, w, false })
}

func (g *group) wait(ctx context.Context, w *write, enqueue func()) error {
	if err := ctx.Err(); err != nil {
		return notWritten(err)
	}
	if g.readOnly {
		return notWritten(errReadOnly)
	}
	if !g.enqueue(enqueue) {
		return notWritten(errClosed)
	}
	timer, ok := g.timers.Get().(*time.Timer)
	if !ok {
		timer = time.NewTimer(patience)
	}
	timer.Reset(patience)
	defer g.timers.Put(timer)
	defer timer.Stop()
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return g.leave(w, ctx.Err())
	case <-timer.C:
		return g.outwait(ctx, w)
	}
}

func (g *group) enqueue(enqueue func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	enqueue()
	if !g.running {
		g.running = true
		g.idle.Add(1)
		g.begin <- struct{}{} // there is room: the last run has ended
	}
	return true
}

// outwait ends a write whose patience is over. A write under way ends soon,
// since other processes no longer hold the file.
func (g *group) outwait(ctx context.Context, w *write) error {
	if withdrawn, locked := g.withdraw(w); withdrawn {
		if locked {
			return notWritten(errLocked)
		}
		return notWritten(errStalled)
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return g.leave(w, ctx.Err())
	}
}

func (g *group) leave(w *write, why error) error {
	if withdrawn, _ := g.withdraw(w); withdrawn {
		return notWritten(why)
	}
	return failed(why)
}

// withdraw removes a waiting write, and reports whether it was waiting. A write
// under way is not retried after a try that found the file locked.
func (g *group) withdraw(w *write) (withdrawn, locked bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w.gone = true
	if g.slice == w {
		g.slice = nil
		return true, g.locked
	}
	i := slices.Index(g.queue, w)
	if i < 0 {
		return false, false
	}
	g.queue = slices.Delete(g.queue, i, i+1)
	return true, g.locked
}

func (g *group) run() {
	defer g.idle.Done()
	locked := false
	for batch := g.next(locked); len(batch) > 0; batch = g.next(locked) {
		if locked = !g.commit(batch); locked {
			g.putBack(batch)
			time.Sleep(pause)
		}
		if runtime.GOMAXPROCS(0) == 1 {
			runtime.Gosched() // callers that have their results write again first
		}
	}
}

// next takes the waiting writes; without any it ends the run. locked: the
// previous try found the file locked.
func (g *group) next(locked bool) []*write {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.locked = locked
	if g.slice != nil && (len(g.queue) == 0 || g.waited) {
		batch := []*write{g.slice}
		g.slice = nil
		return batch
	}
	batch := g.queue
	g.queue, g.waited = nil, true
	g.running = len(batch) > 0
	return batch
}

// putBack returns a batch that found the file locked to the queue, without
// writes whose callers have left or whose patience is over.
func (g *group) putBack(batch []*write) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.locked = true
	var waiting []*write
	for _, w := range batch {
		switch {
		case w.gone:
			w.end(notWritten(errLocked)) // a caller that has not left waits for this
		case w.slice:
			g.slice = w
		default:
			waiting = append(waiting, w)
		}
	}
	g.queue = append(waiting, g.queue...)
}

func (g *group) isClosed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// close refuses new writes, and waits for the existing ones. It reports false
// if the group was closed before.
func (g *group) close() bool {
	g.mu.Lock()
	first := !g.closed
	g.closed = true
	g.mu.Unlock()
	g.idle.Wait()
	if first && !g.readOnly {
		close(g.begin)
	}
	g.ended.Wait()
	return first
}
