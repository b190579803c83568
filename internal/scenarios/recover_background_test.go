package scenarios

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func TestRunRecovery_SendsWhatACrashHasLeft(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-1"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var found []*bardge.RecoveryResult
		err := s.Client.RunRecovery(ctx, 20*time.Second, func(r *bardge.RecoveryResult) { found = append(found, r) })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, "bardge: run recovery: ")
		require.Len(t, found, 1)
		assert.Equal(t, bardge.OutcomeDone, found[0].Outcome)
		assert.Equal(t, bardge.ActionResend, found[0].Action)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestRunRecovery_LogsWhatFails(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		var log bytes.Buffer
		var failed []bardge.Event
		c := s.NewClient(bardge.WithJournal(sdktest.BrokenJournal{}, "acme"), bardge.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
			bardge.WithObserver(func(e bardge.Event) { failed = append(failed, e) }))
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		require.Error(t, c.RunRecovery(ctx, time.Minute, func(*bardge.RecoveryResult) { t.Error("there is none") }))
		require.Len(t, failed, 2)
		assert.Equal(t, bardge.EventRecoveryFailed, failed[0].Kind)
		assert.ErrorIs(t, failed[0].RecordErr, bardge.ErrJournal)
		assert.Contains(t, log.String(), `level=ERROR msg="bardge: recovery failed"`)
		assert.NotContains(t, log.String(), "s3cret")
		assert.ErrorAs(t, c.RunRecovery(t.Context(), time.Minute, nil), new(*bardge.InvalidError))
	})
}

func TestJ17_ADryRunShowsWhatWouldBeDone(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.IssuePass, issuePass, false)
		actions := map[string]bardge.RecoveryAction{}
		for range 2 {
			for r, err := range s.Client.Recover(t.Context(), bardge.RecoveryOptions{DryRun: true, Operation: "IssuePass"}) {
				require.NoError(t, err)
				assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
				assert.ErrorContains(t, r.Err, map[bardge.RecoveryAction]string{bardge.ActionResend: "dry run", bardge.ActionReport: "left as it is"}[r.Action])
				actions[r.Ref] = r.Action
			}
			assert.Equal(t, map[string]bardge.RecoveryAction{"order-1": bardge.ActionResend, "": bardge.ActionReport}, actions)
		}
		assert.Zero(t, s.Executed(sandbox.IssuePass))
		assert.Equal(t, 2, s.Requests(sandbox.IssuePass))
		assert.Len(t, s.Recover(), 2)
	})
}

// Another program that holds the secret records a request under another
// operation's name.
func TestJ14_ARecordWithAnotherOperationsPathIsNeverSent(t *testing.T) {
	for name, row := range map[string]struct{ method, path string }{
		"path":   {method: http.MethodPost, path: "/credits/purchase"},
		"method": {method: http.MethodDelete, path: "/clients/passes"},
	} {
		t.Run(name, sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			e, err := idem.New(idem.Config{
				Profile: idem.Profile{Vendor: "bardge", KeyHeader: "Idempotency-Key", KeyTTL: 90 * time.Second},
				BaseURL: s.URL, Transport: http.NewFileTransport(http.Dir(t.TempDir())),
				Journal: s.Journal, Account: "acme", JournalSecrets: [][]byte{[]byte(s.APIKey)},
			})
			require.NoError(t, err)
			forged := e.Do(t.Context(), idem.Call{Ref: "order-1", Policy: idem.Policy{MaxAttempts: 1}, Request: idem.Request{
				Operation: idem.Operation{Name: "IssuePass", Class: idem.Keyed, Success: []int{201}},
				Method:    row.method, Path: row.path,
			}})
			require.Equal(t, idem.OutcomeUnknown, forged.Outcome, forged.Err)
			r := s.RecoverOne()
			assert.Equal(t, bardge.ActionReport, r.Action)
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
			assert.ErrorContains(t, r.Err, "method and path are not its operation's")
			assert.Zero(t, s.Requests(sandbox.IssuePass)+s.Requests(sandbox.PurchaseCredits))
		}))
	}
}

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
