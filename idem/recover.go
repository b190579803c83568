package idem

import (
	"context"
	"iter"
	"math"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// Recovery is what Recover needs to know of the operations that it finds.
type Recovery struct {
	// Operation returns the row of a recorded operation; false if there is none
	// (any more). Such an operation is only reported. Nil has no rows.
	Operation func(name string) (Operation, bool)
	// Matches reports whether method and path are as in the operation's row
	// (J14). An operation that does not match is only reported. Nil takes each
	// for a match.
	Matches func(PendingOperation) bool
	// Refetch is Call.Refetch, for a pending operation. Nil leaves responses
	// lost.
	Refetch func(context.Context, PendingOperation) (*Response, State)
	// Confirms is Call.Confirms, for a pending operation. Nil takes each
	// success for it.
	Confirms func(PendingOperation, *Response) bool
	// Reconcile finds out, by reading, whether an operation that may not be
	// sent again was executed. It proves Done, never the opposite (J11). It is
	// called for several operations at the same time. Nil never reads.
	Reconcile func(context.Context, PendingOperation) (ReconcileResult, error)
}

func (r Recovery) row(name string) (Operation, bool) {
	if r.Operation == nil {
		return Operation{}, false
	}
	return r.Operation(name)
}

// PendingOperation is an operation of the journal that is open, or reserved and
// not yet sent, and that no call works on any more.
type PendingOperation struct {
	// ID is its name in the journal, for Resolve.
	ID string
	// Ref is the caller's name for the operation, empty where it has none.
	Ref string
	// Request is the operation's. Its Operation's class is set only where
	// the operation is known.
	Request Request
	// Key is the operation's key with what is known of it; zero if it takes
	// none.
	Key Key
	// Since is when the intent was recorded, by the wall clock of the process
	// that did.
	Since time.Time
	// Bound is how long after Since it may have been sent for the first time,
	// where its caller's deadline was longer than a call without one lasts;
	// else zero.
	Bound time.Duration
}

// ReconcileResult is what reading showed of a pending operation.
type ReconcileResult struct {
	// Done: an unambiguous match shows that the operation was executed.
	Done bool
	// Response replaces the one that was lost.
	Response *Response
	// Resource names what the operation made. One that another operation of the
	// journal has made proves nothing.
	Resource string
	// Scopes has the scopes of all operations that may have made what was
	// found, as Config.Scope names them. If another operation with one of them
	// began at about the same time, and was not without effect, nothing is
	// proven, unless it is known to have made another resource. Empty: only
	// this operation can have made the match.
	Scopes []string
	// Evidence describes in words what was found.
	Evidence string
}

// RecoveryAction is what Recover does with an operation.
type RecoveryAction uint8

const (
	// ActionReport: nothing is sent or read. It is the zero value.
	ActionReport RecoveryAction = iota
	// ActionSend: the operation was reserved and never sent. It is sent for the
	// first time, in any class.
	ActionSend
	// ActionResend: the operation may have been sent. It is sent again, as its
	// key's window or its class allows.
	ActionResend
	// ActionReconcile: the operation may have been executed and is not sent
	// again. The API is read to find out.
	ActionReconcile
)

var recoveryActions = [...]string{"report", "send", "resend", "reconcile"}

// String returns the action in one word.
func (a RecoveryAction) String() string {
	if int(a) < len(recoveryActions) {
		return recoveryActions[a]
	}
	return "invalid"
}

// RecoveryResult is what became of one pending operation.
type RecoveryResult struct {
	// Pending is the operation, as it was recorded.
	Pending PendingOperation
	// Action is what was done with it or, in a dry run, would be.
	Action RecoveryAction
	// Result is its outcome, as Do would return it.
	Result Result
	// Evidence describes in words what reading found; empty where nothing was
	// read.
	Evidence string
}

// Recover takes up the open operations whose owners are gone, several at a
// time, those first that have waited longest, and yields what became of each as
// it ends:
//
//   - A reserved one of any class, which was never sent, is sent.
//   - A keyed one with a ref is sent again inside its window, with the same key
//     and bytes.
//   - An idempotent one is sent again at any time, or for its
//     [Operation.ResendFor]; after that it is reconciled by reading.
//   - Others with a ref are reconciled by reading.
//   - One without a ref is only reported: its caller may have run it again. So
//     is one whose method or path are not as in its operation's row.
//
// An operation that fails and may be sent again is put back after its first
// backoff, and taken up again in the same pass. What remains in doubt is
// yielded as unknown and stays open. Recover passes it over for a minute after
// the yield has returned, for two minutes after the next one, and so on up to a
// day (J15). Inside an open window the pause ends early enough for another
// attempt. A call with its ref is not held up by that.
//
// Each operation is yielded to one of several recoverers, in one process or
// many. The loop's body is never called concurrently. If it leaves the loop,
// the operations that have begun are finished and recorded without being
// yielded; this may take an attempt's time. A panic of a hook passes on to the
// loop.
//
// The sequence ends when none is left that was due and not yet taken up in this
// pass, when the context is over, or, with an error, when the journal fails or
// the engine is closed. If records were found and none of them could be opened,
// it ends with ErrJournalSecret or ErrJournalVersion; up to 10,000 such records
// are yielded with their error, and all are released at once. They hide no
// other record.
func (e *Engine) Recover(ctx context.Context, with Recovery, opts ...RecoveryOptions) iter.Seq2[RecoveryResult, error] {
	return func(yield func(RecoveryResult, error) bool) {
		if !e.drain.enter(ctx) {
			yield(RecoveryResult{}, ErrClosed)
			return
		}
		defer e.drain.leave()
		o, err := e.checkRecovery(ctx, opts)
		switch {
		case err != nil:
			yield(RecoveryResult{}, err)
		case o.DryRun:
			e.dryRun(ctx, with, o, yield)
		default:
			newRecoveryPass(ctx, e, with, o).run(yield)
		}
	}
}

func (e *Engine) checkRecovery(ctx context.Context, opts []RecoveryOptions) (RecoveryOptions, error) {
	if err := e.checkJournal(ctx, "recover from"); err != nil {
		return RecoveryOptions{}, err
	}
	if ctx.Err() != nil {
		return RecoveryOptions{}, ctx.Err()
	}
	return recoveryOptions(opts)
}

// action is what Recover does with a record whose claim the call holds.
func (o *operation) action(found entry) RecoveryAction {
	class := o.call.Request.Operation.Class
	switch {
	case found.Reserved:
		return ActionSend
	case found.Ref() == "" && class != Idempotent:
		return ActionReport
	case o.sendable(found) && !found.Stored:
		return ActionResend
	default:
		return ActionReconcile
	}
}

func (o *operation) sendable(found entry) bool {
	switch o.call.Request.Operation.Class {
	case Idempotent:
		return o.resendLeft(&found, o.engine.clock.Now()) >= minAttempt
	case Keyed:
		return o.engine.window.open(o.key.snapshot(), o.engine.clock.Now())
	default:
		return false
	}
}

// resendLeft is how long recovery may still send an operation again that has no
// window. It has a frame of its own, with a copy of the record: the caller's
// lasts as long as an attempt.
//
//go:noinline
func (o *operation) resendLeft(found *entry, now clock.Timestamp) time.Duration {
	bound := o.call.Request.Operation.ResendFor
	if o.call.Request.Operation.Class != Idempotent || bound == 0 || found.Reserved {
		return math.MaxInt64
	}
	return bound - skewAllowance - now.WallTime().Sub(found.since())
}

// unsent is why an operation that is not sendable is not sent again.
func (o *operation) unsent(found entry) error {
	switch class := o.call.Request.Operation.Class; {
	case class == Keyed && o.sendable(found):
		return &endError{reason: "the server's error is stored under the key"}
	case class == Keyed:
		return ErrKeyExpired
	case class == Idempotent:
		return &endError{reason: "sent again this late, it may undo a newer change"}
	}
	return &endError{stop: stopClass}
}
