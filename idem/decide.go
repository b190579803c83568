package idem

import (
	"math/rand/v2"
	"time"
)

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
	stopRequeued             // recovery sends it again later
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
	stopRequeued: "it was put back, to be sent again",
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
	rest  time.Duration // what was given up may arrive for so long

	callerOver  bool
	hasDeadline bool
	deadline    time.Duration // until the caller's
	reserve     time.Duration // kept back of it, to read the state afterwards (R33)
	windowed    bool          // the key's window has begun
	left        time.Duration // of the window, less the margin
	patience    time.Duration // of the call
	lastUsed    bool          // the one attempt beyond the rules was made
	suspended   bool          // the process did not run for a while
	now         time.Duration // on the monotonic clock
}

// decision says how long to wait before the next attempt, or why there is none.
type decision struct {
	wait time.Duration
	stop stop
	// last: this attempt is made although the rules for retries would end the call
	// here. A call has one (R16, R32, R33, R34).
	last bool
	// asked is the server's Retry-After where it does not fit, left what there was.
	asked, left time.Duration
}

// decide says what follows an attempt whose judgement is not final. It is pure but
// for the jitter.
func decide(j judgement, s situation, p Policy) decision {
	switch {
	case s.callerOver:
		return decision{stop: stopCaller}
	case j.again == againNo:
		return s.askLast(j, p)
	case !s.repeatable(j.verdict):
		return decision{stop: stopClass}
	case j.again != againProgress && s.made >= p.attempts() && (p.MaxAttempts != 0 || !s.goesOn(j)):
		return decision{stop: stopAttempts}
	}
	return s.fit(max(s.wish(j, p), s.rest), p)
}

// askLast ends a call whose last attempt settled nothing and will not when repeated,
// such as a 501. An idempotent operation in doubt is asked for once more before its
// state is read (R33).
func (s situation) askLast(j judgement, p Policy) decision {
	inDoubt := s.class == Idempotent && s.outcome == OutcomeUnknown && j.verdict == VerdictAmbiguous
	room, _ := s.room()
	if !inDoubt || j.contradicted || s.lastUsed || p.MaxAttempts != 0 || room <= 0 {
		return decision{stop: stopJudged}
	}
	return decision{wait: min(backoff(p.MaxDelay, p.MaxDelay, 1), room), last: true}
}

// repeatable reports whether the class allows a repetition after this verdict.
func (s situation) repeatable(v Verdict) bool {
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
func (s situation) goesOn(j judgement) bool {
	switch {
	case s.class == Safe, j.again == againFew:
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
func (s situation) wish(j judgement, p Policy) time.Duration {
	switch j.again {
	case againAtOnce:
		return 0
	case againOnce:
		return backoff(p.BaseDelay, p.MaxDelay, 1)
	case againProgress:
		return backoff(p.BaseDelay, p.MaxDelay, s.asked)
	case againInDoubt:
		return backoff(p.MaxDelay, p.MaxDelay, 1)
	default:
		return backoff(p.BaseDelay, p.MaxDelay, s.made)
	}
}

// fit compares a wait with what the server asks for, the window, the call's time and
// the caller's deadline (R9). A server's Retry-After is never shortened, save for an
// operation in doubt (R34); a wait of our own is, so that the time that is left sees
// one more attempt.
func (s situation) fit(wait time.Duration, p Policy) decision {
	room, why := s.room()
	if why == stopPatience && s.suspended && s.beyondBound() && !s.lastUsed {
		return s.afterBound(wait, p)
	}
	switch {
	case s.floor > room && room > 0 && s.repeatableInDoubt() && !s.lastUsed:
		return decision{wait: max(min(wait, room), s.late(room, p)), last: true, asked: s.floor, left: room}
	case s.floor > room:
		return decision{stop: why, asked: s.floor, left: max(room, 0)}
	case room <= 0, wait > room && room < p.BaseDelay/2:
		return decision{stop: why}
	default:
		return decision{wait: min(max(wait, s.floor), room)}
	}
}

// afterBound is for a call whose last attempt ended after the time that the call has:
// the process was suspended, and what it waited for may be over. It gets one more
// attempt, as far as window and deadline allow (R32).
func (s situation) afterBound(wait time.Duration, p Policy) decision {
	s.patience = max(min(s.floor, lastWait), wait) + minAttempt
	s.lastUsed = true
	d := s.fit(wait, p)
	d.last = d.stop == stopNone
	return d
}

// beyondBound reports that the call's own time is over.
func (s situation) beyondBound() bool { return s.patience <= 0 }

// repeatableInDoubt reports an operation that may have been executed and is safe to
// repeat.
func (s situation) repeatableInDoubt() bool {
	return s.outcome == OutcomeUnknown && (s.class == Keyed || s.class == Idempotent)
}

// late is a random wait up to the end of the room, after which an attempt has its
// time: the server's wish is followed as far as it can be, and the clients that heard
// it do not come all at once (R34).
func (s situation) late(room time.Duration, p Policy) time.Duration {
	earliest := s.earliestLast(room, p)
	return earliest + rand.N(room-earliest+1)
}

// earliestLast is the wait after which the last attempt still has its whole timeout.
func (s situation) earliestLast(room time.Duration, p Policy) time.Duration {
	return max(room-p.AttemptTimeout+minAttempt, 0)
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
func (j judgement) costs() bool {
	return j.verdict != VerdictNothingSent && j.again != againProgress
}

// lastWait is how long an operation without a window waits at most for the attempt
// that the budget never withholds: longer than most restarts.
const lastWait = time.Minute

// last is the wait before the one attempt that the budget never withholds: late in
// the window, with a whole attempt's time before it closes (R16).
func (s situation) last(wait time.Duration, p Policy) time.Duration {
	room, _ := s.room()
	if !s.windowed {
		room = min(room, max(wait, lastWait))
	}
	return min(max(wait, s.earliestLast(room, p)), room)
}
