package idem

import (
	"context"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// State is what reading shows of the state that an operation is for.
type State uint8

const (
	// StateUnread: reading failed, or does not show it.
	StateUnread State = iota
	// StateHolds: the requested state holds, whichever client brought it about.
	StateHolds
	// StateDiffers: it does not hold.
	StateDiffers
)

// canRead reports whether the state that the operation is for can be read.
func (o *operation) canRead() bool {
	op := &o.call.Request.Operation
	return op.Class == Idempotent && o.call.Refetch != nil || op.Class == Keyed && op.Lookup != nil
}

// read reads the state that the operation is for.
func (o *operation) read(ctx context.Context, p *progress, r *Result) (*Response, State) {
	ctx = settling(o.engine.drain.within(sendonce.WithResponse(ctx, nil)))
	op := &o.call.Request.Operation
	if op.Class == Idempotent {
		return o.call.Refetch(ctx)
	}
	l := Lookup{Key: o.key.value, Do: o.engine.doSafe}
	if p.last.class.exists {
		l.Exists = r.Response
	}
	answer, state := op.Lookup(ctx, l)
	return withSuccess(op, answer), state
}

// withSuccess returns what a Lookup has read with a status of the operation's
// own: the client above a Transport, which may check for it, knows of no read.
func withSuccess(op *Operation, a *Response) *Response {
	if a == nil || op.succeeds(a.Status) || len(op.Success) == 0 {
		return a
	}
	own := *a
	own.Status = op.Success[0]
	return &own
}

// doSafe sends a request that only reads.
func (e *Engine) doSafe(ctx context.Context, q Request) Result {
	q.Operation.Class = Safe
	return e.Do(ctx, Call{Request: q})
}

// recoverResponse reads what the lost response of an operation would have shown
// that the server has confirmed (R14).
func (o *operation) recoverResponse(p *progress, r *Result) {
	if !o.canRead() {
		r.Err = o.failure(p, r)
		return
	}
	answer, state := o.read(o.ctx, p, r)
	switch {
	case state == StateDiffers:
		r.Outcome = OutcomeUnknown
		r.Err = &endError{reason: "the server confirmed the operation, and reading shows another state"}
	case answer == nil:
		r.Err = o.failure(p, r)
	default:
		r.Recovered, r.Response = true, answer
	}
}

// settleByReading reads the state once where a call would end unknown. Only a
// state that holds settles it: another one may still change, by an attempt that
// is on its way (R31, R33).
func (o *operation) settleByReading(p *progress, r *Result) {
	r.Err = o.failure(p, r)
	ctx, cancel := context.WithTimeout(o.ctx, 2*o.limits.policy.AttemptTimeout)
	defer cancel()
	if !o.awaitTurn(ctx) {
		return
	}
	answer, state := o.read(ctx, p, r)
	if state != StateHolds || answer == nil {
		return
	}
	r.Outcome, r.Err, r.Recovered, r.Response = OutcomeDone, nil, true, answer
}

// settlingKey marks the context of a read that settles an operation in doubt:
// an exhausted budget limits the rate of its retries, and withholds none.
type settlingKey struct{}

func settling(ctx context.Context) context.Context {
	return context.WithValue(ctx, settlingKey{}, true)
}

func (o *operation) isSettlingRead() bool {
	return o.call.Request.Operation.Class == Safe && o.ctx.Value(settlingKey{}) != nil
}

// awaitTurn waits until a read may be made although the retry budget is spent.
func (o *operation) awaitTurn(ctx context.Context) bool {
	if o.limits.policy.DisableRetryBudget || !o.engine.budget.empty() {
		return true
	}
	wait := o.engine.budget.reserveTurn(o.engine.clock.Now().Mono)
	if deadline, has := ctx.Deadline(); has && time.Until(deadline)/2 < wait {
		return false
	}
	return clock.Wait(ctx, wait)
}
