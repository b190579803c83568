package idem

import (
	"context"
	"errors"
	"time"
)

// errAbandoned is a hook that did not return in time. It may still be working.
var errAbandoned = errors.New("the call did not return in time")

// errNotReturned is a hook that ended its goroutine, as a test's FailNow does.
var errNotReturned = errors.New("the call ended its goroutine")

// hookCall is one call of a hook that may hang. Its own goroutine is the only
// way to leave a hook that ignores its context.
type hookCall[T any] struct {
	done     chan struct{}
	value    T
	err      error
	panicked any
}

// bounded calls f, and waits until it returns or, once ctx is over, for grace
// longer. A panic of f is raised again here. What f does after it was abandoned
// is unknown.
func bounded[T any](ctx context.Context, grace time.Duration, f func() (T, error)) (T, error) {
	h := &hookCall[T]{done: make(chan struct{}), err: errNotReturned}
	go h.run(f)
	select {
	case <-h.done:
	case <-ctx.Done():
		if !h.returns(grace) {
			var none T
			return none, errors.Join(errAbandoned, ctx.Err())
		}
	}
	if h.panicked != nil {
		panic(h.panicked)
	}
	return h.value, h.err
}

func (h *hookCall[T]) run(f func() (T, error)) {
	defer close(h.done)
	defer func() { h.panicked = recover() }()
	h.value, h.err = f()
}

// returns reports whether the hook returns within grace.
func (h *hookCall[T]) returns(grace time.Duration) bool {
	if grace > 0 {
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case <-h.done:
		case <-t.C:
		}
	}
	select {
	case <-h.done:
		return true
	default:
		return false
	}
}
