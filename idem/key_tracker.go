package idem

import (
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// keyTracker is what is known of one key, shared by the calls that use it (R7).
// Where a key is known twice, as a Key and in a registry, or as Keys of two
// clients, both are joined for good as soon as they meet.
type keyTracker struct {
	mu          sync.Mutex
	mergedInto  *keyTracker // once this is joined to it; or nil
	state       keySnapshot
	requestHash requestHash
	bound       bool // requestHash is set
}

// keySnapshot is what is known of a key at one moment. The zero value must not
// be used.
type keySnapshot struct {
	since            clock.Timestamp // when the first byte may have been sent; or unsent
	pending          int32           // attempts under way that may have sent a byte
	outcome          Outcome         // OutcomeNotSent at first
	fromOtherProcess bool            // since was seen by another process
	expired          bool            // the server may have forgotten the key before its window's end
	foreign          bool            // what was executed under the key may be another program's request
}

// unsent is the since of a key that was never sent.
var unsent clock.Timestamp

// lock locks the tracker that this one is joined to, and returns it.
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

// joining allows one join at a time: nothing else locks two trackers.
var joining sync.Mutex

// join makes another tracker of the same key one with this.
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
	s.mergeLocked(o.state)
	s.state.pending += o.state.pending
	if o.bound && s.bound && o.requestHash != s.requestHash {
		s.requestHash = 0 // of two requests: it is neither's
	} else if o.bound {
		s.requestHash, s.bound = o.requestHash, true
	}
	o.mergedInto = s
}

// root is the tracker that this one is joined to, while joining is held.
func (s *keyTracker) root() *keyTracker {
	s = s.lock()
	defer s.mu.Unlock()
	return s
}

func newKeyTracker() *keyTracker { return &keyTracker{state: keySnapshot{outcome: OutcomeNotSent}} }

func newSentKeyTracker(since time.Time) *keyTracker {
	return &keyTracker{state: keySnapshot{since: clock.AtWall(since), fromOtherProcess: true, outcome: OutcomeUnknown}}
}

// anchorMonotonic places a time by another process's wall clock on this one's
// monotonic clock, so that either can make the key old (A3).
func (s *keyTracker) anchorMonotonic(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	if s.state.since != unsent && s.state.since.Mono == 0 {
		s.state.since = s.state.since.Anchored(now)
	}
}

func (s *keyTracker) snapshot() keySnapshot {
	s = s.lock()
	defer s.mu.Unlock()
	return s.state
}

// bind ties the key to a request. It reports false if the key already belongs
// to another one.
func (s *keyTracker) bind(p requestHash) (keySnapshot, bool) {
	s = s.lock()
	defer s.mu.Unlock()
	if !s.bound {
		s.requestHash, s.bound = p, true
	}
	return s.state, s.requestHash == p
}

// begin notes that an attempt may now send a byte, and starts the window if it
// is the first.
func (s *keyTracker) begin(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	s.state.pending++
	if s.state.since == unsent {
		s.state.since = now
	}
}

// end folds the verdict of an attempt that has begun. A key under which nothing
// was ever sent has no window.
func (s *keyTracker) end(v Verdict) keySnapshot {
	s = s.lock()
	defer s.mu.Unlock()
	s.state.pending--
	s.state.outcome = fold(s.state.outcome, v)
	if s.state.outcome == OutcomeNotSent && s.state.pending == 0 {
		s.state.since, s.state.fromOtherProcess = clock.Timestamp{}, false
	}
	return s.state
}

// expire notes that the server may have forgotten the key: its window is over.
func (s *keyTracker) expire() {
	s = s.lock()
	defer s.mu.Unlock()
	s.state.expired = true
}

// disown notes that what was executed under the key may be another program's
// request.
func (s *keyTracker) disown() {
	s = s.lock()
	defer s.mu.Unlock()
	s.state.foreign = true
}

// fold adds a verdict that no begun attempt brought.
func (s *keyTracker) fold(v Verdict) {
	s = s.lock()
	defer s.mu.Unlock()
	s.state.outcome = fold(s.state.outcome, v)
}

// late notes that a byte may have left after the attempt was judged.
func (s *keyTracker) late(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	s.state.outcome = fold(s.state.outcome, VerdictAmbiguous)
	if s.state.since == unsent {
		s.state.since = now
	}
}

func (s *keyTracker) merge(k keySnapshot) {
	s = s.lock()
	defer s.mu.Unlock()
	s.mergeLocked(k)
}

// mergeLocked adds another account of the same key: the earlier window, and the
// less certain outcome, where one of the two knows of no send at all.
func (s *keyTracker) mergeLocked(k keySnapshot) {
	if k.since != unsent {
		s.mergeSince(k)
	}
	s.state.outcome, s.state.expired = mergeOutcomes(s.state.outcome, k.outcome), s.state.expired || k.expired
	s.state.foreign = s.state.foreign || k.foreign
}

// mergeSince adds another account of the first send. From one by another
// process's clock, the time is subtracted that it may be off.
func (s *keyTracker) mergeSince(k keySnapshot) {
	ours := s.state
	switch {
	case ours.since == unsent:
		s.state.since, s.state.fromOtherProcess = k.since, k.fromOtherProcess
	case ours.fromOtherProcess == k.fromOtherProcess:
		s.state.since = ours.since.Earlier(k.since)
	default:
		s.state.since, s.state.fromOtherProcess = ours.earliest().Earlier(k.earliest()), false
	}
}

// earliest is when the first byte may have been sent, by this machine's clocks.
func (k keySnapshot) earliest() clock.Timestamp {
	if k.fromOtherProcess {
		return k.since.Back(skewAllowance)
	}
	return k.since
}

// excludingSelf is what is known but for the one attempt that asks, which may
// have begun the window.
func (k keySnapshot) excludingSelf() keySnapshot {
	k.pending--
	if k.pending == 0 {
		k.since = clock.Timestamp{}
	}
	return k
}

func (k keySnapshot) maybeExecuted() bool {
	o := k.effectiveOutcome()
	return o == OutcomeUnknown || o == OutcomeDone
}

// firstUsedHere reports whether an earlier attempt of this program may have been
// executed, before the current one: what was made under the key is its own.
func (k keySnapshot) firstUsedHere() bool { return !k.foreign && k.excludingSelf().maybeExecuted() }

// mergeOutcomes combines the outcomes of two accounts of the same key.
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

// effectiveOutcome counts the attempts that are under way: one of them may be
// executing at this moment.
func (k keySnapshot) effectiveOutcome() Outcome {
	if k.pending > 0 {
		return fold(k.outcome, VerdictAmbiguous)
	}
	return k.outcome
}
