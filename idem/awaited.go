package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// An attempt that is wholly written outlives its lease: its response is awaited
// for a window at most. Whoever takes its record over keeps the time until
// which that may be so, since "not executed" must not be believed before (R39,
// J10).

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
