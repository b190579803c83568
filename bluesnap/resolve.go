package bluesnap

import (
	"context"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/journal"
)

// Errors of [Client.Resolve] and [Client.ResolveID], for errors.Is. They come
// in a *[RecordError], which has the ref, and what is known.
var (
	// ErrOperationNotFound: the journal has no operation with this ref or id.
	ErrOperationNotFound = idem.ErrOperationNotFound
	// ErrMayBeExecuting: it is too early for [NotExecuted]: a call works on the
	// operation, or what was sent may still be on its way or in the server.
	// With the defaults that may be so for 12 hours and 13 minutes after the
	// intent; where the operation takes no key, for 130 s after a call worked
	// on it last. [RecordError].Until is when to try again.
	ErrMayBeExecuting = idem.ErrMayBeExecuting
	// ErrAlreadyResolved: the API's own response proves the opposite, or that
	// another thing was made.
	ErrAlreadyResolved = idem.ErrAlreadyResolved
	// ErrOtherGeneration: the ref was used again after the operation ended
	// unexecuted; see [Resolution].Generation.
	ErrOtherGeneration = idem.ErrOtherGeneration
	// ErrNotVerified: the API does not show what the id names, or it is not
	// what the operation makes, or it could not be read; see
	// [Resolution].Unverified.
	ErrNotVerified = idem.ErrNotVerified
	// ErrResourceTaken: another operation of the journal has made what is said
	// to have been made. It is found in [Client.Recover]'s errors too.
	ErrResourceTaken = journal.ErrResourceTaken
)

// RecordError reports why an operation of the journal was not resolved, found
// or erased: its ref, what is known of it, and, with [ErrMayBeExecuting], until
// when. See [idem.RecordError] for its fields.
type RecordError = idem.RecordError

// NotExecuted reports that the operation was not executed. Its ref is then
// free: the next call with it is sent, under a new key.
//
// Warning: resolving an executed operation as not executed lets it run again.
func NotExecuted() Resolution { return Resolution{sdk.NotExecuted()} }

// Executed says that the operation was executed, and names what it made: the
// transaction, refund, shopper, plan and so on; of a capture or reversal the
// transaction. A later call with the ref gets a value that holds this id alone,
// with Response.FromJournal set. Without an id (""), or for an endpoint that
// speaks XML, later calls fail with [ErrResponseLost] and [OutcomeDone].
func Executed(id string) Resolution { return Resolution{sdk.Executed(id)} }

// Resolve records what became of the operation with this ref, as a person or
// another system reports it: of one whose outcome is unknown, or of a reserved
// one, which [NotExecuted] cancels.
//
//   - The id in [Executed] is read from the API first: transactions, captures,
//     reversals and vaulted shoppers. Elsewhere it is believed.
//   - A later resolution corrects an earlier one. None overrides what the API's
//     own response proves. A lost response can be named.
//   - It is about one generation of the ref: without Generation, the first.
//   - Recording again what the journal knows, or less, is no error.
//   - Who reported what and when is kept: [idem.RecordedOperation].Resolutions.
//
// Errors to check for: [ErrMayBeExecuting], [ErrAlreadyResolved],
// [ErrOtherGeneration], [ErrNotVerified], [ErrOperationNotFound],
// [ErrResourceTaken].
func (c *Client) Resolve(ctx context.Context, ref string, r Resolution) error {
	return c.core.Resolve(ctx, ref, r.word)
}

// ResolveID is [Client.Resolve] for any operation, also one without a ref, by
// the ID that [Client.Recover] or [OperationsService.List] has shown.
func (c *Client) ResolveID(ctx context.Context, id string, r Resolution) error {
	return c.core.ResolveID(ctx, id, r.word)
}

// classOf is the class of an operation, by its name.
func classOf(operation string) idem.Class { return operations[operation].class }
