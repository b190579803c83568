package idem

import "time"

// stop says why a call ended.
type stop uint8

const (
	stopNone     stop = iota // it goes on
	stopJudged               // the last attempt settled it, or nothing can
	stopCaller               // the caller's context ended
	stopDeadline             // the next wait would pass the caller's deadline
	stopWindow               // the next wait would pass the window's end
	stopPatience             // tried for as long as a call goes on by itself
	stopAttempts             // all attempts are used
	stopBudget               // the retry budget is spent
	stopClass                // no key protects a repetition
	stopLease                // the lease was lost, or nobody can tell
)

var stopWords = [...]string{
	stopNone:     "",
	stopJudged:   "",
	stopCaller:   "the caller's context ended",
	stopDeadline: "the next attempt would come after the caller's deadline",
	stopWindow:   "the server may forget the key before another attempt",
	stopPatience: "it was tried for as long as a call may go on",
	stopAttempts: "all attempts are used",
	stopBudget:   "the retry budget is spent",
	stopClass:    "no key protects a repetition of this operation",
	stopLease:    "another owner may have taken the operation over",
}

func (s stop) String() string { return stopWords[s] }

// situation is what a call looks like after an attempt was judged. Durations
// count from now.
type situation struct {
	class   Class
	outcome Outcome // folded
	made    int     // counted attempts
	asked   int     // answers that said "still in progress"

	floor time.Duration // the server's Retry-After

	callerOver  bool
	hasDeadline bool
	deadline    time.Duration // until the caller's
	windowed    bool          // the key's window has begun
	left        time.Duration // of the window, less the margin
	patience    time.Duration // of the call
}

// decide says how long to wait before the next attempt, or why there is none,
// after a judgement that is not final. It is pure but for the jitter.
func decide(j judgement, s situation, p Policy) (time.Duration, stop) {
	switch {
	case s.callerOver:
		return 0, stopCaller
	case j.again == againNo:
		return 0, stopJudged
	case !s.repeatable(j.verdict):
		return 0, stopClass
	case j.again != againProgress && s.made >= p.attempts() && (p.MaxAttempts != 0 || !s.goesOn(j)):
		return 0, stopAttempts
	}
	return s.fit(s.wish(j, p), p.BaseDelay/2)
}

// repeatable reports whether the class allows a repetition after this verdict.
func (s situation) repeatable(v Verdict) bool {
	switch v {
	case VerdictAmbiguous:
		return !s.class.once()
	case VerdictAnswerLost:
		return s.class == Read || s.class == Keyed
	default:
		return true
	}
}

// goesOn reports whether the call goes on after the default number of attempts:
// a mutation does as long as it is open and repeating it is safe, since giving
// up then leaves doubt, or work undone, behind (R15).
func (s situation) goesOn(j judgement) bool {
	switch {
	case s.class == Read, j.again == againFew:
		return false
	case j.verdict == VerdictAnswerLost:
		return s.class == Keyed
	case s.outcome == OutcomeUnknown:
		return s.class == Keyed || s.class == Convergent
	default:
		return j.verdict == VerdictNothingSent
	}
}

// wish is the wait that the schedule wants.
func (s situation) wish(j judgement, p Policy) time.Duration {
	switch j.again {
	case againAtOnce:
		return 0
	case againOnce:
		return backoff(p.BaseDelay, p.MaxDelay, 1)
	case againProgress:
		return backoff(p.BaseDelay, p.MaxDelay, s.asked)
	default:
		return backoff(p.BaseDelay, p.MaxDelay, s.made)
	}
}

// fit holds a wait against the server's wish, the window, the call's patience
// and the caller's deadline (R9). A server's Retry-After is never shortened; a
// wait of our own is, down to least, so that the time that is left sees one more
// attempt.
func (s situation) fit(wait, least time.Duration) (time.Duration, stop) {
	room, why := s.room()
	switch {
	case s.floor > room, room <= 0, wait > room && room < least:
		return 0, why
	default:
		return min(max(wait, s.floor), room), stopNone
	}
}

// room is the longest wait after which an attempt still has time, and what
// bounds it.
func (s situation) room() (time.Duration, stop) {
	room, why := s.patience-minAttempt, stopPatience
	if s.windowed && s.left-minAttempt <= room {
		room, why = s.left-minAttempt, stopWindow
	}
	if s.hasDeadline {
		// A caller in a hurry gets short attempts rather than none.
		d := s.deadline - min(minAttempt, s.deadline/2)
		if d <= room {
			room, why = d, stopDeadline
		}
	}
	return room, why
}

// costs reports whether a retry takes from the budget: those where nothing was
// sent are free, and so is asking after a request that is in progress (R16).
func (j judgement) costs() bool {
	return j.verdict != VerdictNothingSent && j.again != againProgress
}

// last is the wait before the one attempt that the budget never withholds: late
// in the window, with a whole attempt's time before it closes (R16).
func (s situation) last(wait time.Duration, p Policy) time.Duration {
	room, _ := s.room()
	return min(max(wait, room-p.AttemptTimeout+minAttempt), room)
}
