package idem

import "time"

// maxProcessing is how long a server may still work on a request that was given
// up, and no longer than it remembers a key.
const maxProcessing = 2 * time.Minute

// mayStillRun reports whether the operation may still be executed.
func (e *Engine) mayStillRun(r entry, resent bool) bool {
	return r.owned() || e.mayExecuteFor(r, resent) > 0
}

// mayExecuteFor returns how much longer the operation may still be executed if
// no owner takes it up: zero or less if it may not. Here the smaller age
// counts, of those that the store and this process measure.
//
// Under a key the last attempt begins within the time of a call, or within a
// window after the intent, whoever makes it, and no attempt lasts longer than a
// window. A call with a long deadline begins later, but only while it holds its
// lease. Without a key the last owner counts, which may only have looked: where
// owners after the first send nothing, as much time after the intent is enough,
// too.
func (e *Engine) mayExecuteFor(r entry, resent bool) time.Duration {
	age := r.asked.WallTime().Sub(r.Since) - skewAllowance
	if r.Age > 0 {
		age = min(age, r.Age)
	}
	window := e.policy.KeyTTL
	still := e.policy.KeyTTLMargin + min(window, maxProcessing)
	ended := r.sinceOwned()
	early := min(e.profile.MaxElapsedTime, window) + window + still - age
	bounded := e.firstSend(r) + window + still - age
	lately := max(still-ended, e.mayBeAwaitedFor(r, still))
	switch {
	case r.Key != "":
		return max(early, min(bounded, window+still-ended))
	case resent:
		return lately
	default:
		return min(lately, bounded)
	}
}
