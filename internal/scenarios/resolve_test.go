package scenarios

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestJ10_NotExecutedFreesTheRefWhenNothingCanRunAnyMore(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		failed := s.leaveOpen(false, withRef("order-1"))
		resolve := func(w word) error { return s.client.resolve(t.Context(), "order-1", w) }
		require.ErrorIs(t, resolve(notExecuted()), idem.ErrMayBeExecuting)
		time.Sleep(s.settled - time.Second)
		require.ErrorIs(t, resolve(notExecuted()), idem.ErrMayBeExecuting, "a late send may still be in the server")
		time.Sleep(2 * time.Second)
		require.NoError(t, resolve(notExecuted()))
		require.NoError(t, resolve(notExecuted()), "twice is once")
		require.ErrorIs(t, resolve(executed("x")), idem.ErrNotVerified)
		assert.Empty(t, s.recover())

		again := s.succeed(s.client, withRef("order-1"))
		assert.False(t, again.FromJournal)
		assert.NotEqual(t, failed.Key.String(), again.Key.String())
		require.ErrorIs(t, resolve(notExecuted()), idem.ErrOtherGeneration, "the ref was used again")
		require.ErrorIs(t, resolve(notExecuted().generation(2)), idem.ErrAlreadyResolved, "done is done")
		assert.Equal(t, 1, s.executed(s.order))
	})
}

func TestJ10_NotExecutedIsRefusedWhileACallRuns(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.next(s.order, fakeserver.DelayBefore(5*time.Second))
		ended := make(chan error)
		go func() { ended <- s.client.order(t.Context(), usual, withRef("order-1")).err }()
		time.Sleep(time.Second)
		assert.ErrorIs(t, s.client.resolve(t.Context(), "order-1", notExecuted()), idem.ErrMayBeExecuting)
		require.NoError(t, <-ended)
		assert.Equal(t, 1, s.executed(s.order))
	})
}

func TestJ10_AChangeThatWasSentAgainMayStillRun(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveChangeOpen(false, withRef("change-1"))
		time.Sleep(10 * time.Minute)
		s.next(s.change, slices.Repeat([]fakeserver.Fault{fakeserver.ResetBefore}, 10)...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range s.newClient(s.withJournal()).recover(ctx, idem.RecoveryOptions{}) {
			break
		}
		resolve := func() error { return s.client.resolve(t.Context(), "change-1", notExecuted()) }
		time.Sleep(s.changeSettled - 10*time.Second)
		assert.ErrorIs(t, resolve(), idem.ErrMayBeExecuting)
		time.Sleep(20 * time.Second)
		assert.NoError(t, resolve())
	})
}

func TestJ17_ExecutedIsReadFromTheAPI(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		resolve := func(w word) error { return s.client.resolve(t.Context(), "order-1", w) }
		s.leaveOpen(true, withRef("order-1"))
		err := resolve(executed(s.firstID + "9"))
		require.ErrorIs(t, err, idem.ErrNotVerified, "mistyped")
		var e *idem.RecordError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "order-1", e.Ref)
		assert.Equal(t, journal.StateOpen, e.State)

		s.Outage(time.Hour)
		require.ErrorIs(t, resolve(executed(s.firstID)), idem.ErrNotVerified, "it cannot be read")
		s.Up()
		require.NoError(t, resolve(executed(s.firstID).by("ada", "ticket 17")))
		got := s.recorded("order-1")
		require.Len(t, got.Resolutions, 1)
		assert.True(t, got.Resolutions[0].Verified)
		assert.Equal(t, "ada", got.Resolutions[0].By)
		assert.Equal(t, "ticket 17", got.Resolutions[0].Note)
		assert.True(t, got.ByPerson)
	})
}

