package idem

import (
	"context"

	"github.com/google/uuid"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// operation is one call. Do fills it in step by step; once its attempts begin,
// it does not change.
type operation struct {
	engine  *Engine
	ctx     context.Context //nolint:containedctx // of one call
	started clock.Timestamp
	labels  labels
	request Request
	hooks   hooks
	limits  limits
	key     keyHandle
	claim   *ownedRecord // nil: no journal records it
}

// labels are what events name the call by.
type labels struct {
	ref    string
	callID string // empty where nothing observes
}

// hooks are what the caller does with responses; see Call.
type hooks struct {
	decode       func([]byte) (any, error)
	decodeProves bool
	refetch      func(context.Context) (*Response, State)
	confirms     func(*Response) bool
}

// Do executes the operation, and returns what is known when it ends.
func (e *Engine) Do(ctx context.Context, in Call) (r Result) {
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
	o, returned := e.newOperation(ctx, &in), false
	defer o.endUnreturned(&returned)
	o.do(&in, &r)
	o.finish(&r)
	returned = true
	return r
}

// do checks the call, takes its key, claims its record, makes attempts until it
// is settled, and records the result. The result is handed down, not up: no
// frame below which a call waits holds a copy, for the sake of its stack.
func (o *operation) do(in *Call, r *Result) {
	if err := o.check(in); err != nil {
		o.rejectCall(in, err, r)
		return
	}
	if in.Reserver != nil {
		*r = *o.recordReservation(in)
		return
	}
	o.takeKey(in)
	defer o.releaseKey(o.key)
	before, end := o.claimRecord(in)
	if end != nil {
		*r = *end
		return
	}
	o.execute(before, r)
}

// execute makes attempts under the operation's key and claim until it is
// settled, and records the result.
func (o *operation) execute(p progress, r *Result) {
	if outcome, err := o.admitKey(); err != nil {
		*r = *o.notSent(outcome, err)
	} else {
		p.facts.reachedServer = outcome == OutcomeUnknown
		p = (&attempts{operation: o, progress: p}).run()
		o.conclude(&p, r)
	}
	if o.claim != nil {
		o.recordResult(&p, r)
	}
	p.forget()
}

func (e *Engine) newOperation(ctx context.Context, in *Call) *operation {
	o := &operation{
		engine:  e,
		ctx:     ctx,
		started: e.clock.Now(),
		labels:  labels{ref: in.Ref},
		request: in.Request,
		hooks:   hooks{in.Decode, in.DecodeProves, in.Refetch, in.Confirms},
		limits:  limits{policy: &e.policy},
		key:     keyHandle{keyTracker: newKeyTracker()},
	}
	if ctx != nil {
		o.ctx = e.panics.containTrace(ctx)
	}
	if e.observe != nil {
		o.labels.callID = uuid.NewString()
	}
	return o
}
