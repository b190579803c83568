package sendonce

import (
	"context"
	"errors"
	"time"
)

// attemptTimer ends attempts whose time is over. A caller's attempts share its
// context and its alarm, for as long as each brings a response that is read to
// its end: whatever else may go on of an attempt ends with its context, before
// the next begins.
type attemptTimer struct {
	ctx   context.Context //nolint:containedctx // of one attempt after the other
	alarm *alarm
	first alarm // has its place in the Sender
}

// begin gives an attempt its context, which ends when its time is over.
func (t *attemptTimer) begin(parent context.Context, a *Attempt, limit time.Duration) context.Context {
	if t.alarm == nil {
		t.alarm = &t.first
		if t.first.end != nil {
			t.alarm = new(alarm) // the first one may still ring
		}
		t.ctx, t.alarm.end = context.WithCancelCause(parent)
	}
	t.alarm.begin(a, limit)
	if limit <= 0 { // the alarm's own goroutine might come after a byte
		t.alarm.end(ErrAttemptTimeout)
	}
	return &attemptContext{Context: t.ctx, deadline: a.start.Timer().Add(limit)}
}

// finish ends the attempt. What it leaves is used again if the attempt is
// whole.
func (t *attemptTimer) finish(whole bool) {
	if t.alarm.finish() && whole {
		return
	}
	t.alarm.end(nil)
	t.ctx, t.alarm = nil, nil
}

// close ends what the last attempt left.
func (t *attemptTimer) close() {
	if t.alarm != nil {
		t.finish(false)
	}
}

// attemptContext is the context of one attempt. To those who ask it is one with
// a deadline, although its alarm serves others too.
type attemptContext struct {
	context.Context //nolint:containedctx // it is one
	deadline        time.Time
}

// Deadline is the earlier one of the attempt's and the caller's.
func (c *attemptContext) Deadline() (time.Time, bool) {
	if d, has := c.Context.Deadline(); has && d.Before(c.deadline) {
		return d, true
	}
	return c.deadline, true
}

// Err distinguishes an attempt that timed out from one that its caller gave up.
func (c *attemptContext) Err() error {
	err := c.Context.Err()
	if err != nil && errors.Is(context.Cause(c.Context), ErrAttemptTimeout) {
		return context.DeadlineExceeded
	}
	return err
}
