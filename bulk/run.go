package bulk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
	"time"
)

// StopError is why a run ended before all of its items were tried. Running it
// again resumes it.
type StopError struct {
	Reason string // in a few words
	Err    error  // what has stopped it; nil for a limit of [Options]
}

// Error returns the reason.
func (e *StopError) Error() string { return "bulk: the run was stopped: " + e.Reason }

// Unwrap returns what has stopped the run.
func (e *StopError) Unwrap() error { return e.Err }

// Run calls do for each item whose ref the journal does not show as done, and
// also for those, whose calls get their result from the journal. It returns once
// all items have ended. do must call the API with the item's ref
// (bardge.WithRef), with a client whose journal is [Options].Journal, and with
// its context; it is called concurrently. A second pass tries again the items
// that wait or are in doubt.
//
// The report is nil only for bad options. The error is nil if each item was
// tried, also if some of them failed. A *[StopError] means that some were not:
// the context ended, the source failed, the API refuses the account, the journal
// failed, or a limit of [Options] was exceeded. Calls under way have then ended,
// and are in the report. The error of a report that cannot be written stops the
// run, too.
//
// A panic in [Options].Each, Progress or Row stops the run, too: calls under way
// end, the report is written, and then the panic passes on to the caller.
//
// The source is read in a goroutine of its own. It must end when ctx does: Run
// waits for it.
func Run[T any](
	ctx context.Context, items iter.Seq2[T, error], do func(context.Context, T) error, o Options[T],
) (*Report, error) {
	if items == nil || do == nil {
		return nil, errors.New("bulk: the items or the function are nil")
	}
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	r := newRun(ctx, do, &o)
	files, err := createFiles(&o)
	if err != nil {
		return nil, err
	}
	r.files = files
	return r.run(items)
}

// run is one run. The goroutine of Run collects results, and is the only one
// that counts and reports.
type run[T any] struct {
	options *Options[T]
	do      func(context.Context, T) error
	gate    *gate
	files   *files[T]
	tally   tally

	stopped context.Context         //nolint:containedctx // of the run: ends when no more items are to be begun
	stop    context.CancelCauseFunc // its cause is a *StopError
	calls   context.Context         //nolint:containedctx // of the calls: ends a grace after stopped

	work    chan *job[T]
	results chan *job[T]
	open    sync.WaitGroup // items that were handed out and not yet counted
	changed chan struct{}  // the gate has opened or closed

	complete bool      // each item was tried
	kept     []*job[T] // for the second pass; of the goroutine of Run while items are open
}

// maxKept is how many items are kept for the second pass. Others end with the
// first.
const maxKept = 10_000

func newRun[T any](ctx context.Context, do func(context.Context, T) error, o *Options[T]) *run[T] {
	r := &run[T]{
		options: o, do: do,
		work: make(chan *job[T]), results: make(chan *job[T]), changed: make(chan struct{}, 1),
	}
	r.stopped, r.stop = context.WithCancelCause(ctx)
	r.gate = newGate(o.OutagePause, func() {
		select {
		case r.changed <- struct{}{}:
		default:
		}
	})
	r.tally.start(o.Total)
	return r
}

func (r *run[T]) run(items iter.Seq2[T, error]) (*Report, error) {
	calls, endCalls := context.WithCancel(context.WithoutCancel(r.stopped))
	r.calls = calls
	defer endCalls()
	defer r.stop(nil)
	var grace sync.WaitGroup
	grace.Go(func() { r.awaitGrace(endCalls) })
	src := &source[T]{items: items, options: r.options}
	go r.feed(src)
	end := func() (*Report, error) {
		r.complete = r.stopped.Err() == nil
		cause := context.Cause(r.stopped)
		endCalls()
		r.stop(nil)
		grace.Wait()
		return r.end(cause, src.seen.Close())
	}
	r.collectAll(end)
	report, err := end()
	r.progress()
	return report, err
}

// collectAll collects all results. If one of the caller's functions panics, or
// ends this goroutine, it collects the results of what is under way without
// them, and ends the run, before that goes on (R39).
func (r *run[T]) collectAll(end func() (*Report, error)) {
	collected := false
	defer func() {
		if !collected {
			r.stop(&StopError{Reason: "a callback panicked"})
			r.options.Each, r.options.Progress = nil, nil
			r.files.dropRow()
			r.collect()
			_, _ = end()
		}
	}()
	r.collect()
	collected = true
}

