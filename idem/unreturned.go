package idem

import "context"

// settleUnreturned is deferred by a call. Where a hook that sends or records has
// panicked, or has ended the goroutine, it settles the call's claim; the attempt's verdict
// is recorded then. The panic passes on (R39).
func (c *call) settleUnreturned() {
	if c.returned {
		return
	}
	r := Result{Outcome: c.held.snapshot().effectiveOutcome(), Err: errHook}
	if r.Outcome == OutcomeDone {
		r.Outcome = OutcomeUnknown // its response is gone: the key may bring it again
	}
	if c.claim != nil {
		c.releaseClaim(r.Outcome)
	}
	c.emitEnd(r)
	c.forget()
}

// errHook is why a call that did not return has ended.
var errHook = &endError{reason: "a hook of the caller's panicked"}

// releaseClaim records what is known, and that the operation is free to be taken up.
// The journal may be the hook that panics; once is enough.
func (c *call) releaseClaim(o Outcome) {
	c.claim.end()
	defer c.engine.panics.contain("journal, while a panic is settled")
	switch {
	case c.claim.isSettled():
	case c.putsBack(o):
		_ = c.putBack(o)
	case c.staysReserved(Result{Outcome: o}):
		_ = c.reserveAgain(reservedPause)
	default:
		_ = c.claim.settle(context.Background(), o, nil, "") // its lease ends it otherwise
	}
}
