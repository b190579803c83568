package idem

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrOperationNotFound: the journal has no operation of this name.
	ErrOperationNotFound = errors.New("the journal has no such operation")
	// ErrMayBeExecuting: the operation may still be executed: somebody works on it, or
	// what was sent may still be on its way or in the server, which is given two
	// minutes at most. Look again before it is said again.
	ErrMayBeExecuting = errors.New("the operation may still be executed")
	// ErrAlreadyResolved: the journal knows the opposite, or that something else was made.
	ErrAlreadyResolved = errors.New("the operation is settled otherwise")
)

// Resolution is somebody's word on what became of an open operation.
type Resolution struct {
	// Executed says that it was.
	Executed bool
	// AnswerOf stands for the answer of an executed one, which goes by its
	// operation's name, and names what it made; the answer may be nil, the name
	// empty. Nil gives neither.
	AnswerOf func(operation string) (answer *Answer, resource string)
	// Class is that of an operation without a key, by its name: a convergent one may
	// have been sent by each of its owners, other ones by the first alone. Nil takes
	// all for convergent.
	Class func(operation string) Class
}

// Resolve records somebody's word on the open operation with this name in the
// journal: an orphan's ID, or RefID of a ref. "Not executed" makes the ref free, and is
// refused while the operation may still be executed (J10: a later Done replaces an
// unknown, never the reverse).
func (e *Engine) Resolve(ctx context.Context, id string, s Resolution) error {
	if e.ledger.journal == nil {
		return &InvalidError{Field: "journal", Reason: "is needed to settle in"}
	}
	if ctx == nil {
		return errNilContext
	}
	for {
		saved, err := e.settleOnce(ctx, id, s)
		if err != nil || saved {
			return err
		}
	}
}

// settleOnce reports false if somebody else wrote at the same time.
func (e *Engine) settleOnce(ctx context.Context, id string, s Resolution) (bool, error) {
	found, ok, err := e.ledger.load(ctx, id)
	switch {
	case err != nil:
		return false, journalFailure(err)
	case !ok:
		return false, ErrOperationNotFound
	case found.Outcome == OutcomeDone && s.Executed && !s.otherThan(found), found.free() && !s.Executed:
		return true, nil
	case !found.open():
		return false, ErrAlreadyResolved
	case !s.Executed && e.mayStillRun(found, s.resent(found)):
		return false, ErrMayBeExecuting
	}
	found.Owner, found.Lease = "", 0
	found.Outcome = OutcomeRejected
	if s.Executed {
		found.Outcome = OutcomeDone
		found.Answer, found.Resource = s.answerOf(found.Operation)
	}
	found.forget()
	saved, err := e.ledger.save(ctx, found)
	if err != nil {
		return false, journalFailure(err)
	}
	return saved, nil
}

// answerOf is AnswerOf, if there is one.
func (s Resolution) answerOf(operation string) (answer *Answer, resource string) {
	if s.AnswerOf == nil {
		return nil, ""
	}
	return s.AnswerOf(operation)
}

// otherThan reports whether the word names something else than what the journal
// knows to have been made.
func (s Resolution) otherThan(r entry) bool {
	_, resource := s.answerOf(r.Operation)
	return resource != "" && r.Resource != "" && resource != r.Resource
}

// maxProcessing is how long a server may still work on a request that was given up, and
// no longer than it remembers a key: what has arrived is executed within that time, or
// never.
const maxProcessing = 2 * time.Minute

// mayStillRun reports whether the operation may still be executed: it is worked on,
// or a request of it may still be on its way, or in the server. Here the smaller age
// counts, of those that the store and this process tell.
//
// Under a key the last attempt begins within the time of a call, or within a window
// after the intent, whoever makes it, and no attempt lasts longer than a window. A call
// with a long deadline begins later, but only while it holds its lease. Without a key
// the last owner counts, which may only have looked: where owners after the first send
// nothing, as much time after the intent is enough, too.
func (e *Engine) mayStillRun(r entry, resent bool) bool {
	age := r.asked.wall.wallTime().Sub(r.Since) - skewAllowance
	if r.Age > 0 {
		age = min(age, r.Age)
	}
	window := e.policy.Window
	still := e.policy.WindowMargin + min(window, maxProcessing)
	early := age < min(e.profile.Patience, window)+window+still
	bounded := age < e.firstSend(r)+window+still
	ended := r.sinceOwned()
	lately := ended < still || e.mayBeAwaited(r, still)
	switch {
	case r.owned():
		return true
	case r.Key != "":
		return early || bounded && ended < window+still
	default:
		return lately && (bounded || resent)
	}
}

// resent reports whether owners after the first may have sent the operation at any
// time.
func (s Resolution) resent(r entry) bool {
	return s.Class == nil || s.Class(r.Operation) == Convergent
}
