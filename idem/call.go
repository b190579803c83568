package idem

import (
	"context"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// Call is one operation to be done.
type Call struct {
	Request Request // what is to be sent
	Key     Key     // the idempotency key; zero: the engine mints one where the class sends one
	// Ref is the caller's name for the operation, which is then done once for
	// as long as the journal remembers it. Empty is none. It needs a journal,
	// and chooses the key.
	Ref string
	// Reserver records the operation, which needs a ref, inside a transaction
	// of the caller's: the call sends nothing, and ends in ErrReserved, or as
	// one with the ref does where the operation is done or the ref another
	// request's. Outcome is then OutcomeNotSent, or OutcomeUnknown where
	// another call has begun to send it. A later call with the ref, or Recover,
	// sends it. If that ends not sent, or rejected for now (Result.RetryHelps),
	// it stays reserved, and Recover sends it: only Resolve cancels it. Nil is
	// the rule.
	Reserver journal.Reserver
	// Invalid is why the caller does not want the call to be sent, such as a
	// bad argument. The call ends with it, and with what is known of its key or
	// ref. Nil is the rule.
	Invalid error
	// Policy changes how this call is tried. Zero fields are the engine's.
	// KeyTTL and KeyTTLMargin, which the journal, recovery and other calls go
	// by, are refused.
	Policy  Policy
	Timeout time.Duration // of the whole call; zero is no bound, less is refused
	// Decode makes Response.Value of the body of a success that is one whole
	// JSON object of the right type. Where an operation's own response does not
	// fit, the call ends in ErrResponseLost and the error of Decode, which must
	// not repeat the body. Beside a value it may return a DriftError, or an
	// error that is ErrResponseIncomplete, which may wrap a DriftError: the
	// value then counts for a reconstructed response alone. Nil decodes nothing.
	Decode func(body []byte) (any, error)
	// Refetch reads the state that an idempotent operation is for, where an
	// attempt may have brought it about and its response is lost, or shows
	// another state (R14, R31, R33). It returns the response that the operation
	// would have had; with StateUnread what is known without reading, or nil.
	// Nil never reads.
	Refetch func(context.Context) (*Response, State)
	// Confirms reports whether the response of a success shows the state that
	// an idempotent operation is for. Nil takes each success for it.
	Confirms func(*Response) bool
	// SingleUseKey: no other call uses Key before this one ends, so the engine
	// remembers it no longer than that.
	SingleUseKey bool
	// DecodeProves: Decode takes only what Operation.Prove would find to prove
	// the execution, and complete, so that the body is not read a second time.
	DecodeProves bool
}
