package bluesnap

import (
	"context"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/facade"
)

// Errors of [Client.Settle] and [Client.SettleID], for errors.Is.
var (
	// ErrNoOperation: the journal has no operation with this ref or id.
	ErrNoOperation = idem.ErrNoOperation
	// ErrMayStillRun: it is too early for [NotExecuted]: somebody works on the
	// operation, or what was sent may still be on its way or in the server. With the
	// defaults that may be so for 12 hours and 13 minutes after the intent; where the
	// operation takes no key, for 130 s after somebody worked on it last. Look again
	// before it is said again.
	ErrMayStillRun = idem.ErrMayStillRun
	// ErrSettled: the journal knows the opposite already, or that another thing was
	// made.
	ErrSettled = idem.ErrSettled
	// ErrResourceTaken: another operation of the journal has made what is said to
	// have been made. It is found in [Client.Recover]'s errors too.
	ErrResourceTaken = idem.ErrResourceTaken
)

// Settlement is somebody's word on what became of an open operation: of
// [Executed] or [NotExecuted]. The zero value is none, and refused.
type Settlement = facade.Settlement

// NotExecuted says that the operation was not executed. Its ref is then free: the
// next call with it is sent, under a new key.
var NotExecuted = facade.NotExecuted()

// Executed says that the operation was executed, and names what it made: the
// transaction, refund, shopper, plan and so on; of a capture or reversal the
// transaction. A later call with the ref gets a value that holds this id alone,
// with Response.FromJournal set. Without an id (""), or for an endpoint that
// speaks XML, later calls fail with [ErrAnswerLost] and [OutcomeDone].
func Executed(id string) Settlement { return facade.Executed(id) }

// Settle records somebody's word on the operation with this ref, whose outcome is
// unknown: a person's, or that of a system which knows. Saying again what the
// journal knows is no error, nor is it to say less. The errors to tell apart are [ErrMayStillRun],
// [ErrSettled], [ErrNoOperation] and [ErrResourceTaken].
//
// A word that is not true breaks the promise that the operation is done once.
func (c *Client) Settle(ctx context.Context, ref string, s Settlement) error {
	return c.settler().Ref(ctx, ref, s)
}

// SettleID is [Client.Settle] for any operation that Recover has yielded, by its
// Orphan's ID: also one without a ref, which goes by its key, or without both.
func (c *Client) SettleID(ctx context.Context, id string, s Settlement) error {
	return c.settler().ID(ctx, id, s)
}

func (c *Client) settler() facade.Settler {
	class := func(operation string) idem.Class { return operations[operation].class }
	return facade.Settler{Name: "bluesnap", Engine: c.engine(), AnswerOf: answerOf, Class: class}
}
