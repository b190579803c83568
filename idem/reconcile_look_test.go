package idem

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// finding is a recovery whose reading shows this.
func finding(r ReconcileResult, err error) Recovery {
	with := knowing(Keyed)
	with.Reconcile = func(context.Context, PendingOperation) (ReconcileResult, error) { return r, err }
	return with
}

func TestJ17_ReconcilingForAPersonRecordsNothing(t *testing.T) {
	j := journal.NewMemory()
	found := ReconcileResult{Done: true, Resource: "booking:1", Scopes: []string{"/op"}, Evidence: "booking 1"}
	scoped := func(c *Config) { c.Scope = func(r Request) string { return r.Path } }
	inWorld(t, perPath, func(t *testing.T, w *world) {
		orphan(t, w, Keyed)
		other := withRef(Keyed)
		other.Ref, other.Request.Path, other.Policy.MaxAttempts = "order-2", "/two", 1
		require.Equal(t, OutcomeUnknown, w.do(other).Outcome)
		time.Sleep(5 * time.Minute)
		before := inStore(t, j)
		r, err := w.engine.Reconcile(t.Context(), "ref:order-1", finding(found, nil))
		require.NoError(t, err)
		assert.Equal(t, found, r)
		r, err = w.engine.Reconcile(t.Context(), "ref:order-1", finding(ReconcileResult{Evidence: "none"}, nil))
		require.NoError(t, err)
		assert.Equal(t, ReconcileResult{Evidence: "none"}, r)

		broken := errors.New("away")
		_, err = w.engine.Reconcile(t.Context(), "ref:order-1", finding(found, broken))
		require.ErrorIs(t, err, broken)
		require.EqualError(t, err, `ref "order-1" (op, generation 1, open): reading did not show the outcome`)
		mismatch := finding(found, nil)
		mismatch.Matches = func(PendingOperation) bool { return false }
		_, err = w.engine.Reconcile(t.Context(), "ref:order-1", mismatch)
		require.ErrorIs(t, err, errMismatch)
		_, err = w.engine.Reconcile(t.Context(), "ref:none", finding(found, nil))
		require.ErrorIs(t, err, ErrOperationNotFound)
		_, err = w.engine.Reconcile(t.Context(), "ref:order-1", knowing(Keyed))
		require.ErrorAs(t, err, new(*InvalidError))
		rivalled := found
		rivalled.Scopes = []string{"/op", "/two"}
		r, err = w.engine.Reconcile(t.Context(), "ref:order-1", finding(rivalled, nil))
		require.NoError(t, err)
		assert.False(t, r.Done, "the other one may have made it")
		assert.Equal(t, "booking 1; another operation may have made it", r.Evidence)
		assert.Equal(t, before, inStore(t, j))
	}, ofAccount(j, "a", secretOne), scoped)
}

func TestJ17_ASettledOperationIsNotReconciled(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, perPath, func(t *testing.T, w *world) {
		oneOfEach(t, w)
		_, err := w.engine.Reconcile(t.Context(), "ref:done", finding(ReconcileResult{}, nil))
		require.ErrorIs(t, err, errNotOpen)
	}, ofAccount(j, "a", secretOne))
}
