package idem

import (
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// keyState is what is known of one key. Window and outcome belong to the key,
// not to the call (R7): every call that uses the key reads and writes here. Where a
// key is known twice, as a Key and in a keyring, or as Keys of two clients, both are
// joined for good as soon as they meet.
type keyTracker struct {
	mu               sync.Mutex
	mergedInto       *keyTracker     // the one that knows, once this is joined to it; or nil
	since            clock.Timestamp // when the first byte may have been sent; zero: none was
	requestHash      requestHash
	pending          int32 // attempts under way that may have sent a byte
	outcome          Outcome
	fromOtherProcess bool // since was seen by another process
	bound            bool // print is set
	expired          bool // the server may have forgotten the key before its window's end
}

// knowledge is one look at a keyState.
type keySnapshot struct {
	since            clock.Timestamp
	fromOtherProcess bool
	expired          bool
	outcome          Outcome
	pending          int
}

// lock locks the state that knows, and returns it.
func (s *keyTracker) lock() *keyTracker {
	for {
		s.mu.Lock()
		if s.mergedInto == nil {
			return s
		}
		next := s.mergedInto
		s.mu.Unlock()
		s = next
	}
}

// joining allows for one join at a time: nobody else holds two states locked.
var joining sync.Mutex

// join makes another state of the same key one with this.
func (s *keyTracker) join(o *keyTracker) {
	if s == o {
		return // the usual case
	}
	joining.Lock()
	defer joining.Unlock()
	s, o = s.root(), o.root()
	if s == o {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	s.mergeLocked(o.snapshotLocked())
	s.pending += o.pending
	if o.bound && s.bound && o.requestHash != s.requestHash {
		s.requestHash = 0 // of two requests: it is nobody's
	} else if o.bound {
		s.requestHash, s.bound = o.requestHash, true
	}
	o.mergedInto = s
}

// root is the state that knows, for as long as nothing else is joined.
func (s *keyTracker) root() *keyTracker {
	s = s.lock()
	defer s.mu.Unlock()
	return s
}

func newKeyTracker() *keyTracker { return &keyTracker{outcome: OutcomeNotSent} }

func newSentKeyTracker(since time.Time) *keyTracker {
	return &keyTracker{
		since:            clock.AtWall(since),
		fromOtherProcess: true,
		outcome:          OutcomeUnknown,
	}
}

// anchor ties a time that only another process's wall clock saw to this one's
// monotonic clock, so that from now on either clock can make the key old (A3).
func (s *keyTracker) anchorMonotonic(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	if !s.since.IsZero() && s.since.Mono == 0 {
		s.since = s.since.Anchored(now)
	}
}

func (s *keyTracker) snapshot() keySnapshot {
	s = s.lock()
	defer s.mu.Unlock()
	return s.snapshotLocked()
}

func (s *keyTracker) snapshotLocked() keySnapshot {
	return keySnapshot{since: s.since, fromOtherProcess: s.fromOtherProcess, expired: s.expired, outcome: s.outcome, pending: int(s.pending)}
}

// bind ties the key to a request, and looks. It reports false if the key already
// belongs to another one.
func (s *keyTracker) bind(p requestHash) (keySnapshot, bool) {
	s = s.lock()
	defer s.mu.Unlock()
	if !s.bound {
		s.requestHash, s.bound = p, true
	}
	return s.snapshotLocked(), s.requestHash == p
}

// begin notes that an attempt may now send a byte, and starts the window if it
// is the first.
func (s *keyTracker) begin(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	s.pending++
	if s.since.IsZero() {
		s.since = now
	}
}

// end folds what a begun attempt told, and looks. A key under which nothing was
// ever sent has no window.
func (s *keyTracker) end(v Verdict) keySnapshot {
	s = s.lock()
	defer s.mu.Unlock()
	s.pending--
	s.outcome = fold(s.outcome, v)
	if s.outcome == OutcomeNotSent && s.pending == 0 {
		s.since, s.fromOtherProcess = clock.Timestamp{}, false
	}
	return s.snapshotLocked()
}

// lose notes that the server may have forgotten the key: its window is over.
func (s *keyTracker) expire() {
	s = s.lock()
	defer s.mu.Unlock()
	s.expired = true
}

// fold adds a verdict that no begun attempt brought.
func (s *keyTracker) fold(v Verdict) {
	s = s.lock()
	defer s.mu.Unlock()
	s.outcome = fold(s.outcome, v)
}

// late notes that a byte may have left after the attempt was judged.
func (s *keyTracker) late(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	s.outcome = fold(s.outcome, VerdictAmbiguous)
	if s.since.IsZero() {
		s.since = now
	}
}

// learn adds what a record of the same key knows.
func (s *keyTracker) merge(k keySnapshot) {
	s = s.lock()
	defer s.mu.Unlock()
	s.mergeLocked(k)
}

// add adds another account of the same key: the earlier window, and the less certain
// outcome, where one of the two knows of no send at all.
func (s *keyTracker) mergeLocked(k keySnapshot) {
	if !k.since.IsZero() {
		s.mergeSince(k)
	}
	s.outcome, s.expired = mergeOutcomes(s.outcome, k.outcome), s.expired || k.expired
}

// addSince adds another account of the first send. Where one is by another process's
// clock, what that may be off is taken from it.
func (s *keyTracker) mergeSince(k keySnapshot) {
	ours := s.snapshotLocked()
	switch {
	case ours.since.IsZero():
		s.since, s.fromOtherProcess = k.since, k.fromOtherProcess
	case ours.fromOtherProcess == k.fromOtherProcess:
		s.since = ours.since.Earlier(k.since)
	default:
		s.since, s.fromOtherProcess = ours.earliest().Earlier(k.earliest()), false
	}
}

// earliest is when the first byte may have been sent, by this machine's clocks.
func (k keySnapshot) earliest() clock.Timestamp {
	if k.fromOtherProcess {
		return k.since.Back(skewAllowance)
	}
	return k.since
}

// others is what is known beside the one attempt that looks, which alone may have
// begun the window.
func (k keySnapshot) excludingSelf() keySnapshot {
	k.pending--
	if k.pending == 0 {
		k.since = clock.Timestamp{}
	}
	return k
}

// executable reports whether the operation may have been executed under the key.
func (k keySnapshot) maybeExecuted() bool {
	o := k.effectiveOutcome()
	return o == OutcomeUnknown || o == OutcomeDone
}

// joined combines the outcomes of two accounts of the same key.
func mergeOutcomes(a, b Outcome) Outcome {
	switch {
	case a == OutcomeDone || b == OutcomeDone:
		return OutcomeDone
	case a == OutcomeNotSent:
		return b
	case b == OutcomeNotSent:
		return a
	case a == OutcomeUnknown || b == OutcomeUnknown:
		return OutcomeUnknown
	default:
		return OutcomeRejected
	}
}

// settled is the outcome with the attempts of others in mind that are still
// under way: one of them may be executed at this moment.
func (k keySnapshot) effectiveOutcome() Outcome {
	if k.pending > 0 {
		return fold(k.outcome, VerdictAmbiguous)
	}
	return k.outcome
}
