package bluesnap

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// RecoveryResult is what became of an operation in [Client.Recover]. It prints
// by allow-list: no header, no body.
type RecoveryResult struct {
	// ID, Operation, Ref, Key, Since, Path, Query, Header and Body are as in
	// [PendingOperation].
	ID        string
	Operation string
	Ref       string
	Key       Key
	Since     time.Time
	Path      string
	Query     url.Values
	Header    http.Header
	Body      []byte
	Action    RecoveryAction // what was done with it or, in a dry run, what would be
	Outcome   Outcome        // what is known about it now
	// SafeUntil is the last moment, by the wall clock, at which the operation
	// may be sent again under its key. Zero if no key protects it.
	SafeUntil time.Time
	// Response is never nil. Where Err is nil, its Raw holds the value: repeat
	// the call with the ref, which gets it from the journal.
	Response *Response
	Evidence string // describes what was read, naming ids alone; empty: nothing was
	// Err is why there is no value, as an *[Error]; nil: there is one. With
	// [OutcomeDone] the response is lost.
	Err error
}

// Recover takes up the operations of the journal whose owners are gone, such as
// a crashed process, and yields what became of each as it ends. Run it from
// time to time, or [Client.RunRecovery] in the background; also on several
// machines at once: each operation is yielded to one. Its body is never called
// concurrently.
//
//   - A reserved operation of any class, which was never sent, is sent.
//   - A keyed operation with a ref is sent again within 12 hours of its first
//     send, with the same key and bytes.
//   - A full capture or reversal and a shopper's deletion are sent again at any
//     time, with a ref or without: nothing undoes them.
//   - A subscription's cancellation is sent again within 10 minutes of its
//     intent, with a ref or without. After that the subscription may have been
//     activated again, so it is read: one that is over proves the execution.
//   - A later payment with a ref is not sent again, but looked up by the
//     merchantTransactionId that the SDK made from the ref ([WithMerchantID] is
//     needed). One transaction under it that has not failed, of the same amount
//     and currency, proves the execution; under an id of the caller's own only
//     with [WithUniqueTransactionIDs]. Several (20002), none, or a 403, which
//     may mean none, prove nothing.
//   - Any other one is only reported, unless [WithReconciler] finds out: the
//     vendor documents no way to look for it, or its caller may have run it
//     again under another key. So is one whose method or path are not its
//     operation's. [Client.Resolve] and [Client.ResolveID] settle it.
//
// An operation that fails and may be sent again is taken up again in the same
// pass, after its first backoff; it delays no other one.
//
// Reading proves that an operation was executed, never that it was not. What
// stays unknown is open until it is resolved, and passed over for a minute
// after the first yield, for two after the next, and so on up to a day. That
// does not delay calls with its ref.
//
// The loop ends with an error, and a nil *RecoveryResult, when the context
// ends, the journal fails ([ErrJournal]), after [Client.Close], or at once
// without [WithJournal]. A record that cannot be opened is yielded with
// [ErrJournalSecret] or [ErrJournalVersion] as its Err; if none can be opened,
// the loop ends with this error. Leaving the loop waits for operations that
// have begun.
func (c *Client) Recover(ctx context.Context, opts ...RecoveryOptions) iter.Seq2[*RecoveryResult, error] {
	return sdk.Recover(ctx, c.core, c.newRecoveryResult, opts)
}

// RecoveryOptions bound one pass of [Client.Recover]. The zero value takes up
// all operations that are due, four at a time.
type RecoveryOptions struct {
	Limit       int           // how many operations are yielded at most; zero: no limit
	OlderThan   time.Duration // leaves out operations whose intent is not older; zero: none
	Operation   string        // leaves out all but those with this name; empty: none
	Concurrency int           // how many are worked on at the same time; zero: 4; at most 256
	// DryRun lists what would be taken up, with RecoveryResult.Action, in the
	// order of the ids. It sends nothing, takes no lease and changes no record.
	DryRun bool
}

// RecoveryAction is what [Client.Recover] does with an operation.
type RecoveryAction = idem.RecoveryAction

