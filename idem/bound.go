package idem

import (
	"context"
	"errors"
	"time"
)

// bound ends attempts whose time is over. A call's attempts share its context and
// its alarm, for as long as each brings an answer that is read to its end: whatever
// else may go on of an attempt ends with its context, before the next begins.
type bound struct {
	ctx   context.Context //nolint:containedctx // of one attempt after the other
	alarm *alarm
	first alarm // has its place in the call
}

// begin gives an attempt its context, which ends when its time is over.
func (b *bound) begin(parent context.Context, f *flight, limit time.Duration) context.Context {
	if b.alarm == nil {
		b.alarm = &b.first
		if b.first.end != nil {
			b.alarm = new(alarm) // the first one may still ring
		}
		b.ctx, b.alarm.end = context.WithCancelCause(parent)
	}
	b.alarm.begin(f, limit)
	if limit <= 0 { // the alarm's own goroutine might come after a byte
		b.alarm.end(errAttemptTimeout)
	}
	return &attemptContext{Context: b.ctx, deadline: f.start.Timer().Add(limit)}
}

// finish ends the attempt. What it leaves is used again if the attempt is whole.
func (b *bound) finish(whole bool) {
	if b.alarm.finish() && whole {
		return
	}
	b.alarm.end(nil)
	b.ctx, b.alarm = nil, nil
}

// close ends what the last attempt left.
func (b *bound) close() {
	if b.alarm != nil {
		b.finish(false)
	}
}

// attemptContext is the context of one attempt. To those who ask it is one with a
// deadline, although its alarm serves others too.
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

// Err tells an attempt that timed out from one that its caller gave up.
func (c *attemptContext) Err() error {
	err := c.Context.Err()
	if err != nil && errors.Is(context.Cause(c.Context), errAttemptTimeout) {
		return context.DeadlineExceeded
	}
	return err
}
