package scenarios

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestOutbox_AnOperationIsReservedAndSentByAnotherCall(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		var inside result
		reserve := func() error {
			return s.client.reserve(s.journal, func(o option) error {
				inside = s.client.order(t.Context(), usual, withRef("order-1"), o)
				return inside.err
			})
		}
		require.NoError(t, reserve())
		failed := s.failed(inside)
		require.ErrorIs(t, failed, idem.ErrReserved)
		assert.Equal(t, idem.OutcomeNotSent, failed.Outcome)
		assert.True(t, idem.CanRepeat(failed))
		assert.False(t, idem.RetryHelps(failed))
		assert.EqualError(t, inside.err,
			s.name+": "+s.order+`: not sent: reserved, to be sent by a later call or by Recover [ref "order-1"]`)
		require.NoError(t, reserve(), "again")
		assert.Zero(t, s.requests(s.order))
		time.Sleep(24 * time.Hour)
		s.succeed(s.client, withRef("order-1"))
		require.NoError(t, reserve(), "it is done")
		s.once(1)
	})
}

func TestOutbox_WhatIsNotReservedIsAnError(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		err := s.client.reserve(s.journal, func(o option) error { return s.client.order(t.Context(), usual, o).err })
		require.ErrorAs(t, err, new(*idem.InvalidError))
		assert.ErrorContains(t, err, "ref is needed for a reservation")
		assert.ErrorAs(t, s.client.reserve(nil, func(option) error { return nil }), new(*idem.InvalidError))
		assert.ErrorAs(t, s.client.reserve(s.journal, nil), new(*idem.InvalidError))
		assert.Zero(t, s.requests(s.order))
	})
}

func TestOutbox_AReservationDoesNotReadLikeAFailure(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		var quiet, all bytes.Buffer
		for _, l := range []*slog.Logger{
			slog.New(slog.NewTextHandler(&quiet, &slog.HandlerOptions{Level: slog.LevelInfo})),
			slog.New(slog.NewTextHandler(&all, &slog.HandlerOptions{Level: slog.LevelDebug})),
		} {
			c := s.newClient(s.withJournal(), withLogger(l))
			require.NoError(t, c.reserve(s.journal, func(o option) error {
				return c.order(t.Context(), usual, withRef("order-1"), o).err
			}))
		}
		assert.Empty(t, quiet.String())
		assert.Contains(t, all.String(), "reserved=true")
		assert.NotContains(t, all.String(), "record_error")
	})
}
