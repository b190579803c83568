package scenarios

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func TestJ17_ReconcileShowsWhatTheAPIShowsAndRecordsNothing(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, sdktest.OrderOf(sandbox.BookClass), true, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.IssuePass, sdktest.OrderOf(sandbox.IssuePass), true, bardge.WithRef("order-2"))
		ops := s.NewClient(s.WithJournal()).Operations
		found, err := ops.Reconcile(t.Context(), "order-1")
		require.NoError(t, err)
		assert.False(t, found.Done)
		assert.Contains(t, found.Evidence, "too early")
		time.Sleep(5 * time.Minute)
		before := s.Recorded("order-1")

		found, err = ops.Reconcile(t.Context(), "order-1")
		require.NoError(t, err)
		assert.True(t, found.Done)
		assert.NotEmpty(t, found.ID)
		assert.Contains(t, found.Evidence, found.ID)
		byID, err := ops.ReconcileID(t.Context(), "ref:order-1")
		require.NoError(t, err)
		assert.Equal(t, found, byID)
		assert.Equal(t, before.String(), s.Recorded("order-1").String())
		require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed(found.ID)), "the id is the one")

		found, err = ops.Reconcile(t.Context(), "order-2")
		require.NoError(t, err)
		assert.Equal(t, bardge.ReconcileResult{Evidence: "client client_ada shows no issued passes"}, found)
		_, err = ops.Reconcile(t.Context(), "order-1")
		assert.ErrorAs(t, err, new(*bardge.RecordError), "it is settled")
		_, err = ops.Reconcile(t.Context(), "")
		assert.ErrorAs(t, err, new(*bardge.InvalidError))
	})
}
