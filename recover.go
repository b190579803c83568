package bardge

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// RecoveryResult is what became of an operation that [Client.Recover] took up.
// It prints by allow-list: no header, no body.
type RecoveryResult struct {
	// ID is the operation's name in the journal, for [Client.ResolveID]: "ref:"
	// and the ref, "key:" and the key where it has no ref, or "call:" and a
	// name of its own.
	ID string
	// Operation is the operation's name, such as "IssuePass".
	Operation string
	// Ref is the caller's name for it; empty where it goes by its key.
	Ref string
	// Key is its idempotency key with what is known of it; zero if it takes
	// none.
	Key Key
	// Since is when the intent was recorded, before the first send, by the wall
	// clock of the machine that did.
	Since time.Time
	// PathID is the id in the request's path, such as the session of a
	// confirmation; empty where the path has none.
	PathID string
	// Header holds the headers of the call itself, such as a lookup token's.
	Header http.Header
	// Body is the request's, as JSON; nil if it has none.
	Body []byte
	// Action is what was done with it or, in a dry run, what would be.
	Action RecoveryAction
	// Outcome is what is known about it now.
	Outcome Outcome
	// SafeUntil is the last moment, by the wall clock, at which the operation
	// may be sent again under its key. Zero where no key protects it.
	SafeUntil time.Time
	// Response is how it went; never nil. Where Err is nil, its Raw holds the
	// value as JSON: decode it into the operation's type, or make the call
	// again with the ref, which is answered from the journal.
	Response *Response
	// Evidence says in words what was read to find out, naming ids alone. Empty
	// where nothing was read.
	Evidence string
	// Err says why there is no value, as an *[Error]. Nil where there is one;
	// it may be set although Outcome is [OutcomeDone]: the response is lost
	// then.
	Err error
}

// Recover takes up the operations of the journal whose owners are gone, such as
// a process that crashed, several at a time, and yields what became of each as
// it ends. Run it from time to time, or [Client.RunRecovery] in the background.
// Several may run at once, also on several machines: each operation is yielded
// to one of them. The loop's body is never called concurrently.
//
//   - A reserved operation, which was never sent, is sent, whatever its class.
//   - A keyed operation with a ref, inside its key's window, is sent again with
//     the same key and bytes.
//   - A cancellation is sent again at any time, with a ref or without.
//   - Any other operation with a ref is never sent again. It is looked for by
//     reading; see below.
//   - Any other one without a ref is only reported: its caller may have run it
//     again under another key. [Client.ResolveID] settles it. So is one whose
//     method or path are not those of its operation.
//
// An operation that fails and may be sent again is put back after its first
// backoff, and taken up again in the same pass; it holds up no other one.
//
// Reading proves that an operation was executed, never that it was not: without
// one unambiguous match the outcome stays unknown, and Evidence says why. Such
// an operation stays open until [Client.Resolve] settles it. After the yield it
// is passed over for a minute, after the next one for two, and so on up to a
// day; inside an open window for less, so that it can still be sent. Calls with
// its ref are not held up by that. A match counts if it was made within the
// key's window after the intent (give or take 5 s, since clocks differ), and if
// no other operation of the journal has made it or may have. Those that may
// have are begun within 200 s of this one, and are open and ask for the same,
// or are done with a response that does not show what they made. The default
// reconcilers read 200 s after the intent. They assume that in that time no
// program makes the same without the journal.
//
//	operation                proof of Done
//	---------                -------------
//	BookClass                one booking of the client, of the same class, date and time
//	UpdateIssuedPassExpiry   the pass ends as asked; setting that again would change nothing
//	PurchaseCredits          one credit of the client, of the package's size and name,
//	                         while no other purchase of the client is near
//	BookSpa                  none: bookings of the slot are named in Evidence, but a
//	                         confirmation may have made them
//	UpdateIssuedPass         none: the pass is read for Evidence, but may have been so before
//	all others               none: the API has no endpoint that shows what they made
//
// [WithReconciler] adds what the caller knows better.
//
// The loop ends with an error, and a nil *RecoveryResult, when the context is
// over or the journal fails ([ErrJournal]), after [Client.Close], or at once
// without [WithJournal]. A record that cannot be opened is yielded with
// [ErrJournalSecret] or [ErrJournalVersion] as its Err and released at once; if
// that is so for all, the loop ends with this error. Leaving the loop waits
// until the operations that have begun are finished and recorded.
func (c *Client) Recover(ctx context.Context, opts ...RecoveryOptions) iter.Seq2[*RecoveryResult, error] {
	return sdk.Recover(ctx, c.core, c.newRecoveryResult, opts)
}

// recovery is what the engine needs to know of the API.
func (c *Client) recovery() idem.Recovery {
	return idem.Recovery{
		Operation: func(name string) (idem.Operation, bool) {
			op, known := rows[gen.OperationID(name)]
			return op, known
		},
		Matches: func(o idem.PendingOperation) bool {
			op := gen.OperationID(o.Request.Operation.Name).Operation()
			return o.Request.Method == op.Method && sdk.PathMatches(op.Path, o.Request.Path)
		},
		Refetch: func(ctx context.Context, o idem.PendingOperation) (*idem.Response, idem.State) {
			of := newPending(o)
			return c.Bookings.reread(ctx, of.PathID, of.Header)
		},
		Confirms:  func(o idem.PendingOperation, a *idem.Response) bool { return confirms(newPending(o), a) },
		Reconcile: c.reconcile,
	}
}

// confirms reports whether a success shows the state that a cancellation asked for.
func confirms(o PendingOperation, a *idem.Response) bool {
	return o.Operation != string(gen.OpCancelBooking) || showsCancelled(o.PathID, a)
}

// newRecoveryResult takes over what the engine knows.
func (c *Client) newRecoveryResult(r idem.RecoveryResult) *RecoveryResult {
	o := newPending(r.Pending)
	one := &RecoveryResult{
		ID: o.ID, Operation: o.Operation, Ref: o.Ref, Key: o.Key, Since: o.Since,
		PathID: o.PathID, Header: o.Header, Body: o.Body,
		Action: r.Action, Outcome: r.Result.Outcome, SafeUntil: r.Result.SafeUntil,
		Response: newResponse(o.Operation, &r.Result), Evidence: c.core.Credentials.Redact(r.Evidence),
	}
	if r.Result.Err != nil {
		e := c.newError(gen.OperationID(o.Operation).Operation(), &r.Result)
		e.Operation, e.Response = o.Operation, one.Response
		if classOf(e.Operation) == idem.Idempotent {
			e.bookingID = o.PathID
		}
		one.Err = e
	}
	return one
}

// String returns operation, ref, key, outcome and evidence.
func (r RecoveryResult) String() string { return r.printed().ResultText(r.Outcome, r.Evidence) }

func (r RecoveryResult) printed() sdk.PendingOperation {
	return sdk.PendingOperation{Operation: r.Operation, ID: r.ID, Ref: r.Ref, Key: r.Key, Since: r.Since}
}

// Format prints String under every verb.
func (r RecoveryResult) Format(f fmt.State, _ rune) { sdk.Print(f, r.String()) }

// MarshalText writes String, for loggers that encode as JSON.
func (r RecoveryResult) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// LogValue logs what String returns, as a group.
func (r RecoveryResult) LogValue() slog.Value {
	return r.printed().ResultValue(r.Action, r.Outcome, r.Evidence)
}
