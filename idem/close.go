package idem

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrClosed ends what begins after Close. This call sent nothing.
var ErrClosed = errors.New("the client is closed")

// Close ends the engine's work in order. What begins after it ends at once with
// ErrClosed, and sends nothing. Calls under way go on to their ends. Recover
// and RunRecovery finish and record the operations that have begun, take up no
// more, and end with ErrClosed. Then the engine's timer is stopped and its idle
// connections are closed; the journal stays open, and may be closed.
//
// The context bounds the wait. If it ends first, the error wraps its error and
// counts the calls that are still under way; they are not cut short, and Close
// may be called again. Close may be called at any time and by several
// goroutines, but not from a hook, the callback of RunRecovery or a loop over
// Recover, for which it would wait.
func (e *Engine) Close(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	e.drain.close()
	defer e.session.Close()
	return e.drain.await(ctx)
}

// drainer counts what is under way, and lets nothing more begin once it is
// closed.
type drainer struct {
	closing chan struct{} // closed by close
	idle    chan struct{} // closed once no more may begin and nothing is under way

	mu    sync.Mutex
	under int // what is under way
	shut  bool
}

// enter lets something begin, which must leave at its end. After close it lets
// in only what belongs to something that is under way.
func (d *drainer) enter(ctx context.Context) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	within := ctx != nil && ctx.Value(withinKey{}) == d
	if d.shut && (d.under == 0 || !within) {
		return false
	}
	d.under++
	return true
}

func (d *drainer) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.under--
	if d.shut && d.under == 0 {
		close(d.idle)
	}
}

func (d *drainer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return
	}
	d.shut = true
	close(d.closing)
	if d.under == 0 {
		close(d.idle)
	}
}

func (d *drainer) closed() bool {
	select {
	case <-d.closing:
		return true
	default:
		return false
	}
}

func (d *drainer) await(ctx context.Context) error {
	select {
	case <-d.idle:
		return nil
	case <-ctx.Done():
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.under == 0 {
		return nil
	}
	return fmt.Errorf("calls still under way: %d: %w", d.under, ctx.Err())
}

// withinKey marks the context of a hook that works for something under way, and
// may use the engine after close.
type withinKey struct{}

func (d *drainer) within(ctx context.Context) context.Context {
	return context.WithValue(ctx, withinKey{}, d)
}
