package idem

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// finish decodes a response that no attempt brought, reports the end, and lets
// go of what was sent.
func (o *operation) finish(r *Result) {
	if a := r.Response; a != nil && a.Value == nil && r.Err == nil && o.call.Decode != nil {
		o.decodeResponse(r)
	}
	r.Ref = o.call.Ref
	if o.engine.inspect != nil && len(r.Attempts) > 0 && !r.FromJournal {
		o.inspect(r)
	}
	if o.engine.observe != nil {
		o.checkOutlived(r, o.emitEnd(r))
	}
	o.forget()
}

// decodeResponse decodes a response that no attempt has decoded: one from the
// journal, or from a read.
func (o *operation) decodeResponse(r *Result) {
	a, op := r.Response, &o.call.Request.Operation
	if len(a.Body) == 0 && (op.NoContent || op.ResultHeader != "") {
		return
	}
	value, drift, err := o.decoded(a.Body, a.Reconstructed)
	if !a.Reconstructed {
		r.Drift = drift
	}
	if err != nil {
		r.Err = fmt.Errorf("%w: %w", ErrResponseLost, err)
		return
	}
	a.Value = value
}

// decoded returns the value of a body, or why there is none.
func (o *operation) decoded(body []byte, reconstructed bool) (any, []Drift, error) {
	value, err := o.call.Decode(body)
	if err == nil { // the rule
		return value, nil, nil
	}
	drift, _ := errors.AsType[DriftError](err)
	incomplete := errors.Is(err, ErrResponseIncomplete)
	switch {
	case drift != nil && !incomplete:
		return value, drift, nil
	case reconstructed && value != nil && incomplete:
		return value, nil, nil
	default:
		return nil, drift, err
	}
}

// checkOutlived reads once more what is known of an operation that was not sent,
// or rejected: while the observer ran, from ended on, another call under its key
// or ref may have sent it.
func (o *operation) checkOutlived(r *Result, ended clock.Timestamp) {
	if r.Outcome != OutcomeNotSent && r.Outcome != OutcomeRejected {
		return
	}
	switch {
	case o.claim != nil:
		if ended.Elapsed(o.engine.clock.Now()) >= longObserver && o.usedAgain() {
			r.Outcome = OutcomeUnknown
		}
	case o.key.isPrivate || !o.call.Request.Operation.Class.sendsKey():
	default:
		if known := o.keyKnows(); known == OutcomeDone || known == OutcomeUnknown {
			r.Outcome = OutcomeUnknown
		}
	}
}

// longObserver is how long an observer may take before the journal is read for
// what others did meanwhile.
const longObserver = 100 * time.Millisecond

// usedAgain reports whether a later call with the ref may have sent it. What
// cannot be read was true when the call ended.
func (o *operation) usedAgain() bool {
	own := o.claim.Record()
	now, found, err := o.claim.sealed.Load(context.WithoutCancel(o.ctx), own.ID)
	return err == nil && found && now.Generation > own.Generation && !now.free() && !now.Reserved
}

// forget drops the request. A connection may keep the operation until its next
// use, for its gate.
func (o *operation) forget() {
	o.call.Request.Body, o.call.Request.Header = nil, nil
	if o.claim != nil {
		o.claim.forget()
	}
}
