package sendonce

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Sender sends the requests of one caller, one after the other. Session and
// Gate must be set, and neither may be changed while an attempt is under way.
// Attempts share its context and its alarm for as long as each brings a whole
// response: what else may go on of an attempt ends with its context, before the
// next begins.
type Sender struct {
	Session *Session
	Gate    Gate
	// TracksSent makes Sent known.
	TracksSent bool

	ctx   context.Context //nolint:containedctx // of one attempt after the other
	alarm *alarm
	first alarm
	sent  atomic.Bool
}

// Sent reports whether a request is under way that was written to its end.
func (s *Sender) Sent() bool { return s.sent.Load() }

// begin gives an attempt its context, which ends when its time is over.
func (s *Sender) begin(parent context.Context, a *Attempt, limit time.Duration) context.Context {
	if s.alarm == nil {
		s.alarm = &s.first
		if s.first.end != nil {
			s.alarm = new(alarm) // the first one may still ring
		}
		s.ctx, s.alarm.end = context.WithCancelCause(parent)
	}
	l := s.alarm
	s.Session.pulse.add(l, a.start)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.a, l.due = a, a.start.Mono+limit
	l.grace, l.over = false, limit <= 0
	if l.timer == nil {
		l.timer = time.AfterFunc(limit, func() { l.ring(period{}) })
	} else {
		l.timer.Reset(limit)
	}
	if l.over { // the timer's goroutine might come after a byte
		l.end(ErrAttemptTimeout)
	}
	return &attemptContext{Context: s.ctx, deadline: a.start.Timer().Add(limit)}
}

// finish ends the attempt. What it leaves is used again if the attempt is
// whole.
func (s *Sender) finish(whole bool) {
	l := s.alarm
	l.mu.Lock()
	a, over := l.a, l.over
	l.a = nil
	l.timer.Stop()
	l.mu.Unlock()
	if a != nil { // else it was let go before
		s.Session.pulse.remove(l)
	}
	if over || !whole {
		l.end(nil)
		s.ctx, s.alarm = nil, nil
	}
}

// Close ends what the last attempt has left.
func (s *Sender) Close() {
	if s.alarm != nil {
		s.finish(false)
	}
}

// attemptContext is the context of one attempt: it has a deadline, although its
// alarm serves others too.
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
