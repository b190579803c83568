package idem

import (
	"math/rand/v2"
	"time"
)

// jitter returns a random time up to limit.
type jitter func(limit time.Duration) time.Duration

func randomUpTo(limit time.Duration) time.Duration { return rand.N(limit + 1) }

// backoff is the wait before attempt n+1, n counting from 1: exponential from
// base up to limit, half of it fixed and half random (R15).
func (random jitter) backoff(base, limit time.Duration, n int) time.Duration {
	d := limit
	if shift := n - 1; shift < 32 && base<<shift < limit && base<<shift > 0 {
		d = base << shift
	}
	return d/2 + random(d/2)
}

func (s retryState) backoffDelay(c classification) time.Duration {
	switch c.retry {
	case retryNow:
		return 0
	case retryOnce:
		return s.random.backoff(s.policy.BaseDelay, s.policy.MaxDelay, 1)
	case retryUncounted:
		return s.random.backoff(s.policy.BaseDelay, s.policy.MaxDelay, s.inProgressCount)
	case retryPaced:
		if s.retryAfter > 0 { // the pace has the rest
			return 0
		}
		return s.random.backoff(s.policy.BaseDelay, s.policy.MaxDelay, s.limitedAttempts)
	case retryInDoubt:
		return s.random.backoff(s.policy.MaxDelay, s.policy.MaxDelay, 1)
	default:
		return s.random.backoff(s.policy.BaseDelay, s.policy.MaxDelay, s.countedAttempts)
	}
}

// clampDelay fits a wait into the window, the call's time and the caller's
// deadline (R9). A server's Retry-After is never shortened, save for an
// operation in doubt (R34); a wait of our own is, for one more attempt in the
// time that is left.
func (s retryState) clampDelay(wait time.Duration) decision {
	left, why := s.maxDelayLeft()
	if why == stopElapsed && s.suspended && s.isElapsed() && !s.extraUsed {
		return s.clampAfterElapsed(wait)
	}
	switch {
	case s.retryAfter > left && left > 0 && s.repeatableInDoubt() && !s.extraUsed:
		return decision{wait: max(min(wait, left), s.lateDelay(left)), extra: true, asked: s.retryAfter, left: left}
	case s.retryAfter > left:
		return decision{stop: why, asked: s.retryAfter, left: max(left, 0)}
	case left <= 0, wait > left && left < s.policy.BaseDelay/2:
		return decision{stop: why}
	default:
		return decision{wait: min(max(wait, s.retryAfter), left)}
	}
}

// clampAfterElapsed gives a call whose time is over one more attempt, as far as
// window and deadline allow: the process was suspended, and what it waited for
// may be over (R32).
func (s retryState) clampAfterElapsed(wait time.Duration) decision {
	// Also without a wait, some of it must be left: on waking, a pooled
	// connection has mostly gone.
	s.elapsedLeft = max(min(s.retryAfter, maxFinalDelay), wait, s.policy.BaseDelay) + minAttempt
	s.extraUsed = true
	d := s.clampDelay(wait)
	d.extra = d.stop == stopNone
	return d
}

func (s retryState) isElapsed() bool { return s.elapsedLeft <= 0 }

// lateDelay is a random wait after which an attempt still has its time, so that
// the clients which got the same Retry-After do not return all at once (R34).
func (s retryState) lateDelay(left time.Duration) time.Duration {
	earliest := s.earliestFinalDelay(left)
	return earliest + s.random(left-earliest)
}

// earliestFinalDelay is the wait after which the last attempt still has its
// whole timeout.
func (s retryState) earliestFinalDelay(left time.Duration) time.Duration {
	return max(left-s.policy.AttemptTimeout+minAttempt, 0)
}

// maxDelayLeft is the longest wait after which an attempt still has time, and
// what bounds it.
func (s retryState) maxDelayLeft() (time.Duration, stop) {
	left, why := s.elapsedLeft-minAttempt, stopElapsed
	if s.windowed && s.windowLeft-minAttempt <= left {
		left, why = s.windowLeft-minAttempt, stopWindow
	}
	if s.hasDeadline {
		// A caller in a hurry gets short attempts rather than none.
		toDeadline := s.deadline - s.readReserve
		if d := toDeadline - min(minAttempt, toDeadline/2); d <= left {
			left, why = d, stopDeadline
		}
	}
	return left, why
}

// maxFinalDelay bounds finalAttemptDelay without a window: longer than most
// restarts take.
const maxFinalDelay = time.Minute

// finalAttemptDelay is the wait before the one attempt that the budget never
// withholds: late in the window, with a whole attempt's time left (R16).
func (s retryState) finalAttemptDelay(wait time.Duration) time.Duration {
	left, _ := s.maxDelayLeft()
	if !s.windowed {
		left = min(left, max(wait, maxFinalDelay))
	}
	return min(max(wait, s.earliestFinalDelay(left)), left)
}
