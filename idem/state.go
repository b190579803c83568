package idem

import (
	"context"
	"time"
)

// State is what reading shows of the state that an idempotent operation asks
// for.
type State uint8

const (
	// StateUnread: reading failed, or does not show it.
	StateUnread State = iota
	// StateHolds: what was asked for holds, whichever client brought it about.
	StateHolds
	// StateDiffers: it does not hold.
	StateDiffers
)

// recoverAnswer reads what the lost response of an operation would have said that the
// server has confirmed (R14).
func (c *call) recoverAnswer(r *Result) {
	if c.refetch == nil {
		r.Err = c.failure(*r)
		return
	}
	answer, state := c.refetch(settling(c.engine.drain.within(c.ctx)))
	switch {
	case state == StateDiffers:
		r.Outcome = OutcomeUnknown
		r.Err = &endError{reason: "the server confirmed the operation, and reading shows another state"}
	case answer == nil:
		r.Err = c.failure(*r)
	default:
		r.Recovered, r.Response = true, answer
	}
}

// settleByReading reads the state once where a call would end unknown. Only a state
// that holds settles it: another one may still change, by an attempt that is on its
// way (R31, R33).
func (c *call) settleByReading(r *Result) {
	r.Err = c.failure(*r)
	ctx, cancel := context.WithTimeout(c.ctx, 2*c.policy.AttemptTimeout)
	defer cancel()
	if !c.awaitTurn(ctx) {
		return
	}
	answer, state := c.refetch(settling(c.engine.drain.within(ctx)))
	if state != StateHolds || answer == nil {
		return
	}
	r.Outcome, r.Err, r.Recovered, r.Response = OutcomeDone, nil, true, answer
}

// settlingKey marks the context of a read that settles an operation in doubt: an
// exhausted budget limits the rate of its retries, and withholds none.
type settlingKey struct{}

func settling(ctx context.Context) context.Context {
	return context.WithValue(ctx, settlingKey{}, true)
}

func (c *call) isSettlingRead() bool {
	return c.request.Operation.Class == Safe && c.ctx.Value(settlingKey{}) != nil
}

// awaitTurn waits until a read may be made although the retry budget is spent.
func (c *call) awaitTurn(ctx context.Context) bool {
	if c.policy.DisableRetryBudget || !c.engine.budget.empty() {
		return true
	}
	wait := c.engine.budget.reserveTurn(c.engine.clock.Now().Mono)
	if deadline, has := ctx.Deadline(); has && time.Until(deadline)/2 < wait {
		return false
	}
	return sleep(ctx, wait)
}
