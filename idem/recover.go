package idem

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Recovery is what Recover needs to know of the operations that it finds.
type Recovery struct {
	// Operation returns the row of a recorded operation; false if there is none
	// (any more). Such an operation is only reported.
	Operation func(name string) (Operation, bool)
	// Reread is Call.Reread, for an orphan. Nil leaves answers lost.
	Reread func(context.Context, PendingOperation) (*Answer, State)
	// Confirms is Call.Confirms, for an orphan. Nil takes each success for it.
	Confirms func(PendingOperation, *Answer) bool
	// Reconcile looks, by reading, whether an orphan that may not be sent again
	// was executed. It proves Done, never the opposite (J11). Nil never looks.
	Reconcile func(context.Context, PendingOperation) (ReconcileResult, error)
}

// PendingOperation is an open operation of the journal on which nobody works any more.
type PendingOperation struct {
	// ID is its name in the journal, for Resolve.
	ID string
	// Ref is the caller's name for the operation, empty where it goes by its key.
	Ref string
	// Request is what was asked for. Its Operation's class is set only where the
	// operation is known.
	Request Request
	// Key is the operation's key with what is known of it; zero if it takes none.
	Key Key
	// Since is when the intent was recorded, by the wall clock of the process that
	// did.
	Since time.Time
	// Bound is how long after Since it may have been sent for the first time, where its
	// caller's deadline was longer than a call without one lasts; else zero.
	Bound time.Duration
}

// ReconcileResult is what reading told of an orphan.
type ReconcileResult struct {
	// Done: an unambiguous match shows that the operation was executed.
	Done bool
	// Answer stands for the one that was lost.
	Answer *Answer
	// Resource names what the operation made. A resource that another operation of
	// the journal has made proves nothing.
	Resource string
	// Scopes are those of all operations that may have made what was found, as
	// Config.Scope names them. If one of them but the orphan began at about the same
	// time, and was not without effect, nothing is proven, unless it is known to have
	// made another resource. Empty: the match can be the orphan's alone.
	Scopes []string
	// Evidence says in words what was found.
	Evidence string
}

// RecoveryResult is what became of one orphan.
type RecoveryResult struct {
	PendingOperation
	// Result tells its outcome, as Do would.
	Result Result
	// Evidence says in words what reading found; empty where nothing was read.
	Evidence string
}

// Recover takes up, one by one, the open operations whose owners are gone, and
// yields what became of each. A keyed one with a ref is sent again inside its
// window, with the same key and bytes, a convergent one at any time; other ones
// with a ref are reconciled by reading. What goes by its key alone is only
// reported: its caller may have run it again. What stays in doubt is yielded
// as unknown and stays open.
//
// It ends when none is left, when the context is over, or, with an error, when
// the journal fails. Several may run at once, in one process or many.
func (e *Engine) Recover(ctx context.Context, with Recovery) iter.Seq2[RecoveryResult, error] {
	return func(yield func(RecoveryResult, error) bool) {
		if e.ledger.journal == nil {
			yield(RecoveryResult{}, &InvalidError{Field: "journal", Reason: "is needed to recover from"})
			return
		}
		if ctx == nil {
			yield(RecoveryResult{}, errNilContext)
			return
		}
		for ctx.Err() == nil {
			now := e.clock.now()
			found, err := e.ledger.adopt(ctx, newOwner(), Filter{Limit: 1})
			if err != nil {
				yield(RecoveryResult{}, journalFailure(err))
				return
			}
			if len(found) == 0 {
				return
			}
			one, err := e.recoverOne(ctx, found[0], now, with)
			one.Result.Ref = one.Ref
			if !yield(one, err) {
				return
			}
		}
		if ctx.Err() != nil {
			yield(RecoveryResult{}, ctx.Err())
		}
	}
}

// recoverOne takes up one record, which was adopted not before now.
func (e *Engine) recoverOne(ctx context.Context, rec Record, now stamp, with Recovery) (RecoveryResult, error) {
	found, err := e.ledger.unseal(rec, now)
	if err != nil {
		orphan := PendingOperation{ID: rec.ID, Ref: rec.Ref(), Since: rec.Since}
		orphan.Request.Operation.Name = rec.Operation
		return RecoveryResult{PendingOperation: orphan}, journalFailure(err)
	}
	c := e.newCall(ctx)
	defer c.settleUnreturned()
	if found.Released != found.Version-1 { // the version before it was adopted
		found.awaitedUntil(now, c.policy.Window)
	}
	c.claim = newClaim(e.ledger, found, now)
	op, known := with.Operation(rec.Operation)
	op.Name = rec.Operation
	c.request.Operation, c.ref = op, rec.Ref()
	c.adopt(found)
	orphan := PendingOperation{
		ID: rec.ID, Ref: rec.Ref(), Request: c.request, Key: c.held.key(), Since: rec.Since, Bound: found.Bound,
	}
	if with.Reread != nil {
		c.reread = func(ctx context.Context) (*Answer, State) { return with.Reread(ctx, orphan) }
	}
	if with.Confirms != nil {
		c.confirms = func(a *Answer) bool { return with.Confirms(orphan, a) }
	}
	c.maxElapsed = e.defaultElapsed()
	one := RecoveryResult{PendingOperation: orphan}
	switch {
	case !known, rec.Ref() == "" && op.Class != Convergent:
		one.Result = c.told(c.refused(OutcomeUnknown, errReported))
	case c.sendable() && !found.Stored:
		one.Result = c.work(found)
		one.Result.Ref = orphan.Ref
		c.tellEnd(one.Result)
		c.forget()
	default:
		one = c.reconcile(ctx, orphan, with)
	}
	c.returned = true
	return one, nil
}

