package scenarios

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func TestOutbox_AnOperationIsReservedAndSentByAnotherCall(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		var inside *bardge.Error
		reserve := func() error {
			return bardge.Reserve(s.Journal, func(o bardge.CallOption) error {
				assert.Equal(t, "order-1", bardge.RefOf(bardge.WithRef("order-1"), o))
				_, err := issuePass(s, s.Client, bardge.WithRef("order-1"), o)
				errors.As(err, &inside)
				return err
			})
		}
		require.NoError(t, reserve())
		require.ErrorIs(t, inside, bardge.ErrReserved)
		assert.Equal(t, bardge.OutcomeNotSent, inside.Outcome)
		assert.True(t, bardge.CanRepeat(inside))
		assert.False(t, bardge.RetryHelps(inside))
		assert.EqualError(t, inside, `bardge: IssuePass: not sent: reserved, to be sent by a later call or by Recover [ref "order-1"]`)
		require.NoError(t, reserve(), "again")
		assert.Zero(t, s.Requests(sandbox.IssuePass))
		time.Sleep(24 * time.Hour)
		s.Succeed(issuePass, s.Client, bardge.WithRef("order-1"))
		require.NoError(t, reserve(), "it is done")
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestOutbox_WhatIsNotReservedIsAnError(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		var invalid *bardge.InvalidError
		err := bardge.Reserve(s.Journal, func(o bardge.CallOption) error {
			_, err := issuePass(s, s.Client, o)
			return err
		})
		require.ErrorAs(t, err, &invalid, "it has no ref")
		assert.ErrorContains(t, err, "ref is needed for a reservation")
		assert.ErrorAs(t, bardge.Reserve(nil, func(bardge.CallOption) error { return nil }), &invalid)
		assert.ErrorAs(t, bardge.Reserve(s.Journal, nil), &invalid)
		assert.Zero(t, s.Requests(sandbox.IssuePass))
	})
}

func TestOutbox_AReservationDoesNotReadLikeAFailure(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		var quiet, all bytes.Buffer
		for _, l := range []*slog.Logger{
			slog.New(slog.NewTextHandler(&quiet, &slog.HandlerOptions{Level: slog.LevelInfo})),
			slog.New(slog.NewTextHandler(&all, &slog.HandlerOptions{Level: slog.LevelDebug})),
		} {
			c := s.NewClient(s.WithJournal(), bardge.WithLogger(l))
			require.NoError(t, bardge.Reserve(s.Journal, func(o bardge.CallOption) error {
				_, err := issuePass(s, c, bardge.WithRef("order-1"), o)
				return err
			}))
		}
		assert.Empty(t, quiet.String())
		assert.Contains(t, all.String(), "reserved=true")
		assert.NotContains(t, all.String(), "record_error")
	})
}
