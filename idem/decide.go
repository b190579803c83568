package idem

import (
	"math/rand/v2"
	"time"
)

// stop says why a call ended.
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
	stopLease                // the lease was lost, or nobody can tell
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

// situation is what a call looks like after an attempt was judged. Durations
// count from now.
type retryState struct {
	class           Class
	outcome         Outcome // folded
	countedAttempts int     // counted attempts
	inProgressCount int     // answers that said "still in progress"

	retryAfter time.Duration // the server's Retry-After
	minDelay   time.Duration // what was given up may arrive for so long

	callerDone  bool
	hasDeadline bool
	deadline    time.Duration // until the caller's
	reserve     time.Duration // kept back of it, to read the state afterwards (R33)
	windowed    bool          // the key's window has begun
	windowLeft  time.Duration // of the window, less the margin
	elapsedLeft time.Duration // of the call
	extraUsed   bool          // the one attempt beyond the rules was made
	suspended   bool          // the process did not run for a while
	now         time.Duration // on the monotonic clock
}

// decision says how long to wait before the next attempt, or why there is none.
type decision struct {
	wait time.Duration
	stop stop
	// last: this attempt is made although the rules for retries would end the call
	// here. A call has one (R16, R32, R33, R34).
	extra bool
	// asked is the server's Retry-After where it does not fit, left what there was.
	asked, left time.Duration
}

// decide says what follows an attempt whose judgement is not final. It is pure but
// for the jitter.
func decide(j classification, s retryState, p Policy) decision {
	switch {
	case s.callerDone:
		return decision{stop: stopCaller}
	case j.retry == retryNever:
		return s.finalAttempt(j, p)
	case !s.repeatable(j.verdict):
		return decision{stop: stopClass}
	case j.retry != retryUncounted && s.countedAttempts >= p.attempts() && (p.MaxAttempts != 0 || !s.exceedsDefaultAttempts(j)):
		return decision{stop: stopAttempts}
	}
	return s.clampDelay(max(s.backoffDelay(j, p), s.minDelay), p)
}

