package idem

import (
	"context"
	"hash/maphash"
	"runtime"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// recoveryPass is one run of Recover. One goroutine adopts records in batches,
// several work on them, and the caller's own yields what they bring.
type recoveryPass struct {
	ctx     context.Context //nolint:containedctx // the caller's, for the length of the pass
	engine  *Engine
	with    Recovery
	options RecoveryOptions
	began   time.Time // by the wall clock

	jobs  chan recoveryJob
	ended chan *recoveryEnd
	left  chan struct{} // closed when the caller has left the loop
	all   sync.WaitGroup

	queue recoveryQueue
	found recoveryFeed
}

type recoveryJob struct {
	found entry
	at    clock.Timestamp // it was adopted not before
	err   error           // why it cannot be opened; or nil
}

type recoveryEnd struct {
	one      RecoveryResult
	err      error
	panicked any
	exited   bool          // a hook has ended its goroutine
	yielded  chan struct{} // closed when the yield has returned
}

func newRecoveryPass(ctx context.Context, e *Engine, with Recovery, o RecoveryOptions) *recoveryPass {
	return &recoveryPass{
		ctx: ctx, engine: e, with: with, options: o,
		began: e.clock.Now().WallTime(),
		jobs:  make(chan recoveryJob, o.Concurrency),
		ended: make(chan *recoveryEnd),
		left:  make(chan struct{}),
		queue: recoveryQueue{limit: o.Limit, changed: make(chan struct{}, 1)},
		found: recoveryFeed{seed: maphash.MakeSeed(), unopened: map[uint64]struct{}{}},
	}
}

// run yields until everything has ended. At any end no goroutine
// remains, and what was adopted and not begun is put back.
func (p *recoveryPass) run(yield func(RecoveryResult, error) bool) {
	p.all.Go(p.feed)
	for range p.options.Concurrency {
		p.all.Go(func() {
			for job := range p.jobs {
				p.do(job)
			}
		})
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		defer close(p.ended)
		p.all.Wait()
		for job := range p.jobs { // where hooks have ended all workers
			p.putBack(job)
		}
	}()
	defer func() {
		close(p.left)
		<-closed
	}()
	for end := range p.ended {
		if !end.deliver(yield) {
			return
		}
	}
	if err := p.failure(); err != nil {
		yield(RecoveryResult{}, err)
	}
}

func (end *recoveryEnd) deliver(yield func(RecoveryResult, error) bool) bool {
	switch {
	case end.panicked != nil:
		panic(end.panicked)
	case end.exited:
		runtime.Goexit()
	}
	on := yield(end.one, end.err)
	close(end.yielded)
	return on
}

func (p *recoveryPass) failure() error {
	switch {
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case p.engine.drain.closed():
		return ErrClosed
	default:
		return p.found.failure()
	}
}

// over reports that nothing is begun any more.
func (p *recoveryPass) over() bool {
	select {
	case <-p.left:
		return true
	default:
		return p.ctx.Err() != nil || p.engine.drain.closed()
	}
}

func (p *recoveryPass) do(job recoveryJob) {
	defer p.queue.finished()
	switch {
	case p.over():
		p.putBack(job)
	case job.err != nil:
		p.report(&recoveryEnd{one: unopened(job.found), err: journalFailure(job.err)})
	default:
		p.recover(job)
	}
}

func (p *recoveryPass) recover(job recoveryJob) {
	returned := false
	defer func() {
		if v := recover(); v != nil || !returned {
			p.putBack(job) // unless the call has written before a hook has panicked
			if !p.report(&recoveryEnd{panicked: v, exited: v == nil}) && v != nil {
				p.engine.panics.report("hook, after the loop over Recover was left", v)
			}
		}
	}()
	c, one, result := p.engine.recoverFound(p.ctx, job.found, job.at, p.with)
	t := c.task()
	switch {
	case result:
		p.yield(one, t)
	case t.requeued:
		p.queue.deferred(t.after)
	}
	returned = true
}

// yield brings a result to the caller. What remains open begins its pause after
// that.
func (p *recoveryPass) yield(one RecoveryResult, t *recoveryTask) {
	yielded := p.report(&recoveryEnd{one: one})
	switch {
	case t.left.Version == 0: // it was not put back
	case yielded:
		t.pauseAfterYield(p.ctx, p.engine.sealed)
	default:
		t.dueAgain(p.ctx, p.engine.sealed)
	}
}

// report hands something to the caller and waits until the yield has returned.
// It reports false if the caller has left before.
func (p *recoveryPass) report(end *recoveryEnd) bool {
	end.yielded = make(chan struct{})
	select {
	case p.ended <- end:
		p.queue.yields()
	case <-p.left:
		return false
	}
	select {
	case <-end.yielded:
		return true
	case <-p.left:
	}
	select {
	case <-end.yielded: // and then the caller has left
		return true
	default:
		return false
	}
}

func unopened(found entry) RecoveryResult {
	o := PendingOperation{ID: found.ID, Ref: found.Ref(), Since: found.Since}
	o.Request.Operation.Name = found.Operation
	return RecoveryResult{Pending: o}
}
