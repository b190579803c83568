package idem

import "time"

// stop is why a call ended.
type stop uint8

const (
	stopNone     stop = iota // it goes on
	stopSettled              // the last attempt settled it, or nothing can
	stopCaller               // the caller's context ended
	stopDeadline             // the next wait would pass the caller's deadline
	stopWindow               // the next wait would pass the window's end
	stopElapsed              // tried for as long as a call goes on by itself
	stopAttempts             // all attempts are used
	stopBudget               // the retry budget is spent
	stopClass                // no key protects a repetition
	stopLease                // the lease was lost, or may be
	stopRequeued             // recovery sends it again later
)

var stopWords = [...]string{
	stopNone:     "",
	stopSettled:  "",
	stopCaller:   "the caller's context ended",
	stopDeadline: "the next attempt would come after the caller's deadline",
	stopWindow:   "the server may forget the key before another attempt",
	stopElapsed:  "it was tried for as long as a call may go on",
	stopAttempts: "all attempts are used",
	stopBudget:   "the retry budget is spent",
	stopClass:    "no key protects a repetition of this operation",
	stopLease:    "another owner may have taken the operation over",
	stopRequeued: "it was put back, to be sent again",
}

func (s stop) String() string { return stopWords[s] }

// retryState is what a decision rests on. Durations count from now.
type retryState struct {
	policy *Policy
	random jitter

	class           Class
	outcome         Outcome // of all attempts
	countedAttempts int
	limitedAttempts int // that got 429
	inProgressCount int // responses that reported "still in progress"

	retryAfter time.Duration // the server's Retry-After
	minDelay   time.Duration // what was given up may arrive for so long

	callerDone  bool
	hasDeadline bool
	deadline    time.Duration // until the caller's
	readReserve time.Duration // kept back of it, to read the state afterwards (R33)
	windowed    bool          // the key's window has begun
	windowLeft  time.Duration // less the margin
	elapsedLeft time.Duration // of the call's own time
	extraUsed   bool          // the one attempt beyond the rules was made
	suspended   bool          // the process did not run for a while
	now         time.Duration // on the monotonic clock
}

// decision is how long to wait before the next attempt, or why there is none.
type decision struct {
	wait time.Duration
	stop stop
	// extra: the next attempt is made although the rules for retries would end
	// the call here. A call has one (R16, R32, R33, R34).
	extra bool
	asked time.Duration // the server's Retry-After, where it does not fit
	left  time.Duration // what there was for it
}

// decide returns what follows an attempt whose classification is not final. It
// is pure.
func decide(c classification, s retryState) decision {
	switch {
	case s.callerDone:
		return decision{stop: stopCaller}
	case c.retry == retryNever:
		return s.finalAttempt(c)
	case !s.repeatable(c.verdict):
		return decision{stop: stopClass}
	case s.usedUp(c):
		return decision{stop: stopAttempts}
	}
	return s.clampDelay(max(s.backoffDelay(c), s.minDelay))
}

// usedUp reports whether all attempts are made. Those that got 429 count only
// where the caller has set a number (R41).
func (s retryState) usedUp(c classification) bool {
	switch {
	case c.retry == retryUncounted:
		return false
	case s.policy.MaxAttempts != 0:
		return s.countedAttempts+s.limitedAttempts >= s.policy.MaxAttempts
	case c.retry == retryPaced:
		return false
	default:
		return s.countedAttempts >= defaultMaxAttempts && !s.exceedsDefaultAttempts(c)
	}
}

// finalAttempt ends a call whose repetition would settle nothing, such as after
// a 501. An idempotent operation in doubt is sent once more before its state is
// read (R33).
func (s retryState) finalAttempt(c classification) decision {
	inDoubt := s.class == Idempotent && s.outcome == OutcomeUnknown && c.verdict == VerdictAmbiguous
	left, _ := s.maxDelayLeft()
	if !inDoubt || c.contradicted || s.extraUsed || s.policy.MaxAttempts != 0 || left <= 0 {
		return decision{stop: stopSettled}
	}
	return decision{wait: min(s.random.backoff(s.policy.MaxDelay, s.policy.MaxDelay, 1), left), extra: true}
}

// repeatable reports whether the class allows a repetition after this verdict.
func (s retryState) repeatable(v Verdict) bool {
	switch v {
	case VerdictAmbiguous:
		return !s.class.once()
	case VerdictResponseLost:
		return s.class == Safe || s.class == Keyed
	default:
		return true
	}
}

// exceedsDefaultAttempts reports whether the call goes on after the default
// number of attempts: a mutation does as long as it is open and repeating it is
// safe (R15).
func (s retryState) exceedsDefaultAttempts(c classification) bool {
	switch {
	case s.class == Safe, c.retry == retryLimited:
		return false
	case c.verdict == VerdictResponseLost:
		return s.class == Keyed
	case s.outcome == OutcomeUnknown:
		return s.class == Keyed || s.class == Idempotent
	default:
		return c.verdict == VerdictNothingSent
	}
}

// consumesBudget reports whether a retry takes from the budget: it is free after
// nothing was sent, while the operation is in progress, and after a 429, which
// the pace answers (R16, R41).
func (c classification) consumesBudget() bool {
	return c.verdict != VerdictNothingSent && c.retry != retryUncounted && c.retry != retryPaced
}

// repeatableInDoubt reports whether the operation may have been executed and is
// safe to repeat.
func (s retryState) repeatableInDoubt() bool {
	return s.outcome == OutcomeUnknown && (s.class == Keyed || s.class == Idempotent)
}
