package bardge

import (
	"context"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/facade"
)

// Errors of [Client.Resolve] and [Client.ResolveID], for errors.Is.
var (
	// ErrOperationNotFound: the journal has no operation with this ref or id.
	ErrOperationNotFound = idem.ErrOperationNotFound
	// ErrMayBeExecuting: it is too early for [NotExecuted]: somebody works on the
	// operation, or what was sent may still be on its way or in the server. With the
	// defaults that may be so for 280 s after the intent; where the operation takes no
	// key, for 100 s after somebody worked on it last. Look again before it is said
	// again.
	ErrMayBeExecuting = idem.ErrMayBeExecuting
	// ErrAlreadyResolved: the journal knows the opposite already, or that another thing was
	// made.
	ErrAlreadyResolved = idem.ErrAlreadyResolved
	// ErrResourceTaken: another operation of the journal has made what is said to
	// have been made. It is found in [Client.Recover]'s errors too.
	ErrResourceTaken = idem.ErrResourceTaken
)

// Resolution is somebody's word on what became of an open operation: of
// [Executed] or [NotExecuted]. The zero value is none, and refused.
type Resolution = facade.Resolution

// NotExecuted says that the operation was not executed. Its ref is then free: the
// next call with it is sent, under a new key.
var NotExecuted = facade.NotExecuted()

// Executed says that the operation was executed, and names what it made: the
// issued pass, booking, purchase or lookup; of an update or a cancellation what it
// changed. A later call with the ref gets a value that holds this id, the type
// tag and, for a cancellation, the status alone, with Response.FromJournal set;
// read the rest by the id. Without an id (""), or where the answer has none
// (access codes, verified lookups), later calls fail with [ErrAnswerLost] and
// [OutcomeDone].
func Executed(id string) Resolution { return facade.Executed(id) }

// Resolve records somebody's word on the operation with this ref, whose outcome is
// unknown: a person's, or that of a system which knows. Saying again what the
// journal knows is no error, nor is it to say less. The errors to tell apart are [ErrMayBeExecuting],
// [ErrAlreadyResolved], [ErrOperationNotFound] and [ErrResourceTaken].
//
// A word that is not true breaks the promise that the operation is done once.
func (c *Client) Resolve(ctx context.Context, ref string, s Resolution) error {
	return c.settler().Ref(ctx, ref, s)
}

// ResolveID is [Client.Resolve] for any operation that Recover has yielded, by its
// PendingOperation's ID: also one without a ref, which goes by its key, or without both.
func (c *Client) ResolveID(ctx context.Context, id string, s Resolution) error {
	return c.settler().ID(ctx, id, s)
}

func (c *Client) settler() facade.Resolver {
	class := func(operation string) idem.Class { return rows[gen.OperationID(operation)].Class }
	return facade.Resolver{Name: "bardge", Engine: c.engine(), AnswerOf: answerOf, Class: class}
}
