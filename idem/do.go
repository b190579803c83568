package idem

import (
	"context"

	"github.com/google/uuid"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// operation is one call. do fills it in step by step; once its attempts begin,
// it does not change.
type operation struct {
	engine  *Engine
	ctx     context.Context //nolint:containedctx // of one call
	started clock.Timestamp
	callID  string // of its events; empty where nothing observes
	call    *Call  // its own
	limits  limits
	key     keyHandle
	claim   *ownedRecord // nil: no journal records it
}

// Do executes the operation, and returns what is known when it ends. An
// argument that cannot be sent ends in an [*InvalidError] in Result.Err. The
// context ends the call; an operation that may have been executed is then of
// [OutcomeUnknown].
func (e *Engine) Do(ctx context.Context, in Call) (r Result) {
	// Do is inlined, and in moves to the heap: a goroutine waits below the
	// caller's frame, which should hold no copy.
	e.do(ctx, &in, &r)
	return r
}

// do fills in the result; in is not used otherwise.
func (e *Engine) do(ctx context.Context, in *Call, r *Result) {
	if e.drain.enter(ctx) {
		defer e.drain.leave()
	} else {
		in.Invalid = ErrClosed
	}
	if in.Timeout > 0 && ctx != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, in.Timeout)
		defer cancel()
	}
	o, returned := e.newOperation(ctx, in), false
	defer o.endUnreturned(&returned)
	o.do(r)
	o.finish(r)
	returned = true
}

// do checks the call, takes its key, claims its record, makes attempts until it
// is settled, and records the result. The result is handed down, not up: no
// frame below which a call waits holds a copy, for the sake of its stack.
func (o *operation) do(r *Result) {
	if err := o.check(); err != nil {
		o.rejectCall(err, r)
		return
	}
	if o.call.Reserver != nil {
		*r = *o.recordReservation()
		return
	}
	o.takeKey()
	defer o.releaseKey(o.key)
	s := &attempts{operation: o}
	if o.isDurable() { // else the large frame below would grow the stack for nothing
		defer s.returnTurn()
		if end := s.claimRecord(); end != nil {
			*r = *end
			return
		}
	}
	s.execute(r)
}

// execute makes attempts under the operation's key and claim until it is
// settled, and records the result.
func (s *attempts) execute(r *Result) {
	defer s.forget()
	if outcome, err := s.admitKey(); err != nil {
		*r = *s.notSent(outcome, err)
	} else {
		s.progress.facts.reachedServer = outcome == OutcomeUnknown
		s.run()
		s.conclude(&s.progress, r)
	}
	if s.claim != nil {
		s.recordResult(&s.progress, r)
	}
}

func (e *Engine) newOperation(ctx context.Context, in *Call) *operation {
	o := &operation{
		engine:  e,
		ctx:     ctx,
		started: e.clock.Now(),
		call:    in,
		limits:  limits{policy: &e.policy},
		key:     keyHandle{keyTracker: newKeyTracker()},
	}
	if ctx != nil {
		o.ctx = e.panics.containTrace(ctx)
	}
	if e.observe != nil {
		o.callID = uuid.NewString()
	}
	return o
}
