package idem

import "hash/maphash"

// takeKey takes the given key into use, or makes one where the class sends one.
// The key of a ref is in its record.
func (o *operation) takeKey() {
	switch in := o.call; {
	case !o.call.Request.Operation.Class.sendsKey():
	case in.Key.value == "" && in.Ref != "":
	case in.Key.value == "":
		o.key.value, o.key.isPrivate = o.engine.profile.MintKey(newUUIDv7(o.started.WallTime())), true
	case in.SingleUseKey:
		o.key = newHandle(in.Key)
		o.key.isPrivate = true
	default:
		o.key = o.engine.keys.acquire(in.Key, o.started)
	}
}

// releaseKey ends the use of a key that other calls may use too.
func (o *operation) releaseKey(k keyHandle) {
	if k.isShared {
		o.engine.keys.release(k, o.engine.clock.Now())
	}
}

// admitKey returns what is known of the operation under its key. It refuses a
// key that belongs to another request (R4), is past its window (R10), or does
// not protect the repetition that it would be.
func (o *operation) admitKey() (Outcome, error) {
	class := o.call.Request.Operation.Class
	if !class.sendsKey() {
		outcome := o.key.snapshot().effectiveOutcome()
		if class == NonIdempotent && outcome == OutcomeUnknown { // another owner's
			return outcome, &endError{stop: stopClass}
		}
		return outcome, nil
	}
	k, ours := o.key.bind(o.requestHash())
	outcome := k.effectiveOutcome()
	switch {
	case !ours && (outcome == OutcomeNotSent || outcome == OutcomeRejected):
		return OutcomeRejected, ErrKeyReused
	case !ours:
		return OutcomeUnknown, ErrKeyReused
	case k.since == unsent:
		return outcome, checkMinted(&o.engine.profile, o.key.value)
	case class == KeyUnverified && outcome != OutcomeRejected:
		return outcome, &endError{stop: stopClass}
	case !o.engine.window.open(k, o.engine.clock.Now()):
		return outcome, ErrKeyExpired
	}
	return outcome, nil
}

func (o *operation) requestHash() requestHash {
	r := &o.call.Request
	return requestHash(maphash.Comparable(hashSeed, struct {
		operation, method, base, path, query string
		body                                 uint64
	}{r.Operation.Name, r.Method, o.engine.base, r.Path, r.Query.Encode(), maphash.Bytes(hashSeed, r.Body)}))
}
