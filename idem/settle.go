package idem

import (
	"context"
	"errors"
)

var (
	// ErrNoOperation: the journal has no operation of this name.
	ErrNoOperation = errors.New("the journal has no such operation")
	// ErrMayStillRun: the operation may still be executed: somebody works on it, its
	// key's window and margin are not over, or it is one that is sent again at any
	// time, and was a moment ago.
	ErrMayStillRun = errors.New("the operation may still be executed")
	// ErrSettled: the journal knows the opposite.
	ErrSettled = errors.New("the operation is settled otherwise")
)

// Settlement is somebody's word on what became of an open operation.
type Settlement struct {
	// Executed says that it was.
	Executed bool
	// AnswerOf stands for the answer of an executed one, which goes by its
	// operation's name, and names what it made; the answer may be nil, the name
	// empty. Nil gives neither.
	AnswerOf func(operation string) (answer *Answer, resource string)
	// Class is that of an operation, by its name: a convergent one may have been sent
	// by each of its owners, other ones by the first alone. Nil takes all for
	// convergent that have no key.
	Class func(operation string) Class
}

// Settle records somebody's word on an open operation, which goes by its ref or,
// where it has none, by its key. "Not executed" makes the ref free, and is refused
// while the operation may still be executed (J10: a later Done replaces an
// unknown, never the reverse).
func (e *Engine) Settle(ctx context.Context, ref, key string, s Settlement) error {
	if e.ledger.journal == nil {
		return &InvalidError{Field: "journal", Reason: "is needed to settle in"}
	}
	id := refID(ref)
	if ref == "" {
		id = keyID(key)
	}
	for {
		saved, err := e.settleOnce(ctx, id, s)
		if err != nil || saved {
			return err
		}
	}
}

// settleOnce reports false if somebody else wrote at the same time.
func (e *Engine) settleOnce(ctx context.Context, id string, s Settlement) (bool, error) {
	found, ok, err := e.ledger.load(ctx, id)
	switch {
	case err != nil:
		return false, journalFailure(err)
	case !ok:
		return false, ErrNoOperation
	case found.Outcome == OutcomeDone && s.Executed, found.free() && !s.Executed:
		return true, nil
	case !found.open():
		return false, ErrSettled
	case !s.Executed && e.mayStillRun(found, s.resent(found)):
		return false, ErrMayStillRun
	}
	found.Owner, found.Lease = "", 0
	found.Outcome = OutcomeRejected
	if s.Executed {
		found.Outcome = OutcomeDone
		if s.AnswerOf != nil {
			found.Answer, found.Resource = s.AnswerOf(found.Operation)
		}
	}
	found.forget()
	saved, err := e.ledger.save(ctx, found)
	if err != nil {
		return false, journalFailure(err)
	}
	return saved, nil
}

// mayStillRun reports whether the operation may still be executed: it is worked
// on, or a request of it may still be on its way. Here the smaller age counts, of
// those that the store and this process tell, and what is sent again at any time may
// have been sent until its last owner gave it up.
func (e *Engine) mayStillRun(r entry, resent bool) bool {
	age := r.asked.wall.wallTime().Sub(r.Since) - skewAllowance
	if r.Age > 0 {
		age = min(age, r.Age)
	}
	idle := -r.Lease
	return r.owned() || age < e.policy.Window+e.policy.WindowMargin ||
		resent && idle < e.policy.WindowMargin+skewAllowance
}

// resent reports whether owners after the first may have sent the operation.
func (s Settlement) resent(r entry) bool {
	if s.Class == nil {
		return r.Key == ""
	}
	return s.Class(r.Operation) == Convergent
}
