package bardge

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

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
