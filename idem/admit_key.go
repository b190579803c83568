package idem

// takeKey takes the given key into use, or makes one where the class sends one.
// The key of a ref is in its record.
func (o *operation) takeKey(in *Call) (release func()) {
	switch {
	case !o.request.Operation.Class.sendsKey():
	case in.Key.IsZero() && in.Ref != "":
	case in.Key.IsZero():
		o.key.value, o.key.isPrivate = newUUIDv7(o.started.WallTime()), true
	case in.SingleUseKey:
		o.key = newHandle(in.Key)
		o.key.isPrivate = true
	default:
		o.key = o.engine.keys.acquire(in.Key, o.started)
		key := o.key
		return func() { o.engine.keys.release(key, o.engine.clock.Now()) }
	}
	return func() {}
}

// admitKey refuses a key that belongs to another request (R4), is past its
// window (R10), or does not protect the repetition that it would be.
func (o *operation) admitKey() (Outcome, error) {
	class := o.request.Operation.Class
	if class == NonIdempotent && o.key.snapshot().effectiveOutcome() == OutcomeUnknown { // another owner's
		return OutcomeUnknown, &endError{stop: stopClass}
	}
	if !class.sendsKey() {
		return 0, nil
	}
	k, ours := o.key.bind(o.requestHash())
	outcome := k.effectiveOutcome()
	switch {
	case !ours && (outcome == OutcomeNotSent || outcome == OutcomeRejected):
		return OutcomeRejected, ErrKeyReused
	case !ours:
		return OutcomeUnknown, ErrKeyReused
	case k.since.IsZero():
		return 0, nil
	case class == KeyUnverified && outcome != OutcomeRejected:
		return outcome, &endError{stop: stopClass}
	case !o.engine.window.open(k, o.engine.clock.Now()):
		return outcome, ErrKeyExpired
	default:
		return 0, nil
	}
}

func (o *operation) requestHash() requestHash {
	r := &o.request
	return hashRequest(r.Body, r.Operation.Name, r.Method, o.engine.base, r.Path, r.Query.Encode())
}
