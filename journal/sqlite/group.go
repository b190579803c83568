package sqlite

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// write is one caller's part of a transaction.
type write struct {
	do func(context.Context) error // runs inside the transaction
	// whole: do has several statements, which need a transaction also if they are
	// alone in it.
	whole bool
	slice bool // of the sweep
	// changed are the records that do may have written; do sets it.
	changed []string

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

// group gathers the writes of many callers: what arrives while one batch is
// committed makes the next. One goroutine commits, so that each caller can leave when
// its context is over; it lives until close, since SQLite needs more stack than a
// goroutine begins with.
type group struct {
	// commit commits a batch, and ends its writes. It reports false, having done
	// nothing, if another process holds the file.
	commit func(batch []*write) bool
	begin  chan struct{} // for each run, one value
	// callers is how many were writing at the same time, at the last batch.
	callers int

	// timers of waits that have ended. They are the journal's own: one of another
	// testing/synctest bubble has another clock.
	timers sync.Pool

	mu      sync.Mutex
	queue   []*write
	slice   *write // of the sweep: it has a transaction of its own, and waits for one batch at most
	waited  bool   // a batch went before the slice
	locked  bool   // another process held the file at the last try
	running bool
	closed  bool
	idle    sync.WaitGroup // of runs
	ended   sync.WaitGroup // of the goroutine
}

func (g *group) open(commit func([]*write) bool) {
	g.commit, g.begin = commit, make(chan struct{}, 1)
	g.ended.Go(func() {
		for range g.begin {
			g.run()
		}
	})
}

// add has a write done in the next batch, and returns when that is committed. A caller
// that leaves while it is being committed is left in doubt. One whose batch has not
// begun after the patience is over, because of other processes or of the batches
// before, gets journal.ErrNotCommitted.
func (g *group) add(ctx context.Context, w *write) error {
	return g.wait(ctx, w, func() { g.queue = append(g.queue, w) })
}

// addSlice has a write of the sweep done, in a transaction of its own. There is one at a
// time.
func (g *group) addSlice(ctx context.Context, w *write) error {
	return g.wait(ctx, w, func() { w.slice, g.slice, g.waited = true, w, false })
}

func (g *group) wait(ctx context.Context, w *write, enqueue func()) error {
	if err := ctx.Err(); err != nil {
		return notWritten(err)
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

// enqueue reports false if the group is closed.
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

// outwait ends a write whose patience is over. One that is being done ends soon: other
// processes are no longer in its way.
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

// leave ends a write whose caller has left.
func (g *group) leave(w *write, why error) error {
	if withdrawn, _ := g.withdraw(w); withdrawn {
		return notWritten(why)
	}
	return failed(why)
}

// withdraw reports whether the write was still waiting, and no longer is. One that is
// being done is not done again after a try that found the file locked.
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
	g.gather()
	for batch := g.next(locked); len(batch) > 0; batch = g.next(locked) {
		if locked = !g.commit(batch); locked {
			g.putBack(batch)
			time.Sleep(pause)
			continue
		}
		g.callers = len(batch) + g.waiting()
		g.gather()
	}
}

// gather lets the callers that were just answered write again, so that the next batch has
// them all: on a fast disk the first of them would have a commit of its own, and the
// others wait for it. It only yields the processor, at most for as long as a commit takes,
// and ends when that brings no more.
func (g *group) gather() {
	if g.callers == 1 {
		return
	}
	begun := time.Now()
	for n, before := g.waiting(), -1; n > before && n < g.callers && time.Since(begun) < pause; {
		runtime.Gosched()
		n, before = g.waiting(), n
	}
}

// waiting is how many writes would be in the next batch.
func (g *group) waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queue)
}

// next takes what is waiting; with nothing it ends the run. It is given whether the
// try before found the file locked.
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

// putBack has a batch that found the file locked wait for its next try, without those
// whose callers have left or waited long enough.
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
