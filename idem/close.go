package idem

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrClosed ends what begins after Close. This call sent nothing.
var ErrClosed = errors.New("the client is closed")

// Close ends the engine's work in order. What begins after it ends at once with ErrClosed,
// and sends nothing. Calls under way go on to their ends. Recover and RunRecovery finish
// and record the operations that have begun, take up no more, and end with ErrClosed.
// Once all that is done, the engine's timer is stopped and its idle connections are
// closed; the journal stays open, and may be closed then.
//
// The context bounds the wait. If it ends first, the error wraps its error and counts the
// calls that are still under way; they are not cut short, and Close may be called again.
// Close may be called at any time and by several goroutines, but not from a hook or a
// loop over Recover, for which it would wait.
func (e *Engine) Close(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	e.gate.close()
	err := e.gate.await(ctx)
	e.pulse.rest()
	e.CloseIdleConnections()
	return err
}

// gate counts what is under way, and lets nothing more begin once it is closed.
type gate struct {
	closing chan struct{} // closed by close
	idle    chan struct{} // closed once the gate is closed and nothing is under way

	mu    sync.Mutex
	under int // what is under way
	shut  bool
}

func newGate() *gate {
	return &gate{closing: make(chan struct{}), idle: make(chan struct{})}
}

// enter lets something begin, which must leave at its end. After close it lets in only
// what belongs to something that is under way.
func (g *gate) enter(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut && (g.under == 0 || !g.isWithin(ctx)) {
		return false
	}
	g.under++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.under--
	if g.shut && g.under == 0 {
		close(g.idle)
	}
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return
	}
	g.shut = true
	close(g.closing)
	if g.under == 0 {
		close(g.idle)
	}
}

func (g *gate) closed() bool {
	select {
	case <-g.closing:
		return true
	default:
		return false
	}
}

// await waits until everything has left.
func (g *gate) await(ctx context.Context) error {
	select {
	case <-g.idle:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.under == 0 {
		return nil
	}
	return fmt.Errorf("calls still under way: %d: %w", g.under, ctx.Err())
}

// withinKey marks the context of a hook that works for something under way: what it asks
// of the engine is let in after close.
type withinKey struct{}

func (g *gate) within(ctx context.Context) context.Context {
	return context.WithValue(ctx, withinKey{}, g)
}

func (g *gate) isWithin(ctx context.Context) bool {
	return ctx != nil && ctx.Value(withinKey{}) == g
}
