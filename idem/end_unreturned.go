package idem

import "context"

// endUnreturned is deferred by a call, and settles the claim of one that has
// not returned: a hook has panicked, or has ended the goroutine. The attempt's
// verdict is recorded by then. The panic passes on (R39).
func (o *operation) endUnreturned(returned *bool) {
	if *returned {
		return
	}
	r := Result{Outcome: o.key.snapshot().effectiveOutcome(), Err: errHook}
	if r.Outcome == OutcomeDone {
		r.Outcome = OutcomeUnknown // its response is gone: the key may bring it again
	}
	if o.claim != nil {
		o.releaseClaim(r.Outcome)
	}
	if o.engine.observe != nil {
		o.emitEnd(&r)
	}
	o.forget()
}

var errHook = &endError{reason: "a hook of the caller's panicked"}

// releaseClaim records what is known, and that the operation is free to be
// taken up. The journal may be the hook that panics; once is enough.
func (o *operation) releaseClaim(outcome Outcome) {
	o.claim.End()
	defer o.engine.panics.contain("journal, while a panic is settled")
	switch {
	case o.claim.IsSettled():
	case o.putsBack(outcome):
		_ = o.putBack(outcome)
	case o.staysReserved(outcome, false):
		_ = o.reserveAgain(reservedPause)
	default:
		_ = o.claim.settle(context.Background(), outcome, nil, "") // its lease ends it otherwise
	}
}
