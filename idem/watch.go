package idem

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

const (
	// These are the pauses between readings of a record that another owner
	// holds, where the journal cannot wait.
	firstPollPause = 10 * time.Millisecond
	lastPollPause  = 500 * time.Millisecond
	// maxJournalWait bounds each journal.Waiter.Wait, since a notification can
	// be lost.
	maxJournalWait = time.Second
	// waitGrace is how long a journal.Waiter has to return after that.
	waitGrace = 10 * time.Millisecond
)

// watches let the calls of an engine that wait for one record share its
// reading.
type watches struct {
	mu   sync.Mutex
	byID map[string]*watch
	hung atomic.Pointer[chan struct{}] // closed once a Wait that was abandoned returns
}

type watch struct {
	hook    hookCall[maybe[entry]]
	cancel  context.CancelFunc
	waiting int // calls; guarded by watches.mu
}

// awaitOwner returns the record found once no other owner holds it, as it is
// then; false if it is gone.
func (o *operation) awaitOwner(found entry) (entry, bool, error) {
	l := o.engine.sealed
	w := l.watches.join(l, found)
	defer l.watches.leave(found.ID, w)
	select {
	case <-o.ctx.Done():
		return found, true, errors.Join(errWaitEnded, o.ctx.Err())
	case <-w.hook.done:
	}
	if w.hook.panicked != nil {
		panic(w.hook.panicked)
	}
	now, ok := w.hook.value.value, w.hook.value.ok
	if now.Response != nil { // the caller may change it
		own := *now.Response
		own.Body, own.Header = bytes.Clone(own.Body), own.Header.Clone()
		now.Response = &own
	}
	return now, ok, w.hook.err
}

func (ws *watches) join(l sealedJournal, found entry) *watch {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.byID[found.ID]
	if w == nil {
		ctx, cancel := context.WithCancel(context.Background())
		w = &watch{cancel: cancel}
		w.hook.done = make(chan struct{})
		if ws.byID == nil {
			ws.byID = map[string]*watch{}
		}
		ws.byID[found.ID] = w
		go func() {
			defer func() {
				ws.mu.Lock()
				defer ws.mu.Unlock()
				ws.end(found.ID, w)
			}()
			w.hook.run(func() (maybe[entry], error) { return maybeOf(l.watch(ctx, found)) })
		}()
	}
	w.waiting++
	return w
}

func (ws *watches) leave(id string, w *watch) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w.waiting--
	if w.waiting == 0 {
		ws.end(id, w)
	}
}

func (ws *watches) end(id string, w *watch) {
	w.cancel()
	if ws.byID[id] == w {
		delete(ws.byID, id)
	}
}

// watch reads a record until no other owner holds it: when the journal reports
// a new version, when the lease has run out, and at least once in
// maxJournalWait. Where the journal cannot wait, or has returned for no reason,
// it polls.
func (l sealedJournal) watch(ctx context.Context, found entry) (entry, bool, error) {
	poll := false
	for pause := firstPollPause; ; pause = min(2*pause, lastPollPause) {
		left := max(found.Lease, firstPollPause)
		limit, began := min(left, maxJournalWait), time.Now()
		waited := !poll && l.wait(ctx, found, limit)
		if !waited {
			clock.Wait(ctx, min(left, pause))
		}
		if ctx.Err() != nil {
			return found, true, ctx.Err()
		}
		now, ok, err := l.Load(ctx, found.ID)
		if err != nil || !ok || !now.open() || !now.owned() {
			return now, ok, err
		}
		poll = waited && now.Version == found.Version && time.Since(began) < limit
		found = now
	}
}

// wait waits for a new version of the record. It reports whether the journal
// did: an error, a panic and a Wait that hangs are as good as none.
func (l sealedJournal) wait(ctx context.Context, found entry, limit time.Duration) bool {
	waiter, waits := l.journal.(journal.Waiter)
	if !waits || l.watches.hangs() {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	h := &hookCall[struct{}]{done: make(chan struct{}), err: errNotReturned}
	go h.run(func() (struct{}, error) { return struct{}{}, waiter.Wait(ctx, found.ID, found.Version) })
	select {
	case <-h.done:
	case <-ctx.Done():
		if !h.returns(waitGrace) {
			l.watches.hung.Store(&h.done)
			return true // its time is over
		}
	}
	if h.panicked != nil {
		l.panics.report("journal, in a wait", h.panicked)
		return false
	}
	return h.err == nil || ctx.Err() != nil
}

func (ws *watches) hangs() bool {
	done := ws.hung.Load()
	if done == nil {
		return false
	}
	select {
	case <-*done:
		return false
	default:
		return true
	}
}
