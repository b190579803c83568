package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

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
// window after the intent, by any process, and no attempt lasts longer than a
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

// inherit notes that the owner before may await a response, unless it has left
// the record at this version, or there was none. An attempt that is wholly
// written outlives its lease, by a window at most; "not executed" must not be
// believed until then (R39, J10).
func (e *entry) inherit(version int64, now clock.Timestamp, outlive time.Duration) {
	if until := now.WallTime().Add(outlive); !e.Reserved && e.Released != version && until.After(e.Awaited) {
		e.Awaited = until
	}
}

// mayBeAwaitedFor returns how much longer an owner whose lease has lapsed may
// await a response, or have given up less than a time ago that a server may
// need. Zero or less: it may not.
func (e *Engine) mayBeAwaitedFor(r entry, still time.Duration) time.Duration {
	still += skewAllowance
	left := r.Awaited.Add(still).Sub(r.asked.WallTime())
	switch {
	case r.Owner != "":
		left = max(left, e.policy.KeyTTL+still+r.Lease)
	case r.Released == r.Version && !r.Awaited.IsZero(): // by the store's clock
		left = max(left, r.AwaitedFor+still-r.sinceOwned()-skewAllowance)
	}
	return left
}

// release notes that the owner sends nothing any more.
func (e *entry) release(now clock.Timestamp) {
	e.Owner, e.Lease, e.Pause = "", 0, 0
	e.Released = e.Version + 1
	if !e.Awaited.IsZero() {
		e.AwaitedFor = e.Awaited.Sub(now.WallTime())
	}
}

// sinceOwned is how long ago the last owner's lease ended, at least, by the
// store's clock: a wall clock that was set forward must not make it longer.
// Without an owner the lease is recovery's pause.
func (e entry) sinceOwned() time.Duration {
	ended := -e.Lease
	if e.Owner == "" && e.Released == e.Version {
		ended += e.Pause
	}
	return ended - skewAllowance
}
