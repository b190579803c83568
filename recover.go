package bardge

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// RecoveryResult is what became of an operation in [Client.Recover]. It prints
// by allow-list: no header, no body.
type RecoveryResult struct {
	// ID, Operation, Ref, Key, Since, PathID, Header and Body are as in
	// [PendingOperation].
	ID        string
	Operation string
	Ref       string
	Key       Key
	Since     time.Time
	PathID    string
	Header    http.Header
	Body      []byte
	Action    idem.RecoveryAction // what was done with it or, in a dry run, what would be
	Outcome   Outcome             // what is known about it now
	// SafeUntil is the last moment, by the wall clock, at which the operation
	// may be sent again under its key. Zero if no key protects it.
	SafeUntil time.Time
	// Response is never nil. Where Err is nil, its Raw holds the value as JSON:
	// decode it into the operation's type, or repeat the call with the ref,
	// which gets it from the journal.
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
//   - A keyed operation with a ref is sent again inside its key's window, with
//     the same key and bytes.
//   - A cancellation is sent again at any time, with a ref or without.
//   - Any other operation with a ref is never sent again: the API is read.
//   - Any other one is only reported, since its caller may have run it again
//     under another key; so is one whose method or path are not its
//     operation's. [Client.ResolveID] settles it.
//
// An operation that fails and may be sent again is taken up again in the same
// pass, after its first backoff; it delays no other one.
//
// Reading proves that an operation was executed, never that it was not: without
// one unambiguous match the outcome stays unknown, Evidence gives the reason,
// and [Client.Resolve] has to settle it. Until then it is passed over for a
// minute after the first yield, for two after the next, and so on up to a day;
// inside an open window for less. That does not delay calls with its ref.
//
// A match counts if it was made within the key's window after the intent (give
// or take 5 s, since clocks differ), and if no other operation of the journal
// made it or may have: those that began within 200 s of this one and are open
// and request the same, or are done with a response that does not show what
// they made. The API is read 200 s after the intent, assuming that no program
// makes the same without the journal in that time.
//
//	operation                proof of Done
//	---------                -------------
//	IssuePass                one issued pass of the client, of the package, and no other
//	                         of that time, if the API shows a client's passes (inferred)
//	BookClass                one booking of the client, of the same class, date and time
//	UpdateIssuedPassExpiry   the pass ends as requested; setting that again would change nothing
//	PurchaseCredits          one credit of the client, of the package's size and name,
//	                         while no other purchase of the client is near
//	RescheduleBooking        none: the API does not show which booking replaced another
//	BookSpa                  none: a confirmation may have made the bookings of the slot
//	UpdateIssuedPass         none: the pass may have been so before
//	all others               none: the API does not show what they made
//
// [WithReconciler] adds what the caller knows better.
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

// What [Client.Recover] does with an operation.
const (
	ActionReport    = idem.ActionReport    // nothing is sent or read; the zero value
	ActionSend      = idem.ActionSend      // reserved, is sent for the first time, whatever its class
	ActionResend    = idem.ActionResend    // may have been sent, is sent again
	ActionReconcile = idem.ActionReconcile // may have been executed: the API is read
)

// ErrUnknownOperation is in the error of a [RecoveryResult] whose operation is
// neither one of the SDK's nor registered by [WithRawOperation]: it is not sent
// and stays in the journal.
var ErrUnknownOperation = errors.New("this client does not know the operation: register it by WithRawOperation")

// RunRecovery runs [Client.Recover] at once and then again and again, with a
// pause of every in between, until ctx ends. Run it in a goroutine of its own,
// so that start-up waits for neither the API nor the journal:
//
//	go client.RunRecovery(ctx, 20*time.Second, func(r *bardge.RecoveryResult) { log.Print(r) })
//
// A key's window is 90 seconds: an interval below half a minute leaves time to
// send what a crash has left open. Each pass is bounded by five minutes, or by
// every if that is longer. Passes never overlap.
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
		Operation: c.known.Row,
		Matches:   func(o idem.PendingOperation) bool { return c.known.Matches(o.Request, c.paths) },
		Refetch: func(ctx context.Context, o idem.PendingOperation) (*idem.Response, idem.State) {
			if o.Request.Operation.Name != string(gen.OpCancelBooking) {
				return nil, idem.StateUnread
			}
			return c.Bookings.refetch(ctx, c.paths.ID(o.Request), o.Request.Header)
		},
		Confirms: func(o idem.PendingOperation, a *idem.Response) bool {
			return o.Request.Operation.Name != string(gen.OpCancelBooking) || showsCancelled(c.paths.ID(o.Request), a)
		},
		Reconcile: c.reconcile,
	}
}

func (c *Client) newRecoveryResult(r idem.RecoveryResult) *RecoveryResult {
	o := c.pending(r.Pending)
	one := &RecoveryResult{
		ID: o.ID, Operation: o.Operation, Ref: o.Ref, Key: o.Key, Since: o.Since,
		PathID: o.PathID, Header: o.Header, Body: o.Body,
		Action: r.Action, Outcome: r.Result.Outcome, SafeUntil: r.Result.SafeUntil,
		Response: newResponse(o.Operation, &r.Result), Evidence: c.core.Credentials.Redact(r.Evidence),
	}
	if r.Result.Err != nil {
		one.Err = c.recoveryError(o, one.Response, r.Result)
	}
	return one
}

func (c *Client) recoveryError(o PendingOperation, resp *Response, r idem.Result) *Error {
	if _, known := c.known.Row(o.Operation); !known && resp.RecordErr == nil && len(resp.Attempts) == 0 {
		r.Err = fmt.Errorf("%w: %w", ErrUnknownOperation, r.Err)
	}
	e := c.newError(o.Operation, c.known.Class(o.Operation), &r)
	e.Response = resp
	if o.Operation == string(gen.OpCancelBooking) {
		e.bookingID = o.PathID
	}
	return e
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

// PendingOperation is an open operation of the journal that no call works on
// any more. It prints by allow-list: no header, no body.
type PendingOperation struct {
	ID        string      // its name in the journal; see [OperationsService.GetID]
	Operation string      // such as "IssuePass"
	Ref       string      // the caller's name for it; empty if it has none
	Key       Key         // its idempotency key with what is known of it; zero if it takes none
	Since     time.Time   // when the intent was recorded, before the first send, by the recorder's wall clock
	PathID    string      // the id in the request's path, such as a confirmation's session; empty if none
	Header    http.Header // the headers of the call itself, such as a lookup token's
	Body      []byte      // the request's, as JSON; nil if it has none
}

func (c *Client) pending(o idem.PendingOperation) PendingOperation {
	return PendingOperation{
		ID:        o.ID,
		Operation: o.Request.Operation.Name,
		Ref:       o.Ref,
		Key:       o.Key,
		Since:     o.Since,
		PathID:    c.paths.ID(o.Request),
		Header:    o.Request.Header,
		Body:      o.Request.Body,
	}
}

// String returns operation, ref, key and Since.
func (o PendingOperation) String() string { return o.printed().String() }

// LogValue logs what String returns, as a group.
func (o PendingOperation) LogValue() slog.Value { return slog.GroupValue(o.printed().Attrs()...) }

func (o PendingOperation) printed() sdk.PendingOperation {
	return sdk.PendingOperation{Operation: o.Operation, ID: o.ID, Ref: o.Ref, Key: o.Key, Since: o.Since}
}
