package bardge

import (
	"context"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/journal"
)

// Errors of [Client.Resolve] and [Client.ResolveID], in a *[RecordError].
var (
	// ErrOperationNotFound: the journal has no operation with this ref or id.
	ErrOperationNotFound = idem.ErrOperationNotFound
	// ErrMayBeExecuting: it is too early for [NotExecuted]: a call works on the
	// operation, or what was sent may still be on its way or in the server: by
	// default for 280 s after the intent, or, if the operation takes no key,
	// 100 s after a call worked on it last. See [RecordError].Until.
	ErrMayBeExecuting = idem.ErrMayBeExecuting
	// ErrAlreadyResolved: the API's own response proves otherwise.
	ErrAlreadyResolved = idem.ErrAlreadyResolved
	// ErrOtherGeneration: the ref was used again; see [Resolution.Generation].
	ErrOtherGeneration = idem.ErrOtherGeneration
	// ErrNotVerified: the API does not show what the id names or could not be
	// read, or the operation makes other things; see [Resolution.Unverified].
	ErrNotVerified = idem.ErrNotVerified
	// ErrResourceTaken: another operation of the journal made what the id
	// names.
	ErrResourceTaken = journal.ErrResourceTaken
)

// RecordError reports why an operation of the journal was not resolved, found
// or erased: its ref, what is known of it, and, with [ErrMayBeExecuting], until
// when. See [idem.RecordError] for its fields.
type RecordError = idem.RecordError

// Resolution is what a person or another system reports about an operation,
// made by [Executed] or [NotExecuted]. The zero value is refused. Resolutions
// are comparable. They print without By and Note, which are personal.
type Resolution struct{ word sdk.Resolution }

// By adds who reports it, in at most 200 bytes: kept sealed, never printed.
func (r Resolution) By(who string) Resolution { return Resolution{r.word.By(who)} }

// Note adds the reason, in at most 2,000 bytes: kept sealed, never printed.
func (r Resolution) Note(text string) Resolution { return Resolution{r.word.Note(text)} }

// Generation adds which generation of the ref is meant, as
// [idem.RecordedOperation] shows it. It is needed if the ref was used again
// after an operation that ended unexecuted. The default is the first.
func (r Resolution) Generation(n int) Resolution { return Resolution{r.word.Generation(n)} }

// Unverified has the id believed without reading it from the API. By default a
// resolution is refused if the API does not confirm the id, or is unreachable.
func (r Resolution) Unverified() Resolution { return Resolution{r.word.Unverified()} }

// String returns the word and the id.
func (r Resolution) String() string { return r.word.String() }

// NotExecuted reports that the operation was not executed. Its ref is then
// free: the next call with it is sent, under a new key.
//
// Warning: resolving an executed operation as not executed lets it run again.
func NotExecuted() Resolution { return Resolution{sdk.NotExecuted()} }

// Executed reports that the operation was executed, and names what it made or
// changed (an issued pass, booking, purchase or lookup). A later call with the
// ref gets a value with this id, the type tag and a cancellation's status
// alone, and Response.FromJournal set. Without an id (""), or if the response
// has none (access codes, verified lookups), it fails with [ErrResponseLost].
func Executed(id string) Resolution { return Resolution{sdk.Executed(id)} }

// Resolve records what became of the operation with this ref, as a person or
// another system reports it, if its outcome is unknown, or it is a reserved
// one, which [NotExecuted] cancels.
//
//   - The id in [Executed] is read from the API first: issued passes, bookings
//     of classes, confirmed bookings and cancellations. Others are believed.
//   - A later resolution corrects an earlier one. None overrides what the API's
//     own response proves. A lost response can be named.
//   - It is about one generation of the ref: without Generation, the first.
//   - Recording again what the journal knows, or less, is no error.
//   - Who reported what and when is kept: [idem.RecordedOperation].Resolutions.
//
// Errors: [ErrMayBeExecuting], [ErrAlreadyResolved], [ErrOtherGeneration],
// [ErrNotVerified], [ErrOperationNotFound], [ErrResourceTaken].
func (c *Client) Resolve(ctx context.Context, ref string, r Resolution) error {
	return c.core.Resolve(ctx, ref, r.word)
}

// ResolveID is [Client.Resolve] by the ID that [Client.Recover] or
// [OperationsService.List] has shown, also without a ref.
func (c *Client) ResolveID(ctx context.Context, id string, r Resolution) error {
	return c.core.ResolveID(ctx, id, r.word)
}