// awaitGrace ends the calls' context some time after the run was stopped.
func (r *run[T]) awaitGrace(endCalls func()) {
	select {
	case <-r.stopped.Done():
	case <-r.calls.Done():
		return
	}
	t := time.NewTimer(max(r.options.Grace, 0))
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.calls.Done():
	}
	endCalls()
}

// feed hands out all items to the workers, and some of them a second time.
func (r *run[T]) feed(src *source[T]) {
	defer close(r.results)
	var workers sync.WaitGroup
	for range r.options.Workers {
		r.startWorker(&workers)
	}
	named, batched := make(chan *job[T], batchSize), make(chan *job[T], batchSize)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(named)
		err := errGoexit
		defer func() {
			if err != nil {
				r.stop(&StopError{"the source failed", err})
			}
		}()
		err = r.read(src, named)
	})
	reading.Go(func() {
		defer close(batched)
		src.batches(r.stopped, named, batched)
		for range named { // the reader ends, too
		}
	})
	r.handOut(batched)
	reading.Wait()
	r.open.Wait()
	r.secondPass()
	close(r.work)
	workers.Wait()
}

// read reads the source. Its panic ends the run, not the process.
func (r *run[T]) read(src *source[T], to chan<- *job[T]) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = newPanicError(v)
		}
	}()
	return src.send(r.stopped, to)
}

// handOut passes items to the workers until the run is stopped. What has an
// error already has ended.
func (r *run[T]) handOut(from <-chan *job[T]) {
	for j := range from {
		if r.stopped.Err() != nil {
			continue
		}
		r.open.Add(1)
		to := r.work
		if j.result.Err != nil {
			to = r.results
		}
		to <- j
	}
}

// secondPass tries again what waits or is in doubt, after the longest wait that
// was requested.
func (r *run[T]) secondPass() {
	again := r.kept
	r.kept = nil
	if len(again) == 0 {
		return
	}
	if !r.sleep(secondPassDelay(again)) {
		for _, j := range again {
			r.open.Add(1)
			r.results <- j
		}
		r.open.Wait()
		return
	}
	for _, j := range again {
		r.open.Add(1)
		if r.stopped.Err() != nil {
			r.results <- j
			continue
		}
		r.work <- j
	}
	r.open.Wait()
}

const (
	minSecondPassDelay = time.Second
	maxSecondPassDelay = time.Minute
)

func secondPassDelay[T any](again []*job[T]) time.Duration {
	delay := minSecondPassDelay
	for _, j := range again {
		delay = max(delay, retryAfter(j.result.Err))
	}
	return min(delay, maxSecondPassDelay)
}

// sleep reports false if the run is stopped meanwhile.
func (r *run[T]) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.stopped.Done():
		return false
	}
}

func (r *run[T]) startWorker(workers *sync.WaitGroup) {
	workers.Go(func() {
		var busy *job[T]
		defer func() {
			if busy != nil { // the function has ended this goroutine, as a test's FailNow does
				busy.result.Err = errGoexit
				r.startWorker(workers)
				r.results <- busy
			}
		}()
		for j := range r.work {
			busy = j
			r.try(j)
			busy = nil
			r.results <- j
		}
	})
}

// try calls the function for an item, once there is no outage. An item that was
// not begun when the run is stopped is left out.
func (r *run[T]) try(j *job[T]) {
	leave, entered := r.gate.enter(r.stopped)
	if !entered {
		if !j.second {
			j.record = nil
		}
		return
	}
	if j.second {
		j.record = &itemRecord{id: j.record.id}
	}
	reported := errGoexit
	defer func() { leave(reported) }()
	j.result.Err = r.call(context.WithValue(r.calls, itemKey{}, j.record), j.result.Item)
	reported = j.result.Err
	if reported == nil && j.record.fromJournal() {
		reported = errFromJournal
	}
}

func (r *run[T]) call(ctx context.Context, item T) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = newPanicError(v)
		}
	}()
	return r.do(ctx, item)
}

func newPanicError(v any) error { return &PanicError{Value: v, Stack: debug.Stack()} }

// DuplicateError is the [ErrDuplicate] of an item.
type DuplicateError struct {
	First int64 // the position of the first item with the ref
}

// Error names the first item.
func (e *DuplicateError) Error() string { return fmt.Sprintf("%v: item %d", ErrDuplicate, e.First) }

// Is reports whether target is ErrDuplicate.
func (*DuplicateError) Is(target error) bool { return target == ErrDuplicate }
