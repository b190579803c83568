package idem

import "time"

// An attempt that is wholly written outlives its lease: its response is awaited for a
// window at most. Whoever takes its record over keeps the time until which that may be
// so, since "not executed" must not be believed before (R39, J10).

// awaitedUntil notes that an owner before now may await a response.
func (e *entry) awaitedUntil(now stamp, outlive time.Duration) {
	if until := now.wall.wallTime().Add(outlive); until.After(e.Awaited) {
		e.Awaited = until
	}
}

// mayBeAwaited reports whether an owner whose lease has lapsed may still await a
// response, or has given up less than a time ago that a server may need.
func (e *Engine) mayBeAwaited(r entry, still time.Duration) bool {
	still += skewAllowance
	if r.Owner != "" && -r.Lease < e.policy.Window+still {
		return true
	}
	return r.asked.wall.wallTime().Before(r.Awaited.Add(still))
}
