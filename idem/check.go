package idem

import "cmp"

// check refuses a call that could not be carried out as given, and sets its
// limits.
func (o *operation) check() error {
	in := o.call
	if o.ctx == nil {
		return errNilContext
	}
	if err := cmp.Or(in.Invalid, o.setLimits(in.Policy)); err != nil {
		return err
	}
	return o.checkArguments()
}

// checkArguments refuses what the request, the key and the ref must not be.
func (o *operation) checkArguments() error {
	in := o.call
	class, hasKey := in.Request.Operation.Class, in.Key.value != ""
	switch {
	case in.Timeout < 0:
		return &InvalidError{Field: "Timeout", Reason: "is negative"}
	case len(in.Request.Operation.Success) == 0:
		return &InvalidError{Field: "Operation.Success", Reason: "is empty: no response would mean executed"}
	case in.Request.Operation.Name == "" && o.isDurable():
		return &InvalidError{Field: "Operation.Name", Reason: "is empty: Recover finds an operation's row by it"}
	case !token(in.Request.Method):
		return &InvalidError{Field: "method", Reason: "is not an HTTP token"}
	case hasKey && !class.sendsKey():
		return badKey("is not taken by this operation")
	case in.Ref == "" && in.Reserver != nil:
		return &InvalidError{Field: "ref", Reason: "is needed for a reservation"}
	case in.Ref == "":
	case checkRef(in.Ref) != nil:
		return checkRef(in.Ref)
	case o.engine.sealed.journal == nil:
		return &InvalidError{Field: "ref", Reason: "needs a journal"}
	case class == Safe:
		return &InvalidError{Field: "ref", Reason: "is not taken by an operation that only reads"}
	case hasKey:
		return badKey("cannot be given with a ref, which chooses it")
	}
	if hasKey {
		if err := o.engine.profile.checkKey(in.Key.value); err != nil {
			return err
		}
	}
	if class.sendsKey() {
		if err := checkBody(&o.engine.profile, in.Request.Body); err != nil {
			return err
		}
	}
	if err := o.engine.CheckHeader(in.Request.Header); err != nil {
		return err
	}
	if o.isDurable() {
		return in.Request.validateUTF8()
	}
	return nil
}

// isDurable reports whether a journal records the operation.
func (o *operation) isDurable() bool {
	return o.engine.sealed.journal != nil && o.call.Request.Operation.Class != Safe
}

// rejectCall ends a call that cannot be sent as given. What was done under its
// key or ref before remains so; the journal is not read. A ref that is invalid
// never had a record, nor has one that comes with a key.
func (o *operation) rejectCall(err error, r *Result) {
	in := o.call
	outcome := OutcomeNotSent
	switch {
	case in.Request.Operation.Class == Safe:
	case !in.Key.IsZero():
		o.takeKey()
		defer o.releaseKey(o.key)
		outcome = o.keyKnows()
	case in.Ref != "" && checkRef(in.Ref) == nil && o.isDurable():
		outcome = OutcomeUnknown
	}
	*r = *o.notSent(outcome, err)
}
