package postgres

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// maxAwaited bounds the records that a process listens for at a time, since
	// each has a lock in a table of the server with some thousands of places.
	maxAwaited  = 256
	listenRetry = time.Second // how long callers poll after listening has failed
)

// errCannotWait makes the caller poll.
var errCannotWait = &failure{text: "wait: the journal cannot listen"}

// Wait returns when the record may have another version than this one, or when
// ctx is over. It listens in one session for all callers. It returns an error
// if it cannot listen, as in shared sessions; the caller then polls.
func (j *Journal) Wait(ctx context.Context, id string, version int64) error {
	w, err := j.waiters.add(id, version)
	if err != nil {
		return err
	}
	defer j.waiters.remove(id, w)
	select {
	case <-w.woken:
		return w.err
	case <-ctx.Done():
		return nil
	}
}

// wrote wakes callers that wait for a record that was written: those in this
// process at once, others, if there are any, by a notification.
func (j *Journal) wrote(id string, version int64, awaited bool) {
	j.waiters.written(id, version)
	if awaited {
		j.waker.announce(id, version)
	}
}

// waiter is a call that waits. It is woken once.
type waiter struct {
	version int64
	woken   chan struct{}
	err     error // written before woken is closed
}

type awaited struct {
	callers map[*waiter]struct{}
	checked bool // the record was read after the last call began to wait, and after it was locked
	locked  bool
	hash    int32
}

type waiters struct {
	connect func(context.Context) (*pgx.Conn, error)
	schema  string
	shared  func() bool // sessions are shared: it is not possible to listen

	stopped context.Context //nolint:containedctx // the listener's own life, not a call's
	stop    context.CancelFunc
	running sync.WaitGroup
	count   atomic.Int64 // of records that are awaited

	mu        sync.Mutex
	records   map[string]*awaited
	unlock    []int32 // locks that are no longer needed
	listening bool
	failedAt  time.Time
	changed   chan struct{} // the listener has work
}

func newWaiters(connect func(context.Context) (*pgx.Conn, error), schema string, shared func() bool) *waiters {
	w := &waiters{
		connect: connect, schema: schema, shared: shared,
		records: map[string]*awaited{}, changed: make(chan struct{}, 1),
	}
	w.stopped, w.stop = context.WithCancel(context.Background())
	return w
}

// add registers a waiting call, and makes a session listen.
func (w *waiters) add(id string, version int64) (*waiter, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.records[id]
	switch {
	case w.stopped.Err() != nil:
		return nil, errClosed
	case w.shared(), time.Since(w.failedAt) < listenRetry, r == nil && len(w.records) >= maxAwaited:
		return nil, errCannotWait
	case r == nil:
		r = &awaited{callers: map[*waiter]struct{}{}}
		w.records[id] = r
		w.count.Add(1)
	}
	call := &waiter{version: version, woken: make(chan struct{})}
	r.callers[call] = struct{}{}
	r.checked = false
	w.signal()
	if !w.listening {
		w.listening = true
		w.running.Go(w.listen)
	}
	return call, nil
}

// remove ends a call's waiting. The record's last one releases its lock.
func (w *waiters) remove(id string, call *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r := w.records[id]; r != nil {
		delete(r.callers, call)
		w.drop(id, r)
	}
}

func (w *waiters) drop(id string, r *awaited) {
	if len(r.callers) > 0 {
		return
	}
	delete(w.records, id)
	w.count.Add(-1)
	if r.locked {
		w.unlock = append(w.unlock, r.hash)
		w.signal()
	}
}

func (w *waiters) signal() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// written wakes callers in this process that know an earlier version.
func (w *waiters) written(id string, version int64) {
	if w.count.Load() == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wake(id, isBefore(version), nil)
}

func isBefore(version int64) func(*waiter) bool {
	return func(call *waiter) bool { return call.version < version }
}

func (w *waiters) wake(id string, match func(*waiter) bool, err error) {
	r := w.records[id]
	if r == nil {
		return
	}
	for call := range r.callers {
		if match(call) {
			call.err = err
			close(call.woken)
			delete(r.callers, call)
		}
	}
	w.drop(id, r)
}

// fail wakes all callers with an error: they poll.
func (w *waiters) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failedAt = time.Now()
	for id := range w.records {
		w.wake(id, func(*waiter) bool { return true }, err)
	}
}

func (w *waiters) close() {
	w.mu.Lock()
	w.stop()
	w.mu.Unlock()
	w.fail(errClosed)
	w.running.Wait()
}