// askLast ends a call whose last attempt settled nothing and will not when repeated,
// such as a 501. An idempotent operation in doubt is asked for once more before its
// state is read (R33).
func (s retryState) finalAttempt(j classification, p Policy) decision {
	inDoubt := s.class == Idempotent && s.outcome == OutcomeUnknown && j.verdict == VerdictAmbiguous
	room, _ := s.maxDelayLeft()
	if !inDoubt || j.contradicted || s.extraUsed || p.MaxAttempts != 0 || room <= 0 {
		return decision{stop: stopSettled}
	}
	return decision{wait: min(backoff(p.MaxDelay, p.MaxDelay, 1), room), extra: true}
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

// goesOn reports whether the call goes on after the default number of attempts:
// a mutation does as long as it is open and repeating it is safe, since giving
// up then leaves doubt, or work undone, behind (R15).
func (s retryState) exceedsDefaultAttempts(j classification) bool {
	switch {
	case s.class == Safe, j.retry == retryLimited:
		return false
	case j.verdict == VerdictResponseLost:
		return s.class == Keyed
	case s.outcome == OutcomeUnknown:
		return s.class == Keyed || s.class == Idempotent
	default:
		return j.verdict == VerdictNothingSent
	}
}

// wish is the wait that the schedule wants.
func (s retryState) backoffDelay(j classification, p Policy) time.Duration {
	switch j.retry {
	case retryNow:
		return 0
	case retryOnce:
		return backoff(p.BaseDelay, p.MaxDelay, 1)
	case retryUncounted:
		return backoff(p.BaseDelay, p.MaxDelay, s.inProgressCount)
	case retryInDoubt:
		return backoff(p.MaxDelay, p.MaxDelay, 1)
	default:
		return backoff(p.BaseDelay, p.MaxDelay, s.countedAttempts)
	}
}

// fit compares a wait with what the server asks for, the window, the call's time and
// the caller's deadline (R9). A server's Retry-After is never shortened, save for an
// operation in doubt (R34); a wait of our own is, so that the time that is left sees
// one more attempt.
func (s retryState) clampDelay(wait time.Duration, p Policy) decision {
	room, why := s.maxDelayLeft()
	if why == stopElapsed && s.suspended && s.isElapsed() && !s.extraUsed {
		return s.clampAfterElapsed(wait, p)
	}
	switch {
	case s.retryAfter > room && room > 0 && s.repeatableInDoubt() && !s.extraUsed:
		return decision{wait: max(min(wait, room), s.lateDelay(room, p)), extra: true, asked: s.retryAfter, left: room}
	case s.retryAfter > room:
		return decision{stop: why, asked: s.retryAfter, left: max(room, 0)}
	case room <= 0, wait > room && room < p.BaseDelay/2:
		return decision{stop: why}
	default:
		return decision{wait: min(max(wait, s.retryAfter), room)}
	}
}

// afterBound is for a call whose last attempt ended after the time that the call has:
// the process was suspended, and what it waited for may be over. It gets one more
// attempt, as far as window and deadline allow (R32).
func (s retryState) clampAfterElapsed(wait time.Duration, p Policy) decision {
	s.elapsedLeft = max(min(s.retryAfter, maxFinalDelay), wait) + minAttempt
	s.extraUsed = true
	d := s.clampDelay(wait, p)
	d.extra = d.stop == stopNone
	return d
}

// beyondBound reports that the call's own time is over.
func (s retryState) isElapsed() bool { return s.elapsedLeft <= 0 }

// repeatableInDoubt reports an operation that may have been executed and is safe to
// repeat.
func (s retryState) repeatableInDoubt() bool {
	return s.outcome == OutcomeUnknown && (s.class == Keyed || s.class == Idempotent)
}

// late is a random wait up to the end of the room, after which an attempt has its
// time: the server's wish is followed as far as it can be, and the clients that heard
// it do not come all at once (R34).
func (s retryState) lateDelay(room time.Duration, p Policy) time.Duration {
	earliest := s.earliestFinalDelay(room, p)
	return earliest + rand.N(room-earliest+1)
}

// earliestLast is the wait after which the last attempt still has its whole timeout.
func (s retryState) earliestFinalDelay(room time.Duration, p Policy) time.Duration {
	return max(room-p.AttemptTimeout+minAttempt, 0)
}

// room is the longest wait after which an attempt still has time, and what
// bounds it.
func (s retryState) maxDelayLeft() (time.Duration, stop) {
	room, why := s.elapsedLeft-minAttempt, stopElapsed
	if s.windowed && s.windowLeft-minAttempt <= room {
		room, why = s.windowLeft-minAttempt, stopWindow
	}
	if s.hasDeadline {
		// A caller in a hurry gets short attempts rather than none.
		left := s.deadline - s.reserve
		d := left - min(minAttempt, left/2)
		if d <= room {
			room, why = d, stopDeadline
		}
	}
	return room, why
}

// costs reports whether a retry takes from the budget: those where nothing was
// sent are free, and so is asking after a request that is in progress (R16).
func (j classification) consumesBudget() bool {
	return j.verdict != VerdictNothingSent && j.retry != retryUncounted
}

// lastWait is how long an operation without a window waits at most for the attempt
// that the budget never withholds: longer than most restarts.
const maxFinalDelay = time.Minute

// last is the wait before the one attempt that the budget never withholds: late in
// the window, with a whole attempt's time before it closes (R16).
func (s retryState) finalAttemptDelay(wait time.Duration, p Policy) time.Duration {
	room, _ := s.maxDelayLeft()
	if !s.windowed {
		room = min(room, max(wait, maxFinalDelay))
	}
	return min(max(wait, s.earliestFinalDelay(room, p)), room)
}
