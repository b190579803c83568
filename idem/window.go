package idem

import (
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// window is the time in which the server still remembers a key.
type window struct {
	ttl    time.Duration
	margin time.Duration
}

// left is how long an attempt under the key may last: to the window's end, less
// the margin (R8). A key that was never sent has all of it.
func (w window) left(k keySnapshot, now clock.Timestamp) time.Duration {
	switch {
	case k.expired:
		return 0
	case k.since == unsent:
		return w.ttl - w.margin
	}
	age := k.since.Age(now)
	if k.fromOtherProcess {
		// A key from further in the future shows nothing of its age: it counts
		// as expired (R10).
		if age < -skewAllowance {
			return 0
		}
		age += skewAllowance
	}
	return w.ttl - w.margin - max(age, 0)
}

// open reports whether another attempt may begin: 2 s must remain of the window
// (R8).
func (w window) open(k keySnapshot, now clock.Timestamp) bool {
	return w.left(k, now) >= minAttempt || k.since == unsent && !k.expired
}

// safeUntil is the last moment at which an attempt may begin, by the wall clock
// as it is now; zero where nothing was sent, or no key protects it any more.
func (w window) safeUntil(k keySnapshot, now clock.Timestamp) time.Time {
	if k.since == unsent || k.expired {
		return time.Time{}
	}
	return now.WallTime().Add(w.left(k, now) - minAttempt)
}

// hasWindow reports whether a key's window bounds the operation.
func (o *operation) hasWindow(k keySnapshot) bool {
	return o.call.Request.Operation.Class == Keyed && k.since != unsent
}
