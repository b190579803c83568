package idem

import (
	"errors"
	"fmt"
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
		o.emitEnd(r)
		o.checkOutlived(r)
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

// checkOutlived reads what is known of the key once more: while the observer
// ran, another call under the key may have sent the operation.
func (o *operation) checkOutlived(r *Result) {
	unsent := r.Outcome == OutcomeNotSent || r.Outcome == OutcomeRejected
	if o.key.isPrivate || !unsent || !o.call.Request.Operation.Class.sendsKey() {
		return
	}
	if known := o.keyKnows(); known == OutcomeDone || known == OutcomeUnknown {
		r.Outcome = OutcomeUnknown
	}
}

// forget drops the request. A connection may keep the operation until its next
// use, for its gate.
func (o *operation) forget() {
	o.call.Request.Body, o.call.Request.Header = nil, nil
	if o.claim != nil {
		o.claim.forget()
	}
}
