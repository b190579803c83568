package idem

import (
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/journal"
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

// checkOutlived reads once more what is known of an operation that was not sent,
// or rejected: while the observer ran, another call under its key or ref may
// have sent it. The observer may be what called: it was given both.
func (o *operation) checkOutlived(r *Result) {
	if r.Outcome != OutcomeNotSent && r.Outcome != OutcomeRejected {
		return
	}
	byRef := o.isDurable() && o.call.Reserver == nil && o.refUsedSince()
	byKey := o.call.Request.Operation.Class.sendsKey() && o.keyUsedSince()
	if byRef || byKey {
		r.Outcome = OutcomeUnknown
	}
}

// refUsedSince reports whether another call may have sent the operation of the
// record. Of a ref, what cannot be read may show one.
func (o *operation) refUsedSince() bool {
	id, version := journal.RefID(o.call.Ref), int64(0)
	switch {
	case o.claim != nil:
		own := o.claim.Record()
		id, version = own.ID, own.Version
	case o.call.Ref == "" || checkRef(o.call.Ref) != nil:
		return false // no other call has its record
	}
	now, err := o.readAgain(id)
	if err != nil {
		return o.call.Ref != ""
	}
	return now.Version > 0 && now.Version != version && !now.free() && !now.Reserved
}

func (o *operation) keyUsedSince() bool {
	known := o.keyKnows()
	return known == OutcomeDone || known == OutcomeUnknown
}

// forget drops the request. A connection may keep the operation until its next
// use, for its gate.
func (o *operation) forget() {
	o.call.Request.Body, o.call.Request.Header = nil, nil
	if o.claim != nil {
		o.claim.forget()
	}
}
