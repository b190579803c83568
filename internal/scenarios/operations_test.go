package scenarios

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestJ17_ARestartedProcessSeesWhyAnOperationIsOpen(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		failed := s.leaveOpen(true, withRef("order-1"))
		got := s.recorded("order-1")
		assert.Equal(t, "ref:order-1", got.ID)
		assert.Equal(t, "order-1", got.Ref)
		assert.Equal(t, s.order, got.Operation)
		assert.Equal(t, journal.StateOpen, got.State)
		assert.Equal(t, idem.OutcomeUnknown, got.Outcome)
		assert.Equal(t, failed.Key.String(), got.Key.String())
		assert.Equal(t, 1, got.Generation)
		assert.Equal(t, 1, got.Attempts)
		assert.Equal(t, failed.Err.Error(), got.Reason)
		assert.WithinDuration(t, failed.SafeUntil, got.SafeUntil, 6*time.Second)
		assert.Equal(t, "acme", got.Account.Name)
		assert.False(t, got.Owned)
		s.once(1)
	})
}

func TestJ17_OperationsAreListedReadAndCounted(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.succeed(s.client, withRef("order-1"))
		s.leaveOpen(false, withRef("order-2"))
		rejected := s.client.order(t.Context(), refusedOrder, withRef("order-3"))
		require.ErrorIs(t, rejected.err, s.refused)
		sent := s.requests(s.order)
		ops := s.newClient(s.withJournal()).operations()

		open, err := ops.List(t.Context(), journal.Filter{State: journal.StateOpen})
		require.NoError(t, err)
		require.Len(t, open, 1)
		assert.Equal(t, "order-2", open[0].Ref)
		byID, err := ops.GetID(t.Context(), "ref:order-1")
		require.NoError(t, err)
		assert.Equal(t, journal.StateDone, byID.State)
		assert.Contains(t, byID.Resource, s.firstID)
		free, err := ops.Get(t.Context(), "order-3")
		require.NoError(t, err)
		assert.Equal(t, journal.StateFree, free.State)
		assert.Equal(t, s.refusedCode, free.Code)
		assert.Equal(t, rejected.StatusCode, free.Status)
		many, err := ops.GetMany(t.Context(), []string{"order-2", "order-1", "order-4"})
		require.NoError(t, err)
		require.Len(t, many, 2)
		assert.Equal(t, s.order, many["order-1"].Operation)
		stats, err := ops.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, stats.Done)
		assert.Equal(t, 1, stats.Free)
		require.Len(t, stats.Pending, 1)
		assert.Equal(t, s.order, stats.Pending[0].Operation)
		assert.Equal(t, 1, stats.Pending[0].Open)

		_, err = ops.Get(t.Context(), "order-4")
		require.ErrorIs(t, err, idem.ErrOperationNotFound)
		assert.EqualError(t, err, s.name+`: get operation: ref "order-4": the journal has no such operation`)
		assert.Equal(t, sent, s.requests(s.order), "looking sends nothing")
	})
}

func TestJ14_AnErasedRefStaysDone(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.succeed(s.client, withRef("order-1"))
		s.leaveOpen(false, withRef("order-2"))
		ops := s.client.operations()
		require.NoError(t, ops.Erase(t.Context(), "order-1"))
		require.NoError(t, ops.EraseID(t.Context(), "ref:order-1"))
		require.ErrorIs(t, ops.Erase(t.Context(), "order-2"), idem.ErrOperationOpen)
		require.ErrorIs(t, ops.Erase(t.Context(), "order-3"), idem.ErrOperationNotFound)
		later := s.client.order(t.Context(), usual, withRef("order-1"))
		require.ErrorIs(t, later.err, idem.ErrResponseLost)
		assert.Equal(t, idem.OutcomeDone, idem.OutcomeOf(later.err))
		assert.True(t, later.FromJournal)
		assert.Equal(t, 1, s.executed(s.order))
	})
}

func TestLooking_RefusesWhatNamesNothing(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		ctx, ops, none := t.Context(), s.client.operations(), s.newClient().operations()
		_, byRef := ops.Get(ctx, "")
		_, listed := none.List(ctx, journal.Filter{})
		_, badly := ops.List(ctx, journal.Filter{Limit: -1})
		_, counted := none.Stats(ctx)
		_, many := none.GetMany(ctx, []string{"order-1"})
		for name, row := range map[string]struct {
			err   error
			field string
		}{
			"no ref":          {err: byRef, field: "ref"},
			"no ref to erase": {err: ops.Erase(ctx, ""), field: "ref"},
			"no journal":      {err: listed, field: "journal"},
			"none to count":   {err: counted, field: "journal"},
			"none to get":     {err: many, field: "journal"},
			"bad filter":      {err: badly, field: "filter's Limit"},
		} {
			sdktest.Invalid(t, row.field, row.err, name)
		}
	})
}

func TestJ18_TheSecretIsReplacedWhileProgramsRun(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		older, newer := []byte("the secret of last year"), []byte("the secret of this year")
		open := func(secret []byte, previous ...[]byte) client {
			return s.newClient(s.withJournal(), withJournalSecret(secret, previous...))
		}
		s.client = open(older)
		s.leaveOpen(true, withRef("order-1"))
		_, err := open(newer).operations().Reseal(t.Context(), idem.ResealOptions{})
		require.ErrorIs(t, err, idem.ErrJournalSecret)
		r, err := open(newer, older).operations().Reseal(t.Context(), idem.ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, idem.ResealResult{Previous: 1, Resealed: 1}, r)
		all, err := open(newer).operations().List(t.Context(), journal.Filter{})
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.NoError(t, all[0].Err)
		bound, _, err := idem.BoundAccount(t.Context(), s.journal, newer)
		require.NoError(t, err)
		assert.Equal(t, idem.Account{Vendor: s.name, BaseURL: s.url(), Name: "acme"}, bound)
	})
}
