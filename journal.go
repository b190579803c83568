package bardge

import (
	"context"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/journal"
)

// OperationsService reads the journal of [WithJournal], and erases personal
// data of settled operations. Reading takes no lease, changes no record and, but
// for Reconcile, sends no request. [Client.Recover] takes up operations in
// doubt.
type OperationsService service

// ErrOperationOpen is in the errors of [OperationsService.Erase]: the operation
// is reserved or open, so its request may still be needed.
var ErrOperationOpen = idem.ErrOperationOpen

// List returns the operations that match the filter, ordered by the bytes of
// their ids, up to its Limit (zero: 100; at most 1,000). For the next page, set
// After to the last ID. A record that cannot be opened has its Err set. The
// error is [ErrJournal], or an *[InvalidError] for an invalid filter, no
// journal, or one that is no journal.Reader.
func (s *OperationsService) List(ctx context.Context, f journal.Filter) ([]*idem.RecordedOperation, error) {
	return s.client.core.List(ctx, f)
}

// Get returns the operation with this ref. The error is [ErrOperationNotFound],
// in a *[RecordError], if the journal does not have it, or has forgotten it.
func (s *OperationsService) Get(ctx context.Context, ref string) (*idem.RecordedOperation, error) {
	return s.client.core.Get(ctx, ref)
}

// GetID is Get by the ID in the journal: "ref:" and the ref, "key:" and the key
// of an operation without a ref, or "call:" and a name of its own.
func (s *OperationsService) GetID(ctx context.Context, id string) (*idem.RecordedOperation, error) {
	return s.client.core.GetID(ctx, id)
}

// GetMany returns the operations with these refs, without those not found.
func (s *OperationsService) GetMany(ctx context.Context, refs []string) (map[string]*idem.RecordedOperation, error) {
	return s.client.core.GetMany(ctx, refs)
}

// Stats counts the operations, the reserved and open ones by name and age.
func (s *OperationsService) Stats(ctx context.Context) (journal.Stats, error) {
	return s.client.core.Stats(ctx)
}

// Erase drops request, response and resolutions' notes of the settled operation
// with this ref. The ref stays done: a later call with it sends nothing, and
// fails with [ErrResponseLost] and [OutcomeDone]. Erasing again does nothing.
// [ErrOperationOpen] and [ErrOperationNotFound] come in a *[RecordError].
func (s *OperationsService) Erase(ctx context.Context, ref string) error {
	return s.client.core.Erase(ctx, ref)
}

// EraseID is Erase by the ID in the journal.
func (s *OperationsService) EraseID(ctx context.Context, id string) error {
	return s.client.core.EraseID(ctx, id)
}

// Reconcile reads what the API shows of the open operation with this ref, as
// [Client.Recover] does, and records nothing: it is for people who are about to
// call [Client.Resolve]. Done means that one unambiguous match was found. It is
// proof only once nothing that was sent can still be executed, 200 s after the
// intent. Evidence states what was found, or why nothing can be; ID names what
// the operation made. It fails with a *[RecordError] if the operation is not
// open, or the API cannot be read.
func (s *OperationsService) Reconcile(ctx context.Context, ref string) (ReconcileResult, error) {
	found, err := s.client.core.Reconcile(ctx, ref)
	return ReconcileResult(found), err
}

// ReconcileID is Reconcile for any operation, by its ID in the journal.
func (s *OperationsService) ReconcileID(ctx context.Context, id string) (ReconcileResult, error) {
	found, err := s.client.core.ReconcileID(ctx, id)
	return ReconcileResult(found), err
}

// Reseal seals anew, under the first secret of [WithJournalSecret], what the
// previous ones have sealed, and counts the records. Programs that use the
// journal may go on, if they have the new secret as their first, too. Drop the
// previous ones once all records are Current. See [idem.Engine.Reseal].
func (s *OperationsService) Reseal(ctx context.Context, o idem.ResealOptions) (idem.ResealResult, error) {
	return s.client.core.Reseal(ctx, o)
}

// OtherAccountError is the [ErrOtherAccount] of a journal that belongs to
// another account than the client, and names both. Nothing was sent. See
// [idem.OtherAccountError] for its fields.
type OtherAccountError = idem.OtherAccountError

// Rebind gives the journal of account from, which an [OtherAccountError] names,
// to this client's account: the base URL has moved, or you renamed the account.
// Operations recorded for either are then believed. It does nothing if the
// journal is this client's already, and fails with [ErrOtherAccount] if it is a
// third one's. Stop from's clients first: they are refused within ten seconds.
//
// Warning: do not rebind a different account's journal: Recover would send its
// open operations to this one.
func (c *Client) Rebind(ctx context.Context, from idem.Account) error {
	return c.core.Rebind(ctx, from)
}

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
