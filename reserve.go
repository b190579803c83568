package bardge

import (
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/journal"
)

// ErrReserved is in the error of a call inside [Reserve]: the operation is
// recorded, and nothing was sent. Reserve itself does not return it.
var ErrReserved = idem.ErrReserved

// Reserve records operations inside a transaction of the caller's, so that they
// are committed together with the caller's own rows, or not at all (a
// transactional outbox). Nothing is sent. tx is the transaction as the client's
// journal sees it, such as the PostgreSQL journal's InTx. f gets an option for
// the typed calls to record, each of which also needs [WithRef]:
//
//	err := bardge.Reserve(journal.InTx(tx), func(reserve bardge.CallOption) error {
//		_, _, err := client.IssuedPasses.Issue(ctx, params, bardge.WithRef("order-17/pass"), reserve)
//		return err
//	})
//
// After the commit, the same call without the option sends the operation, or
// [Client.Recover] does. Operations of all classes may be reserved. The key's
// window begins when the operation is sent. One that could not be sent, or was
// rejected for now (as by a rate limit), stays reserved; any other rejection
// frees the ref. The call's retry policy is not recorded.
//
// Reserve returns nil if each call was recorded, or was done before with its
// ref: the call's value is then the recorded one. Inside f a recorded call ends
// with an [Error] that is [ErrReserved], with [OutcomeNotSent], or
// [OutcomeUnknown] if another call has begun to send the operation. Another
// request under the ref is [ErrRefReused]. After any error of Reserve roll the
// transaction back; if the journal failed ([ErrJournal]), it may be unusable.
//
// Warning: a call with the ref but without the option waits, before the
// transaction ends, for its lock until the journal gives up.
func Reserve(tx journal.Reserver, f func(reserve CallOption) error) error {
	return sdk.Reserve(tx, f, func(o sdk.CallOption) CallOption { return callOption{o} })
}
