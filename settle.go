package bardge

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// Errors of [Client.Settle] and [Client.SettleKey], for errors.Is.
var (
	// ErrNoOperation: the journal has no operation with this ref or key.
	ErrNoOperation = idem.ErrNoOperation
	// ErrMayStillRun: it is too early for [NotExecuted]: somebody works on the
	// operation, or its key's window and margin are not over.
	ErrMayStillRun = idem.ErrMayStillRun
	// ErrSettled: the journal knows the opposite already.
	ErrSettled = idem.ErrSettled
	// ErrResourceTaken: another operation of the journal has made what is said to
	// have been made. It is found in [Client.Recover]'s errors too.
	ErrResourceTaken = idem.ErrResourceTaken
)

// Settlement is somebody's word on what became of an open operation: of
// [Executed] or [NotExecuted]. The zero value is none, and refused.
type Settlement struct {
	word word
	id   string
}

type word uint8

const (
	wordNone word = iota
	wordExecuted
	wordNotExecuted
)

// NotExecuted says that the operation was not executed. Its ref is then free: the
// next call with it is sent, under a new key.
var NotExecuted = Settlement{word: wordNotExecuted}

// Executed says that the operation was executed, and names what it made: the
// issued pass, booking, purchase or lookup; of an update or a cancellation what it
// changed. A later call with the ref gets a value that holds this id, the type
// tag and, for a cancellation, the status alone, with Response.FromJournal set;
// read the rest by the id. Without an id (""), or where the answer has none
// (access codes, verified lookups), later calls fail with [ErrAnswerLost] and
// [OutcomeDone].
func Executed(id string) Settlement { return Settlement{word: wordExecuted, id: id} }

// Settle records somebody's word on the operation with this ref, whose outcome is
// unknown: a person's, or that of a system which knows. Saying again what the
// journal knows is no error. The errors to tell apart are [ErrMayStillRun],
// [ErrSettled], [ErrNoOperation] and [ErrResourceTaken].
//
// A word that is not true breaks the promise that the operation is done once.
func (c *Client) Settle(ctx context.Context, ref string, s Settlement) error {
	if ref == "" {
		return &InvalidError{Field: "ref", Reason: "is empty"}
	}
	return c.settle(ctx, ref, "", s)
}

// SettleKey is [Client.Settle] for an operation without a ref, which goes by its
// key.
func (c *Client) SettleKey(ctx context.Context, key Key, s Settlement) error {
	if key.IsZero() {
		return &InvalidError{Field: "idempotency key", Reason: "is empty"}
	}
	return c.settle(ctx, "", key.String(), s)
}

func (c *Client) settle(ctx context.Context, ref, key string, s Settlement) error {
	settled := idem.Settlement{Executed: s.word == wordExecuted}
	switch {
	case c.journal == nil:
		return &InvalidError{Field: "journal", Reason: "is needed to settle in"}
	case s.word == wordNone:
		return &InvalidError{Field: "settlement", Reason: "is none of Executed and NotExecuted"}
	case settled.Executed:
		operation, err := c.operationOf(ctx, ref, key)
		if err != nil {
			return fmt.Errorf("bardge: settle: %w", err)
		}
		settled.Answer, settled.Resource = answerOf(operation, s.id)
	}
	if err := c.engine.Settle(ctx, ref, key, settled); err != nil {
		return fmt.Errorf("bardge: settle: %w", err)
	}
	return nil
}

// operationOf looks up which operation has a ref or a key, since its answer
// depends on that.
func (c *Client) operationOf(ctx context.Context, ref, key string) (gen.OperationID, error) {
	id := "ref:" + ref // as the engine names records
	if ref == "" {
		id = "key:" + key
	}
	rec, ok, err := c.journal.Load(ctx, id)
	switch {
	case err != nil:
		return "", unreadable{err}
	case !ok:
		return "", ErrNoOperation
	}
	return gen.OperationID(rec.Operation), nil
}

// unreadable is a journal that failed. What it said is found by errors.Is and
// errors.As, and not shown: it may hold anything.
type unreadable struct{ cause error }

// Error says so in fixed words.
func (unreadable) Error() string { return ErrJournal.Error() }

// Unwrap gives what lies beneath.
func (u unreadable) Unwrap() []error { return []error{ErrJournal, u.cause} }