// The actions of [Client.Recover].
const (
	ActionReport    RecoveryAction = idem.ActionReport    // nothing is sent or read; the zero value
	ActionSend      RecoveryAction = idem.ActionSend      // reserved, is sent for the first time, whatever its class
	ActionResend    RecoveryAction = idem.ActionResend    // may have been sent, is sent again
	ActionReconcile RecoveryAction = idem.ActionReconcile // may have been executed: the API is read
)

// RunRecovery runs [Client.Recover] at once and then again and again, with a
// pause of every in between, until ctx ends. Run it in a goroutine of its own,
// so that start-up waits for neither the API nor the journal:
//
//	go client.RunRecovery(ctx, time.Minute, func(r *bluesnap.RecoveryResult) { log.Print(r) })
//
// A key's window is twelve hours: an interval of minutes is short enough. Each
// pass is bounded by five minutes, or by every if that is longer. Passes never
// overlap.
//
// A failure, such as the journal's, ends the pass and not the loop: logger and
// observer get an [EventRecoveryFailed]. A panic in a pass, also of each, is
// contained and logged once. RunRecovery returns an *[InvalidError] for bad
// arguments or without a journal, else the context's error or, after
// [Client.Close], [ErrClientClosed].
func (c *Client) RunRecovery(
	ctx context.Context, every time.Duration, each func(*RecoveryResult), opts ...RecoveryOptions,
) error {
	return sdk.RunRecovery(ctx, c.core, every, each, c.newRecoveryResult, opts)
}

func (c *Client) recovery() idem.Recovery {
	return idem.Recovery{
		Operation: func(name string) (idem.Operation, bool) {
			op, ok := operations[name]
			return c.echo.of(op).engineOperation(c.base), ok
		},
		Matches: func(o idem.PendingOperation) bool {
			op := operations[o.Request.Operation.Name]
			return o.Request.Method == op.method && sdk.PathMatches(op.path, o.Request.Path)
		},
		Refetch: func(ctx context.Context, o idem.PendingOperation) (*idem.Response, idem.State) {
			op := operations[o.Request.Operation.Name]
			return c.refetch(ctx, op, op.target(o.Request), o.Request.Header)
		},
		Confirms: func(o idem.PendingOperation, a *idem.Response) bool {
			op := operations[o.Request.Operation.Name]
			return op.class != idem.Idempotent || op.confirms(op.target(o.Request), a)
		},
		Reconcile: c.reconcile,
	}
}

func (c *Client) newRecoveryResult(r idem.RecoveryResult) *RecoveryResult {
	op := operations[r.Pending.Request.Operation.Name]
	op.name = r.Pending.Request.Operation.Name
	o := newPending(r.Pending)
	one := &RecoveryResult{
		ID: o.ID, Operation: o.Operation, Ref: o.Ref, Key: o.Key, Since: o.Since,
		Path: o.Path, Query: o.Query, Header: o.Header, Body: o.Body,
		Action: r.Action, Outcome: r.Result.Outcome, SafeUntil: r.Result.SafeUntil,
		Response: newResponse(op, r.Result), Evidence: c.core.Credentials.Redact(r.Evidence),
	}
	if op.hasTransactionID {
		one.Response.MerchantTransactionID = transactionIDIn(r.Pending.Request.Body)
	}
	if r.Result.Err != nil {
		e := c.newError(op, r.Result)
		e.Response = one.Response
		one.Err = e
	}
	return one
}

// String returns operation, ref, key, outcome and evidence.
func (r RecoveryResult) String() string { return r.printed().ResultText(r.Outcome, r.Evidence) }

func (r RecoveryResult) printed() sdk.PendingOperation {
	return sdk.PendingOperation{Operation: r.Operation, ID: r.ID, Ref: r.Ref, Key: r.Key, Since: r.Since}
}

// LogValue logs what String returns, as a group.
func (r RecoveryResult) LogValue() slog.Value {
	return r.printed().ResultValue(r.Action, r.Outcome, r.Evidence)
}