func TestJ10_ExecutedIsALaterCallsResult(t *testing.T) {
	for name, row := range map[string]struct {
		id   string
		lost bool // the response
	}{
		"with an id": {id: "17"}, "without one": {lost: true},
	} {
		t.Run(name, func(t *testing.T) {
			inShops(t, func(t *testing.T, s *shop) {
				s.leaveOpen(true, withRef("order-1"))
				said := executed(row.id).unverified()
				require.NoError(t, s.newClient(s.withJournal()).resolve(t.Context(), "order-1", said))
				require.NoError(t, s.client.resolve(t.Context(), "order-1", said), "twice is once")
				require.NoError(t, s.client.resolve(t.Context(), "order-1", executed("")), "less is no contradiction")
				require.ErrorIs(t, s.client.resolve(t.Context(), "order-1", notExecuted()), idem.ErrMayBeExecuting)
				assert.Empty(t, s.recover())
				later := s.client.order(t.Context(), usual, withRef("order-1"))
				assert.Equal(t, row.lost, errors.Is(later.err, idem.ErrResponseLost))
				assert.Equal(t, idem.OutcomeDone, idem.OutcomeOf(later.err))
				assert.Equal(t, row.id, later.id)
				assert.True(t, later.FromJournal)
				s.once(1)
			})
		})
	}
}

func TestResolveID_OfAnOperationThatGoesByItsKey(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveOpen(true)
		found := s.recoverOne()
		assert.Equal(t, "key:"+found.Key.String(), found.ID)
		assert.ErrorIs(t, s.client.resolveID(t.Context(), found.ID, notExecuted()), idem.ErrMayBeExecuting)
		require.NoError(t, s.client.resolveID(t.Context(), found.ID, executed(s.firstID)))
		assert.Empty(t, s.recover())
		later := s.succeed(s.client, withKey(found.Key))
		assert.True(t, later.FromJournal)
		assert.Equal(t, s.firstID, later.id)
		s.once(1)
	})
}

func TestJ11_WhatAnotherOperationMadeIsNotSettledTwice(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		made := s.succeed(s.client, withRef("order-1")).id
		s.leaveOpen(false, withRef("order-2"))
		err := s.client.resolve(t.Context(), "order-2", executed(made).unverified())
		assert.ErrorIs(t, err, journal.ErrResourceTaken)
		assert.Len(t, s.recover(), 1, "it stays open")
		assert.Equal(t, 2, s.executed(s.order), "Recover has sent it again")
	})
}

func TestResolve_Refuses(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveOpen(true, withRef("order-1"))
		ctx := t.Context()
		broken := s.newClient(withJournal(sdktest.BrokenJournal{}, "acme"))
		for name, row := range map[string]struct {
			err    error
			field  string
			target error
		}{
			"no ref":               {err: s.client.resolve(ctx, "", notExecuted()), field: "ref"},
			"no id":                {err: s.client.resolveID(ctx, "", notExecuted()), target: idem.ErrOperationNotFound},
			"no word":              {err: s.client.resolve(ctx, "order-1", word{}), field: "resolution"},
			"no journal":           {err: s.newClient().resolve(ctx, "order-1", notExecuted()), field: "journal"},
			"a strange ref":        {err: s.client.resolve(ctx, "order-2", notExecuted()), target: idem.ErrOperationNotFound},
			"a strange ref's id":   {err: s.client.resolve(ctx, "order-2", executed("x")), target: idem.ErrOperationNotFound},
			"a strange key":        {err: s.client.resolveID(ctx, "key:x", executed("x")), target: idem.ErrOperationNotFound},
			"R23_a broken journal": {err: broken.resolve(ctx, "order-1", notExecuted()), target: idem.ErrJournal},
			"R23_an unread one":    {err: broken.resolve(ctx, "order-1", executed("x")), target: sdktest.ErrBroken},
			"R23_by its sentinel":  {err: broken.resolve(ctx, "order-1", executed("x")), target: idem.ErrJournal},
		} {
			require.Error(t, row.err, name)
			sdktest.Hides(t, row.err)
			if row.field == "" {
				assert.ErrorIs(t, row.err, row.target, name)
				continue
			}
			sdktest.Invalid(t, row.field, row.err, name)
		}
		assert.Equal(t, 1, s.executed(s.order))
	})
}
