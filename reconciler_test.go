package bardge_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func TestWithReconciler(t *testing.T) {
	rows := map[string]struct {
		finding bardge.ReconcileResult
		err     error
		outcome bardge.Outcome
		lost    bool
	}{
		"J11_done, with an id":       {finding: bardge.ReconcileResult{Done: true, ID: "brgpass_0001", Evidence: "seen"}, outcome: bardge.OutcomeDone},
		"J11_done, no more is known": {finding: bardge.ReconcileResult{Done: true}, outcome: bardge.OutcomeDone, lost: true},
		"J11_not found":              {finding: bardge.ReconcileResult{ID: "brgpass_0001", Evidence: "not seen"}},
		"J11_fails":                  {finding: bardge.ReconcileResult{Done: true, ID: "brgpass_0001"}, err: errors.New("s3cret")},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			withShop(t, func(t *testing.T, s *shop) {
				failed := s.orphan(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
				time.Sleep(2 * time.Minute)
				r := s.recoverOne(bardge.WithReconciler("IssuePass", func(_ context.Context, o bardge.PendingOperation) (bardge.ReconcileResult, error) {
					assert.Equal(t, "order-1", o.Ref)
					assert.Equal(t, failed.Key.String(), o.Key.String())
					var in bardge.IssuePassParams
					assert.NoError(t, json.Unmarshal(o.Body, &in))
					assert.Equal(t, s.Seed.ClientID, in.ClientID)
					return row.finding, row.err
				}))
				assert.Equal(t, row.outcome, r.Outcome)
				hides(t, r)
				if row.err == nil {
					assert.Equal(t, row.finding.Evidence, r.Evidence)
				}
				pass, resp, err := s.client.IssuedPasses.Issue(t.Context(), aPass(s.Sandbox), bardge.WithRef("order-1"))
				assert.Equal(t, row.outcome, bardge.OutcomeOf(err))
				assert.Equal(t, row.outcome == bardge.OutcomeDone, resp.FromJournal)
				if row.lost {
					assert.ErrorIs(t, err, bardge.ErrResponseLost)
				} else if row.outcome == bardge.OutcomeDone {
					assert.Equal(t, "brgpass_0001", pass.ID)
				}
				assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
				assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
			})
		})
	}
}

func TestJ11_WhatAnotherOperationMadeDoesNotCountForAReconcilerEither(t *testing.T) {
	withShop(t, func(t *testing.T, s *shop) {
		s.orphan(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-1"))
		s.succeed(issuePass, s.client, bardge.WithRef("order-2"))
		time.Sleep(2 * time.Minute)
		r := s.recoverOne(bardge.WithReconciler("IssuePass", func(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
			return bardge.ReconcileResult{Done: true, ID: "brgpass_0001"}, nil
		}))
		assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		assert.ErrorContains(t, r.Err, "belongs to another operation")
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestWithReconciler_RefusesWhatItCannotBeFor(t *testing.T) {
	find := func(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
		return bardge.ReconcileResult{}, nil
	}
	for name, row := range map[string]struct {
		option bardge.Option
		reason string
	}{
		"no such operation": {bardge.WithReconciler("IssuePas", find), "names no operation"},
		"a read":            {bardge.WithReconciler("ListPasses", find), "is for no operation that takes a key"},
		"sent again":        {bardge.WithReconciler("CancelBooking", find), "is for no operation that takes a key"},
		"nil":               {bardge.WithReconciler("IssuePass", nil), "is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bardge.New(testKey, row.option)
			require.ErrorAs(t, err, new(*bardge.InvalidError))
			assert.EqualError(t, err, "bardge: WithReconciler: reconciler "+row.reason)
		})
	}
}

func TestWithReconciler_IsForLookupsToo(t *testing.T) {
	find := func(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
		return bardge.ReconcileResult{}, nil
	}
	_, err := bardge.New(testKey, bardge.WithReconciler("InitiateLookup", find))
	assert.NoError(t, err)
}