// errReported is said of an operation that Recover may not take up.
var errReported = &failure{reason: "found in the journal, and left as it is"}

// sendable reports whether the operation may be sent again.
func (c *call) sendable() bool {
	switch c.request.Operation.Class {
	case Convergent:
		return true
	case Keyed:
		return c.engine.window().open(c.held.look(), c.engine.clock.now())
	default:
		return false
	}
}

// unsent says why an operation that is not sendable is not sent again.
func (c *call) unsent() error {
	switch {
	case c.request.Operation.Class == Keyed && c.sendable():
		return &failure{reason: "the server's error is stored under the key"}
	case c.request.Operation.Class == Keyed:
		return ErrKeyExpired
	}
	return &failure{stop: stopClass}
}

// reconcile looks by reading, and settles what it proves.
func (c *call) reconcile(ctx context.Context, o PendingOperation, with Recovery) RecoveryResult {
	unsent := c.unsent()
	unknown := func(err error, evidence string) RecoveryResult {
		return RecoveryResult{PendingOperation: o, Result: c.told(c.refused(OutcomeUnknown, err)), Evidence: evidence}
	}
	if with.Reconcile == nil {
		return unknown(unsent, "")
	}
	leased, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.claim.cancel = cancel
	c.claim.keep()
	defer c.claim.end()
	f, err := with.Reconcile(leased, o)
	if err != nil {
		return unknown(&failure{reason: "reading did not tell", causes: []error{unsent, err}}, "")
	}
	if !f.Done {
		return unknown(unsent, f.Evidence)
	}
	rival, err := c.rivalled(ctx, o, f)
	if err == nil && !rival {
		err = c.claim.settle(ctx, OutcomeDone, f.Answer, f.Resource)
	}
	switch {
	case rival:
		reason := "another operation may have made what was found"
		return unknown(&failure{reason: reason, causes: []error{unsent}}, f.Evidence)
	case errors.Is(err, ErrResourceTaken):
		reason := "what was found belongs to another operation"
		return unknown(&failure{reason: reason, causes: []error{unsent}}, f.Evidence)
	case err != nil:
		return RecoveryResult{PendingOperation: o, Result: Result{Outcome: OutcomeUnknown, Err: err, Key: o.Key, JournalErr: err}}
	}
	c.held.fold(VerdictDone)
	r := Result{Outcome: OutcomeDone, Verdict: VerdictDone, Answer: f.Answer, Key: o.Key, Recovered: true}
	if f.Answer == nil {
		r.Verdict, r.Err, r.Recovered = VerdictAnswerLost, ErrAnswerLost, false
	}
	return RecoveryResult{PendingOperation: o, Evidence: f.Evidence, Result: r}
}

// rivalled reports whether another operation of the journal may have made what was
// found for the orphan. Each one's intent is recorded before it is sent, so that
// whoever made something that reading has shown is in the journal.
func (c *call) rivalled(ctx context.Context, o PendingOperation, f ReconcileResult) (bool, error) {
	from, to := c.engine.executable(c.claim.record())
	earliest := from.Add(-longestElapsed - c.engine.policy.Window - 2*skewAllowance)
	for _, scope := range f.Scopes {
		found, err := c.engine.ledger.inScope(ctx, scopeDigest(scope), earliest, to.Add(2*skewAllowance))
		if err != nil {
			return false, journalFailure(err)
		}
		for _, other := range found {
			named := f.Resource != "" && other.Resource != ""
			if other.ID != o.ID && !named && c.executableWithin(other, from, to) {
				return true, nil
			}
		}
	}
	return false, nil
}

// executableWithin reports whether another operation may have been executed in this
// time. One that this engine cannot open may have been.
func (c *call) executableWithin(other Record, from, to time.Time) bool {
	e, err := c.engine.ledger.unseal(other, c.engine.clock.now())
	if err != nil {
		return true
	}
	first, last := c.engine.executable(e)
	return !first.After(to) && !last.Before(from)
}
