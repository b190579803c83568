package bluesnap

import (
	"context"

	"github.com/bardge/bardge-go/idem"
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
// proof only once nothing that was sent can still be executed, by default 12
// hours and 13 minutes after the intent. Evidence states what was found, or why
// nothing can be; ID names what the operation made. It fails with a
// *[RecordError] if the operation is not open, or the API cannot be read.
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
