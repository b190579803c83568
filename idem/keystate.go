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
type keyState struct {
	mu      sync.Mutex
	same    *keyState       // the one that knows, once this is joined to it; or nil
	since   clock.Timestamp // when the first byte may have been sent; zero: none was
	print   fingerprint
	pending int32 // attempts under way that may have sent a byte
	outcome Outcome
	foreign bool // since was seen by another process
	bound   bool // print is set
	gone    bool // the server may have forgotten the key before its window's end
}

// knowledge is one look at a keyState.
type knowledge struct {
	since   clock.Timestamp
	foreign bool
	gone    bool
	outcome Outcome
	pending int
}

// lock locks the state that knows, and returns it.
func (s *keyState) lock() *keyState {
	for {
		s.mu.Lock()
		if s.same == nil {
			return s
		}
		next := s.same
		s.mu.Unlock()
		s = next
	}
}

// joining allows for one join at a time: nobody else holds two states locked.
var joining sync.Mutex

// join makes another state of the same key one with this.
func (s *keyState) join(o *keyState) {
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
	s.add(o.known())
	s.pending += o.pending
	if o.bound && s.bound && o.print != s.print {
		s.print = 0 // of two requests: it is nobody's
	} else if o.bound {
		s.print, s.bound = o.print, true
	}
	o.same = s
}

// root is the state that knows, for as long as nothing else is joined.
func (s *keyState) root() *keyState {
	s = s.lock()
	defer s.mu.Unlock()
	return s
}

func newKeyState() *keyState { return &keyState{outcome: OutcomeNotSent} }

func sentKeyState(since time.Time) *keyState {
	return &keyState{
		since:   clock.AtWall(since),
		foreign: true,
		outcome: OutcomeUnknown,
	}
}

// anchor ties a time that only another process's wall clock saw to this one's
// monotonic clock, so that from now on either clock can make the key old (A3).
func (s *keyState) anchor(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	if !s.since.IsZero() && s.since.Mono == 0 {
		s.since = s.since.Anchored(now)
	}
}

func (s *keyState) look() knowledge {
	s = s.lock()
	defer s.mu.Unlock()
	return s.known()
}

func (s *keyState) known() knowledge {
	return knowledge{since: s.since, foreign: s.foreign, gone: s.gone, outcome: s.outcome, pending: int(s.pending)}
}

// bind ties the key to a request, and looks. It reports false if the key already
// belongs to another one.
func (s *keyState) bind(p fingerprint) (knowledge, bool) {
	s = s.lock()
	defer s.mu.Unlock()
	if !s.bound {
		s.print, s.bound = p, true
	}
	return s.known(), s.print == p
}

// begin notes that an attempt may now send a byte, and starts the window if it
// is the first.
func (s *keyState) begin(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	s.pending++
	if s.since.IsZero() {
		s.since = now
	}
}

// end folds what a begun attempt told, and looks. A key under which nothing was
// ever sent has no window.
func (s *keyState) end(v Verdict) knowledge {
	s = s.lock()
	defer s.mu.Unlock()
	s.pending--
	s.outcome = fold(s.outcome, v)
	if s.outcome == OutcomeNotSent && s.pending == 0 {
		s.since, s.foreign = clock.Timestamp{}, false
	}
	return s.known()
}

// lose notes that the server may have forgotten the key: its window is over.
func (s *keyState) lose() {
	s = s.lock()
	defer s.mu.Unlock()
	s.gone = true
}

// fold adds a verdict that no begun attempt brought.
func (s *keyState) fold(v Verdict) {
	s = s.lock()
	defer s.mu.Unlock()
	s.outcome = fold(s.outcome, v)
}

// late notes that a byte may have left after the attempt was judged.
func (s *keyState) late(now clock.Timestamp) {
	s = s.lock()
	defer s.mu.Unlock()
	s.outcome = fold(s.outcome, VerdictAmbiguous)
	if s.since.IsZero() {
		s.since = now
	}
}

// learn adds what a record of the same key knows.
func (s *keyState) learn(k knowledge) {
	s = s.lock()
	defer s.mu.Unlock()
	s.add(k)
}

// add adds another account of the same key: the earlier window, and the less certain
// outcome, where one of the two knows of no send at all.
func (s *keyState) add(k knowledge) {
	if !k.since.IsZero() {
		s.addSince(k)
	}
	s.outcome, s.gone = joined(s.outcome, k.outcome), s.gone || k.gone
}

// addSince adds another account of the first send. Where one is by another process's
// clock, what that may be off is taken from it.
func (s *keyState) addSince(k knowledge) {
	ours := s.known()
	switch {
	case ours.since.IsZero():
		s.since, s.foreign = k.since, k.foreign
	case ours.foreign == k.foreign:
		s.since = ours.since.Earlier(k.since)
	default:
		s.since, s.foreign = ours.earliest().Earlier(k.earliest()), false
	}
}

// earliest is when the first byte may have been sent, by this machine's clocks.
func (k knowledge) earliest() clock.Timestamp {
	if k.foreign {
		return k.since.Back(skewAllowance)
	}
	return k.since
}

// others is what is known beside the one attempt that looks, which alone may have
// begun the window.
func (k knowledge) others() knowledge {
	k.pending--
	if k.pending == 0 {
		k.since = clock.Timestamp{}
	}
	return k
}

// executable reports whether the operation may have been executed under the key.
func (k knowledge) executable() bool {
	o := k.settled()
	return o == OutcomeUnknown || o == OutcomeDone
}

// joined combines the outcomes of two accounts of the same key.
func joined(a, b Outcome) Outcome {
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
func (k knowledge) settled() Outcome {
	if k.pending > 0 {
		return fold(k.outcome, VerdictAmbiguous)
	}
	return k.outcome
}
